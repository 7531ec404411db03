"""The sheet Draw: what a reader types or chooses the network sees, every engine agrees, and damage is named."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import surgery
import zoo
from click.testing import CliRunner
from PIL import Image, ImageDraw
from surgery import MUTATIONS, cell_xml

import sheetnet
from sheetnet import engine as numbers
from sheetnet import modelfile
from sheetnet.case.drawing import drawing_of
from sheetnet.cli import main
from sheetnet.errors import NetworkError, PhotoError, SheetnetError
from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import CLASSES, FIRST, PICTURES, Plan, read_record
from sheetnet.lesson.build import write
from sheetnet.lesson.pad import PAD
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.read import Contents, find_record, read

KINDS = ("drawn in grey", "drawn in colours")
OFFICES = ("libreoffice", "gnumeric")


@dataclass(frozen=True)
class Drawing:
    """Where everything of the pad lies: what a reader fills, and what follows from it."""

    pictures: Block
    choice: Anchor
    names: Block
    picks: Block
    number: Anchor
    seen: Block
    palette: Block | None


def opened(data: bytes) -> tuple[Contents, Plan, Drawing]:
    contents = read(data, "it")
    plan, gone = read_record(find_record(contents, "it"), contents.names, contents.lost, "it")
    assert not gone
    at = plan.blocks
    drawing = Drawing(
        at[PICTURES],
        at["draw.choice"].cell(),
        at["draw.names"],
        at["draw.chosen.picks"],
        at["draw.chosen.out"].cell(),
        at["draw.seen.out"],
        at.get("draw.palette"),
    )
    return contents, plan, drawing


def packed(content: dict[str, bytes], folder: Path, name: str = "edited.xlsx") -> Path:
    return surgery.save(folder / name, content)


def text_xml(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def typed(content: dict[str, bytes], at: Anchor, value: float | str | None) -> None:
    """As a reader types it; None is the key Delete."""
    address = a1(at.row, at.column)
    xml = f'<c r="{address}"/>' if value is None else cell_xml(address, None, str(value))
    surgery.replace_cell(content, at.sheet, address, text_xml(address, value) if isinstance(value, str) else xml)


# What somebody may type: (picture, row, column) -> value; and the name that is chosen, None for the one that stands.
EDITS: dict[str, tuple[dict[tuple[int, int, int], float | str | None], str | None]] = {
    "nothing": ({}, None),
    "anything at once": (
        {(0, 0, 0): 99, (0, 0, 1): -3, (0, 0, 2): 2.5, (0, 1, 0): "x", (0, 1, 1): "5", (0, 2, 2): None, (0, 3, 0): 1},
        None,
    ),
    "another drawing": ({(0, 0, 0): 3, (0, 1, 1): 2, (0, 2, 4): 1}, None),
    "too much, too little, a half": ({(0, 0, 0): 99, (0, 0, 1): -3, (0, 0, 2): 2.5, (0, 0, 3): 1e300}, None),
    "texts": ({(0, 1, 0): "x", (0, 1, 1): "5", (0, 1, 2): "*", (0, 1, 3): " "}, None),
    "a pad that was cleared": ({(0, y, x): None for y in range(5) for x in range(5)}, None),
    "a sample": ({(0, 0, 0): 1}, "sample: Cid"),
    "the second sample of a class": ({}, "sample: Ann (2)"),
    "a sample that was changed": ({(2, 0, 0): 3, (2, 4, 4): "no", (2, 1, 1): 77}, "sample: Cid"),
    "a name that there is not": ({(0, 3, 3): 2}, "sample: Bob"),
    "a name in other letters": ({}, "SAMPLE: CID"),
    "a wildcard": ({}, "sample*"),
    "no choice": ({}, ""),
}
# Where spreadsheets could differ; the others are for the engine inside, which is quicker.
FEW = ("anything at once", "a pad that was cleared", "a sample that was changed", "a wildcard")


def edited(path: Path, edit: str, folder: Path) -> Path:
    content = surgery.parts(path)
    _, _, drawing = opened(path.read_bytes())
    cells, choice = EDITS[edit]
    for index, value in cells.items():
        typed(content, drawing.pictures.cell(*index), value)
    if choice is not None:
        typed(content, drawing.choice, choice or None)
    return packed(content, folder, f"{edit}.xlsx")


def should_be(kind: str, edit: str) -> np.ndarray[Any, Any]:
    """What the network sees, (C, H, W), told without a look at the workbook."""
    pad, cells, choice = zoo.drawn(kind), *EDITS[edit]
    assert pad is not None
    pictures = pad.pictures()
    most = pad.most(zoo.network(kind).levels)
    for index, value in cells.items():
        pictures[index] = 0 if value is None or isinstance(value, str) else min(most, max(0, value))
    number = {"sample: Ann": 1, "sample: Cid": 2, "sample: Ann (2)": 3}.get(choice or "", 0)
    seen, palette = pictures[number], pad.palette()
    seen = seen if palette is None else np.floor(seen)
    return seen[None] if palette is None else np.moveaxis(palette[seen.astype(int)], -1, 0)


def values_of(data: bytes, name: str) -> np.ndarray[Any, Any]:
    contents, plan, _ = opened(data)
    block = plan.blocks[name]
    cells = [block.cell(*index) for index in np.ndindex(*block.shape)]
    return np.array([contents.cells[at.sheet][at.row, at.column].value for at in cells]).reshape(block.shape)


@pytest.mark.parametrize("office", OFFICES)
def test_whatever_is_typed_the_network_sees_it_and_the_answer_follows(
    tmp_path: Path, office: str, needs: Callable[[str], None]
) -> None:
    """A spreadsheet recalculates and saves; its numbers are NumPy's, and the saved file is proven as it stands."""
    needs(office)
    names = [(kind, edit) for kind in KINDS for edit in FEW]
    small = {kind: tmp_path / f"{kind}.xlsx" for kind in KINDS}
    for kind, path in small.items():
        write(replace(zoo.case(kind), plain=True), path)
    books = [edited(small[kind], edit, tmp_path).read_bytes() for kind, edit in names]
    for (kind, edit), data in zip(names, recalculate(office, books, time.monotonic() + 200), strict=True):
        x = should_be(kind, edit)
        assert np.array_equal(values_of(data, "photo.out"), x), (kind, edit)
        heading = opened(data)[0].cells["Draw"][FIRST, PAD].value
        assert heading == ("My drawing (not chosen now)" if edit == "a sample that was changed" else "My drawing")
        case = zoo.case(kind)
        given = {"photo.out": x, "truth.out": numbers.one_hot(case.network, case.label)}
        told = numbers.forward(case.network, given, case.parameters)["softmax.out"]
        assert np.abs(values_of(data, "softmax.out") - told).max() < 1e-9, (kind, edit)
        saved = tmp_path / "saved.xlsx"
        saved.write_bytes(data)
        report = sheetnet.verify(saved, engine="stored")
        assert report.proven, (kind, edit, list(report.lines()))


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_workbook_is_still_proven(made: dict[str, Path], tmp_path: Path, kind: str, edit: str) -> None:
    report = sheetnet.verify(edited(made[kind], edit, tmp_path))
    assert report.proven, "\n".join(report.lines())
    told = {tensor.name: tensor.cells for tensor in report.tensors}
    channels, height, width = zoo.network(kind).shape
    size = height * width
    assert told["draw.chosen.picks"] == 4
    assert (told["draw.chosen.out"], told["draw.seen.out"], told["photo.out"]) == (1, size, channels * size)


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_damage_is_named_where_it_is(
    made: dict[str, Path], tmp_path: Path, kind: str, mutation: str
) -> None:
    original = surgery.parts(made[kind])
    _, plan, drawing = opened(made[kind].read_bytes())
    block = plan.blocks["photo.out"]
    places = [drawing.picks.cell(2), drawing.number, drawing.seen.cell(1, 1)]
    places += [block.cell(0, 2, 2), block.cell(block.shape[0] - 1, 4, 0)]
    for at in places:
        content, address = dict(original), a1(at.row, at.column)
        formula, value = surgery.find_cell(content, at.sheet, address)
        assert formula is not None
        surgery.replace_cell(content, at.sheet, address, MUTATIONS[mutation](address, formula, value))
        report = sheetnet.verify(packed(content, tmp_path))
        assert [(w.sheet, w.address) for w in report.wrong] == [(at.sheet, address)], (mutation, at)
        assert not report.proven


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_drawing_is_named(made: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """An error, and a truth value, of which spreadsheets think differently."""
    _, _, drawing = opened(made[kind].read_bytes())
    at = drawing.pictures.cell(0, 1, 1)
    address = a1(at.row, at.column)
    for xml in (cell_xml(address, "1/0", "#DIV/0!", ' t="e"'), cell_xml(address, None, "1", ' t="b"')):
        content = surgery.parts(made[kind])
        surgery.replace_cell(content, at.sheet, address, xml)
        report = sheetnet.verify(packed(content, tmp_path))
        assert [(w.sheet, w.address) for w in report.inputs] == [(at.sheet, address)]
        assert "needs a number here, or nothing" in report.inputs[0].why
        assert not report.proven


@pytest.mark.parametrize("name", ["formualizer", *OFFICES])
def test_a_truth_value_as_the_name_of_a_class_is_named_and_not_the_cells_that_repeat_it(
    made: dict[str, Path], tmp_path: Path, name: str, needs: Callable[[str], None]
) -> None:
    if name in OFFICES:
        needs(name)
    _, plan, _ = opened(made[KINDS[0]].read_bytes())
    at = plan.blocks[CLASSES].cell(1)
    content, address = surgery.parts(made[KINDS[0]]), a1(at.row, at.column)
    surgery.replace_cell(content, at.sheet, address, cell_xml(address, None, "1", ' t="b"'))
    report = sheetnet.verify(packed(content, tmp_path), engine=name)
    assert [(w.sheet, w.address) for w in report.wrong] == [(at.sheet, address)]
    assert "needs a name here" in report.wrong[0].why


def test_a_colour_that_is_no_number_is_named_and_another_is_fine(made: dict[str, Path], tmp_path: Path) -> None:
    _, _, drawing = opened(made[KINDS[1]].read_bytes())
    assert drawing.palette is not None
    at = drawing.palette.cell(1, 2)
    for value, right in ((17, True), ("red", False), (None, False)):
        content = surgery.parts(made[KINDS[1]])
        typed(content, at, value)
        report = sheetnet.verify(packed(content, tmp_path))
        assert report.proven is right
        assert [(w.sheet, w.address) for w in report.inputs] == ([] if right else [(at.sheet, a1(at.row, at.column))])


def test_a_renamed_sheet_and_rows_above_the_pad_do_not_matter(made: dict[str, Path], tmp_path: Path) -> None:
    for kind in KINDS:
        content = surgery.parts(made[kind])
        surgery.rename_sheet(content, "Draw", "My & pad")
        surgery.insert_row(content, "My & pad", 4)
        report = sheetnet.verify(packed(content, tmp_path))
        assert report.proven, "\n".join(report.lines())


def _larger(record: dict[str, Any]) -> None:
    record["blocks"][PICTURES][0][0] = 9999


def _elsewhere(record: dict[str, Any]) -> None:
    record["blocks"]["draw.seen.out"][2][0][1] += 9999


def _without_option(record: dict[str, Any]) -> None:
    del record["looks"]["draw.seen"]["most"]


def _of_another_kind(record: dict[str, Any]) -> None:
    record["inputs"][PICTURES] = "painting"


def _without_pictures(record: dict[str, Any]) -> None:
    del record["blocks"][PICTURES]


def _no_table(record: dict[str, Any]) -> None:
    record["looks"]["draw.chosen"] = []


@pytest.mark.parametrize(
    "change", [_larger, _elsewhere, _without_option, _of_another_kind, _without_pictures, _no_table]
)
def test_a_record_of_a_drawing_that_is_none_is_refused(
    made: dict[str, Path], tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    content = surgery.parts(made[KINDS[0]])
    record = surgery.read_record(content)
    change(record)
    surgery.write_record(content, record)
    with pytest.raises(SheetnetError) as error:
        sheetnet.verify(packed(content, tmp_path))
    assert "build it again" in str(error.value)


# What a reader finds


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A small template for drawings of 8 x 8, with a pad and two samples."""
    layers = [zoo.layer("rescale", divisor=16), zoo.conv("conv1", 2, 3), zoo.layer("relu"), *zoo.HEAD]
    lines = [
        'name = "small"',
        'classes = ["Ann", "Bob", "Cid"]',
        "[input]",
        "shape = [1, 8, 8]",
        "levels = 16",
        "ink = true",
    ]
    lines.append("[draw]")
    lines.append(f"pad = {np.eye(8, dtype=int).tolist()}")
    for name in ("Bob", "Cid"):
        lines += ["[[draw.samples]]", f'class = "{name}"', f"rows = {np.full((8, 8), 7).tolist()}"]
    for one in layers:
        lines += ["[[layers]]", *(f"{key} = {json.dumps(value)}" for key, value in one.items())]
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "network.toml").write_text("\n".join(lines), encoding="utf-8")
    (folder / "en.toml").write_text('title = "Small"\nsamples = "Drawn by nobody"\n', encoding="utf-8")
    (folder / "zh.toml").write_text('title = "画"\n[classes]\nBob = "鲍勃"\n', encoding="utf-8")
    return folder


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    image = Image.new("L", (200, 150), 230)
    ImageDraw.Draw(image).line([(80, 30), (120, 30), (90, 110), (125, 110)], fill=40, width=12)
    image.save(tmp_path / "z.png")
    return tmp_path / "z.png"


def test_a_template_with_a_pad_needs_no_photo(template: Path, tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "a.xlsx", template=template)
    assert built.report is not None
    assert built.report.proven
    book = openpyxl.load_workbook(built.path)
    assert book.sheetnames[:4] == ["Start", "Draw", "Photo", "Grey"]
    sheet = book["Draw"]
    shown = values_of(built.path.read_bytes(), "draw.names").tolist()
    assert shown == ["my drawing", "sample: Bob", "sample: Cid"]
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "whole"}
    assert [sheet.cell(20, column).value for column in range(3, 9)] == [0, 4, 8, 12, 16, None], "how dark they are"
    pad = next(rule for rule in sheet.data_validations.dataValidation if "C11:J18" in str(rule.sqref))
    assert (pad.formula1, pad.formula2, pad.showErrorMessage) == ("0", "16", True)
    assert "whole number from 0 to 16" in pad.error
    assert book["Grey"]["C11"].value.startswith("=Draw!")
    assert book["Grey"]["C11"].font.color.rgb != sheet["C11"].font.color.rgb, "black, since it is a formula now"
    links = {cell.value for row in book["Start"].iter_rows() for cell in row if cell.hyperlink}
    assert "Draw  C9" in links
    assert any("Drawn by nobody" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_an_empty_pad_is_said_to_be_one(template: Path, tmp_path: Path) -> None:
    """For the network an empty pad is a picture like any other, and it names a class."""
    spec = template / "network.toml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace(str(np.eye(8, dtype=int).tolist()), str(np.zeros((8, 8), int).tolist())), "utf-8")
    for language, says in (("en", "My drawing (still empty)"), ("zh", "我的画（还是空的）")):
        path = tmp_path / f"{language}.xlsx"
        sheetnet.build(None, path, template=template, language=language, engine=None)  # type: ignore[arg-type]
        contents, _, drawing = opened(path.read_bytes())
        assert contents.cells[drawing.choice.sheet][FIRST, PAD].value == says


def test_a_photo_goes_onto_the_pad_and_what_was_done_is_said(template: Path, photo: Path, tmp_path: Path) -> None:
    path = tmp_path / "z.xlsx"
    result = CliRunner().invoke(main, ["build", str(photo), "-t", str(template), "-o", str(path), "--plain"])
    assert result.exit_code == 0, result.output
    assert "inverted" in result.output
    assert "cut to the strokes" in result.output
    contents, plan, drawing = opened(path.read_bytes())
    network = plan.network
    x = sheetnet.photo.load(photo, (1, 8, 8), levels=network.levels, ink=network.ink).x[0]
    for y, column in np.ndindex(8, 8):
        at = drawing.pictures.cell(0, y, column)
        cell = contents.cells["Draw"].get((at.row, at.column))
        assert ((cell and cell.value) or 0) == x[y, column]
    texts = [str(cell.value) for cell in contents.cells["Photo"].values()]
    assert any("inverted" in text for text in texts)
    assert "Charts" not in contents.cells


def test_the_pad_stays_with_a_model_of_the_same_input_only(template: Path, photo: Path, tmp_path: Path) -> None:
    net = zoo.network("drawn in grey")
    spec = net.to_spec() | {"input": {"shape": [1, 8, 8], "levels": 16, "ink": True}, "trained": True}
    network = sheetnet.Network.from_spec(spec)
    model = tmp_path / "m.safetensors"
    model.write_bytes(modelfile.to_bytes(network, network.fill({}, 1), None))
    kept = sheetnet.build(None, tmp_path / "a.xlsx", template=template, model=model)
    assert kept.report is not None
    assert kept.report.proven
    assert opened(kept.path.read_bytes())[2].pictures.shape == (3, 8, 8)
    alone = sheetnet.build(photo, tmp_path / "b.xlsx", model=model)
    assert alone.report is not None
    assert alone.report.proven
    assert alone.done == ("inverted", "cut")
    assert "Draw" not in openpyxl.load_workbook(alone.path).sheetnames
    with pytest.raises(PhotoError, match="needs a photo"):
        sheetnet.build(None, tmp_path / "c.xlsx", template=template, size=12)


def test_the_pad_speaks_chinese_and_obeys_the_theme(template: Path, tmp_path: Path) -> None:
    built = sheetnet.build(None, tmp_path / "a.xlsx", template=template, language="zh", theme="contrast")
    assert built.report is not None
    assert built.report.proven
    assert openpyxl.load_workbook(built.path).sheetnames[1] == "画板"
    book = openpyxl.load_workbook(built.path, data_only=True)
    values = {str(cell.value) for row in book["画板"].iter_rows() for cell in row}
    assert "样例：鲍勃" in values
    assert "样例：Cid" in values


def table(**more: Any) -> dict[str, Any]:
    return {"pad": np.zeros((6, 5)).tolist(), "samples": []} | more


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (7, "takes colors, pad, samples"),
        (table(pads=1), "takes colors"),
        (table(pad=[[1, 2]]), "the pad must be 6 rows of 5 numbers"),
        (table(pad=[[1], [2, 3]]), "the pad must be 6 rows"),
        (table(pad="x"), "the pad must be 6 rows"),
        (table(pad=np.full((6, 5), 10).tolist()), "not a whole number from 0 to 9"),
        (table(pad=np.full((6, 5), 0.5).tolist()), "not a whole number"),
        (table(samples=1), "samples is 1; use a list"),
        (table(samples=[{"class": "Zoe", "rows": []}]), "each of the samples takes class"),
        (table(samples=[{"class": "Ann", "rows": []}]), "sample 'Ann' must be 6 rows"),
        (table(samples=[{"class": "Ann", "rows": np.zeros((6, 5)).tolist()}] * 61), "61 samples; use at most 60"),
        (table(colors=[{"name": "red", "rgb": [255, 0]}]), "three whole numbers"),
        (table(colors=[{"name": "red", "rgb": [255, 0, 0]}]), "1 colors; use 2 to 16"),
        (table(colors=[{"name": "red", "rgb": [255, 0, 0]}] * 2), "one of 3 with colors"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(entry: Any, says: str) -> None:
    with pytest.raises(NetworkError, match=says) as error:
        drawing_of(entry, zoo.network("drawn in grey"))
    assert "\n" not in str(error.value)

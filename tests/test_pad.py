"""What a reader finds on the pad, in English and Chinese, and which tables of a template make none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import zoo
from click.testing import CliRunner
from drawings import opened, values_of
from PIL import Image, ImageDraw

import sheetnet
from sheetnet import modelfile
from sheetnet.case.drawing import drawing_of
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.errors import NetworkError, PhotoError
from sheetnet.grid import row_column
from sheetnet.layout import FIRST
from sheetnet.layout.sheets.canvas import LEFT
from sheetnet.lesson.build import make_book

LEGEND = "The number of each colour"


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
    assert book.sheetnames[:4] == ["Start", "Draw", "Network", "Photo"]
    sheet = book["Draw"]
    shown = values_of(built.path.read_bytes(), "draw.names").tolist()
    assert shown == ["my drawing", "sample: Bob", "sample: Cid"]
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "whole"}
    assert [sheet.cell(21, column).value for column in range(3, 9)] == [0, 4, 8, 12, 16, None], "how dark they are"
    pad = next(rule for rule in sheet.data_validations.dataValidation if "C12:J19" in str(rule.sqref))
    assert (pad.formula1, pad.formula2, pad.showErrorMessage) == ("0", "16", True)
    assert "whole number from 0 to 16" in pad.error
    assert book["Grey"]["C11"].value.startswith("=Draw!")
    assert book["Grey"]["C11"].font.color.rgb != sheet["C12"].font.color.rgb, "black, since it is a formula now"
    links = {cell.value for row in book["Start"].iter_rows() for cell in row if cell.hyperlink}
    assert any(str(text).startswith("Draw  ") for text in links), "a thing to try leads there"
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
        assert contents.cells[drawing.choice.sheet][FIRST, LEFT].value == says


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
        (table(samples=[{"class": "Zoe", "rows": []}]), "each of the samples needs class"),
        (table(samples=[{"class": "Ann", "rows": []}]), "sample 'Ann' must be 6 rows"),
        (table(samples=[{"class": "Ann", "rows": np.zeros((6, 5)).tolist()}] * 61), "61 samples; use at most 60"),
        (table(colors=[{"name": "red", "rgb": [255, 0]}]), "three whole numbers"),
        (table(colors=[{"name": "red", "rgb": [255, 0, 0]}]), "1 colors; use 2 to 16"),
        (table(colors=[{"name": "red", "rgb": [255, 0, 0]}] * 2), "one of 3 channels with colors"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(entry: Any, says: str) -> None:
    with pytest.raises(NetworkError, match=says) as error:
        drawing_of(entry, zoo.network("drawn in grey"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["drawn in colours", "shapes"])
def test_each_number_of_the_legend_has_its_colour(name: str) -> None:
    case = prepare(Request(None, template="shapes")) if name == "shapes" else zoo.case(name)
    sheet = make_book(case).sheet("Draw")
    assert case.drawing is not None
    count = len(case.drawing.colors)
    heading = next(row for row in sheet.rows if any(sheet.value(row, c) == LEGEND for c in range(1, 60)))
    column = next(c for c in range(1, 60) if sheet.value(heading, c) == LEGEND)
    swatches = {(heading + 1 + number, column - 1): number for number in range(count)}
    assert {place: sheet.value(*place) for place in swatches} == swatches
    for mark in sheet.marks:
        boxes = [tuple(map(row_column, area.split(":"))) for area in mark.ranges]
        for row, at in swatches:
            assert any(a[0] <= row <= b[0] and a[1] <= at <= b[1] for a, b in boxes), (row, at)

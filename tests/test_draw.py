"""The sheet Draw: what a reader types or chooses the network sees, every engine agrees, and damage is named."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
import zoo
from drawings import KINDS, opened, packed, values_of
from surgery import MUTATIONS, cell_xml
from thorough import OFFICES_LATER, later

from sheetnet import engine as numbers
from sheetnet.grid import Anchor, a1
from sheetnet.layout import CLASSES, FIRST
from sheetnet.layout.sheets.canvas import LEFT
from sheetnet.lesson.build import write
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate

OFFICES = ("libreoffice", "gnumeric")


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


@pytest.mark.parametrize("office", OFFICES_LATER)
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
        heading = opened(data)[0].cells["Draw"][FIRST, LEFT].value
        assert heading == ("My drawing (not chosen now)" if edit == "a sample that was changed" else "My drawing")
        case = zoo.case(kind)
        given = {"photo.out": x, "truth.out": numbers.one_hot(case.network, case.label)}
        told = numbers.forward(case.network, given, case.parameters)["softmax.out"]
        assert np.abs(values_of(data, "softmax.out") - told).max() < 1e-9, (kind, edit)
        saved = tmp_path / "saved.xlsx"
        saved.write_bytes(data)
        report = prove(saved, engine_name="stored")
        assert report.proven, (kind, edit, list(report.lines()))


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_workbook_is_still_proven(made: dict[str, Path], tmp_path: Path, kind: str, edit: str) -> None:
    report = prove(edited(made[kind], edit, tmp_path))
    assert report.proven, "\n".join(report.lines())
    told = {tensor.name: tensor.cells for tensor in report.tensors}
    channels, height, width = zoo.network(kind).shape
    size = height * width
    assert told["draw.chosen.picks"] == 4
    assert (told["draw.chosen.out"], told["draw.seen.out"], told["photo.out"]) == (1, size, channels * size)


@pytest.mark.parametrize("most", [1, *later(5)])
@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_damage_is_named_where_it_is(
    made: dict[str, Path], tmp_path: Path, kind: str, mutation: str, most: int
) -> None:
    original = surgery.parts(made[kind])
    _, plan, drawing = opened(made[kind].read_bytes())
    block = plan.blocks["photo.out"]
    places = [drawing.picks.cell(2), drawing.number, drawing.seen.cell(1, 1)]
    places += [block.cell(0, 2, 2), block.cell(block.shape[0] - 1, 4, 0)]
    turn = list(MUTATIONS).index(mutation)  # each kind of damage at another place first
    for at in (places[turn % len(places) :] + places)[:most]:
        content, address = dict(original), a1(at.row, at.column)
        formula, value = surgery.find_cell(content, at.sheet, address)
        assert formula is not None
        surgery.replace_cell(content, at.sheet, address, MUTATIONS[mutation](address, formula, value))
        report = prove(packed(content, tmp_path))
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
        report = prove(packed(content, tmp_path))
        assert [(w.sheet, w.address) for w in report.inputs] == [(at.sheet, address)]
        assert "needs a number here, or nothing" in report.inputs[0].why
        assert not report.proven


@pytest.mark.parametrize("name", ["formualizer", *OFFICES_LATER])
def test_a_truth_value_as_the_name_of_a_class_is_named_and_not_the_cells_that_repeat_it(
    made: dict[str, Path], tmp_path: Path, name: str, needs: Callable[[str], None]
) -> None:
    if name in OFFICES:
        needs(name)
    _, plan, _ = opened(made[KINDS[0]].read_bytes())
    at = plan.blocks[CLASSES].cell(1)
    content, address = surgery.parts(made[KINDS[0]]), a1(at.row, at.column)
    surgery.replace_cell(content, at.sheet, address, cell_xml(address, None, "1", ' t="b"'))
    report = prove(packed(content, tmp_path), engine_name=name)
    assert [(w.sheet, w.address) for w in report.wrong] == [(at.sheet, address)]
    assert "needs a name here" in report.wrong[0].why


def test_a_colour_that_is_no_number_is_named_and_another_is_fine(made: dict[str, Path], tmp_path: Path) -> None:
    _, _, drawing = opened(made[KINDS[1]].read_bytes())
    assert drawing.palette is not None
    at = drawing.palette.cell(1, 2)
    for value, right in ((17, True), ("red", False), (None, False)):
        content = surgery.parts(made[KINDS[1]])
        typed(content, at, value)
        report = prove(packed(content, tmp_path))
        assert report.proven is right
        assert [(w.sheet, w.address) for w in report.inputs] == ([] if right else [(at.sheet, a1(at.row, at.column))])


def test_a_renamed_sheet_and_rows_above_the_pad_do_not_matter(made: dict[str, Path], tmp_path: Path) -> None:
    for kind in KINDS:
        content = surgery.parts(made[kind])
        surgery.rename_sheet(content, "Draw", "My & pad")
        surgery.insert_row(content, "My & pad", 4)
        report = prove(packed(content, tmp_path))
        assert report.proven, "\n".join(report.lines())

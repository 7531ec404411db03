"""What a pupil deletes: a blue cell that is blank makes no error on the sheets of a lesson."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import surgery
from test_lessons import described, told

import sheetnet
from sheetnet.case.lessons import lesson_names
from sheetnet.grid import a1
from sheetnet.lesson.shelves.build import write_lesson
from sheetnet.recalc import EMBEDDED, open_engine

MOST = 12  # cells of an input that are all made blank, one after the other; of a larger one its first and last


def without(name: str, given: str, folder: Path) -> Path:
    """The workbook of a lesson in which the first cell of an input was deleted."""
    path = folder / f"{name}.xlsx"
    write_lesson(told(name), path)
    content, at = surgery.parts(path), described(name).plan.blocks[f"{given}.out"].anchors[0]
    surgery.replace_cell(content, at.sheet, a1(at.row, at.column), "")
    return surgery.save(path, content)


@pytest.mark.parametrize("name", lesson_names())
def test_a_blank_cell_makes_no_error(name: str, tmp_path: Path) -> None:
    """Whichever of the cells it is that a reader may change; of a photo no cell is alone."""
    lesson, path = described(name), tmp_path / "x.xlsx"
    write_lesson(told(name), path)
    session = open_engine(EMBEDDED, path.read_bytes(), time.monotonic() + 60)
    session.evaluate()
    areas = [area for full in lesson.plan.computed() for area in lesson.plan.blocks[full].rectangles()]
    found = set()
    for given in told(name).script.givens.values():
        if not given.open or given.name == "photo":
            continue
        cells = [(sheet, row, column) for _, sheet, row, column in lesson.plan.blocks[given.full].walk()]
        for sheet, row, column in cells if len(cells) <= MOST else (cells[0], cells[-1]):
            [[before]] = session.rectangle(sheet, row, column, row, column)
            session.set(sheet, row, column, None)
            session.evaluate()
            for first, last in areas:
                shown = session.rectangle(first.sheet, first.row, first.column, last.row, last.column)
                errors = [x for line in shown for x in line if re.fullmatch(r"#[A-Z0-9/]+[!?A]?", str(x))]
                found |= {f"{sheet}!{a1(row, column)}, {given.name}: {x} from {first.sheet}" for x in errors}
            session.set(sheet, row, column, before)
    assert not found


def test_what_a_pupil_deleted_is_named_and_makes_no_formula_wrong(tmp_path: Path) -> None:
    report = sheetnet.verify(without("softmax", "temperature", tmp_path))
    assert report.status == 1
    assert [one.address for one in report.inputs] == ["B9"]
    [wrong] = report.inputs
    assert report.last_line() == (
        f"NOT PROVEN: no formula is wrong, but 1 cell needs a number: {wrong.sheet}!B9 (formualizer); see above"
    )

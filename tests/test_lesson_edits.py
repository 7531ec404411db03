"""What a pupil deletes: a blue cell that is blank makes no error on the sheets of a lesson."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import surgery
from test_lessons import described, told

import sheetnet
from sheetnet.grid import a1
from sheetnet.lesson.shelves.build import write_lesson
from sheetnet.recalc import EMBEDDED, open_engine

DELETED = [
    *(("softmax", "temperature"), ("softmax", "many")),
    *(("curve", "row"), ("curve", "column"), ("arithmetic", "s"), ("arithmetic", "d")),
    *(("filters", "row"), ("filters", "column")),
    *(("colour", "channel"), ("colour", "row"), ("colour", "column"), ("colour", "large")),
]

PROVEN_NOT = "NOT PROVEN: no formula is wrong, but 1 cell without a formula cannot be used (formualizer); see above"


def without(name: str, given: str, folder: Path) -> Path:
    """The workbook of a lesson in which the first cell of an input was deleted."""
    path = folder / f"{name}.xlsx"
    write_lesson(told(name), path)
    content, at = surgery.parts(path), described(name).plan.blocks[f"{given}.out"].anchors[0]
    surgery.replace_cell(content, at.sheet, a1(at.row, at.column), "")
    return surgery.save(path, content)


def errors_without(name: str, given: str, folder: Path) -> list[str]:
    """The cells that show an error once the first cell of an input is blank."""
    lesson = described(name)
    session = open_engine(EMBEDDED, without(name, given, folder).read_bytes(), time.monotonic() + 60)
    session.evaluate()
    shown = [sheet.title for sheet in lesson.book.sheets if not sheet.hidden]
    found = [(title, x) for title in shown for line in session.rectangle(title, 1, 1, 60, 40) for x in line]
    return [f"{title}: {x}" for title, x in found if re.fullmatch(r"#[A-Z0-9/]+[!?A]?", str(x))]


@pytest.mark.parametrize(("name", "given"), DELETED)
def test_a_blank_cell_makes_no_error(name: str, given: str, tmp_path: Path) -> None:
    assert not errors_without(name, given, tmp_path)


def test_what_a_pupil_deleted_is_named_and_makes_no_formula_wrong(tmp_path: Path) -> None:
    report = sheetnet.verify(without("softmax", "temperature", tmp_path))
    assert report.status == 1
    assert [one.address for one in report.inputs] == ["B9"]
    assert report.last_line() == PROVEN_NOT

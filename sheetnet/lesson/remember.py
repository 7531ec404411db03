"""Write the record of a workbook on its hidden sheet, so that the file can be verified without any other.

Besides the record of the plan it has fingerprints of the inputs, and which sheets a handout leaves out; and for every
sheet the places and fingerprints of its labels, which are words and numbers that nobody computes, and the cells that
its charts show.
"""

from __future__ import annotations

import json
from typing import Any

from sheetnet import layout
from sheetnet.fingerprints import prints
from sheetnet.grid import Anchor
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import RECORD_NAME, Cell, Sheet
from sheetnet.workbook.reading.references import parse_reference
from sheetnet.workbook.text import held

RECORD_SHEET = "sheetnet"
RECORD_PIECE = 30_000  # characters a cell; a cell holds at most 32,767
Areas = dict[str, tuple[Anchor, Anchor]]


def remember(lesson: Lesson) -> None:
    """Write the record and the defined names."""
    book, plan = lesson.book, lesson.plan
    known = layout.areas(plan)
    for name, start, end in layout.names_of(plan):
        book.name(name, start, end)
    record = layout.write_record(plan)
    record["prints"] = {full: _prints(lesson.value(full).ravel().tolist()) for full in plan.given()}
    record["aside"] = [area for sheet in book.sheets if sheet.aside and (area := _area_on(sheet, known))]
    record["sheets"] = [entry for sheet in book.sheets if (entry := _of_sheet(sheet, known)) is not None]
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    text = text.replace(" ", "\\u0020")  # only in strings; a spreadsheet may drop a space at the end of a cell
    pieces = [text[i : i + RECORD_PIECE] for i in range(0, len(text), RECORD_PIECE)]
    sheet = book.add(RECORD_SHEET, hidden=True)
    for row, piece in enumerate(pieces, 1):
        sheet.text(row, 1, piece)
    book.name(RECORD_NAME, Anchor(RECORD_SHEET, 1, 1), Anchor(RECORD_SHEET, len(pieces), 1))


def _area_on(sheet: Sheet, known: Areas) -> str:
    """An area of a sheet, by which it is found when a reader has given it another title; "" where it has none."""
    return next((name for name, (first, _) in known.items() if first.sheet == sheet.title), "")


def _prints(values: list[Any]) -> str:
    """The fingerprints of some cells as the file will hold them."""
    return prints([held(value) if isinstance(value, str) else value for value in values])


def _of_sheet(sheet: Sheet, known: Areas) -> list[Any] | None:
    """[areas, runs of labels, their fingerprints, series of charts]; None where nothing on the sheet has a name."""
    areas = [name for name, (first, _) in known.items() if first.sheet == sheet.title]
    if not areas:
        return None
    labels = {
        (row, entry.column): entry.value
        for row, entries in sheet.rows.items()
        for entry in entries
        if isinstance(entry, Cell) and entry.formula is None and entry.value is not None and not entry.given
    }
    places = sorted(labels)
    series = [
        [_offset(sheet.title, one.values, known), _offset(sheet.title, one.x, known)]
        for chart in sheet.charts
        for one in chart.series
    ]
    return [areas, layout.runs_of(places), _prints([labels[place] for place in places]), series]


def _offset(title: str, reference: str, known: Areas) -> list[Any]:
    """A range as an offset in the area around it, or in one of its sheet: [area, row, column, rows, columns]."""
    span = parse_reference(reference)
    if span is None:
        raise ValueError(f"{title}: {reference} is no range")
    first, last = span
    here = {name: area for name, area in known.items() if area[0].sheet == first.sheet}
    around = [
        name for name, (a, b) in here.items() if a.row <= first.row <= b.row and a.column <= first.column <= b.column
    ]
    name = next(iter([*around, *here]))
    start = here[name][0]
    size = last.row - first.row + 1, last.column - first.column + 1
    return [name, first.row - start.row, first.column - start.column, *size]

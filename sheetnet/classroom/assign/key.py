"""The key: the answers of every pupil, in one workbook. A copy of each, solved and proven, lies beside it."""

from __future__ import annotations

from sheetnet import words as all_words
from sheetnet.classroom.assign.item import TEACHERS
from sheetnet.classroom.assign.manifest import Manifest
from sheetnet.grid import Anchor, a1
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import FONT, FONTS

WIDTHS = {1: 24.0, 2: 14.0, 3: 8.0, 4: 16.0, 5: 16.0, 6: 16.0, 7: 10.0}


def key_book(manifest: Manifest, theme: str, *, letter: bool) -> Book:
    """The workbook with all answers."""
    words = all_words.load(manifest.language)
    book = Book(words("assign.key"), theme, FONTS.get(manifest.language, FONT), manifest.language, letter)
    sheet = book.add(words("assign.key"))
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("assign.key_title", title=manifest.title), "title")
    sheet.text(2, 1, words("assign.key_proven"), "text")
    for column, key in enumerate(("name", "id", "number", "step", "cell", "answer", "points"), 1):
        style = "heading.right" if key in ("number", "answer", "points") else "heading"
        sheet.text(4, column, words(f"assign.{key}"), style)
    row = 5
    for pupil in manifest.pupils:
        for one in pupil.items:
            title, at_row, at_column = one.place
            sheet.text(row, 1, pupil.name)
            sheet.text(row, 2, pupil.id)
            sheet.number(row, 3, one.number, "count")
            sheet.text(row, 4, words(f"assign.steps.{one.step}"), "after")
            sheet.text(row, 5, f"{title}  {a1(at_row, at_column)}")
            sheet.number(row, 6, one.answer, "answer.number")
            sheet.number(row, 7, one.points, "count")
            row += 1
    sheet.freeze, sheet.repeat_rows, sheet.selected = "A5", "4:4", "A5"
    book.name(TEACHERS, *[Anchor(sheet.title, 1, 1)] * 2)
    return book

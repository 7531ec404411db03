"""The class at a glance: who reached what, what was hard, and which files need a look."""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.classroom.assign.item import TEACHERS
from sheetnet.classroom.assign.manifest import Manifest
from sheetnet.classroom.grade.result import Result
from sheetnet.grid import Anchor, a1, sheet_prefix
from sheetnet.words import load
from sheetnet.workbook.book import Book
from sheetnet.workbook.look import Chart, Series
from sheetnet.workbook.style import FONT, FONTS, PLAIN, THEMES

WIDTHS = {1: 28.0, 2: 14.0, 3: 10.0, 4: 10.0, 5: 46.0}
CHART = (640, 420)
MOST_BARS = 12


def summary_book(manifest: Manifest, results: Sequence[Result], missing: Sequence[str]) -> Book:
    """The workbook for the teacher."""
    words = load(manifest.language)
    book = Book(words("grade.summary"), font=FONTS.get(manifest.language, FONT), language=manifest.language)
    sheet = book.add(words("grade.summary"))
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("grade.summary_title", title=manifest.title), "title")
    marked = [one for one in results if one.marks]
    broken = len(results) - len(marked)
    said = words("grade.counts", marked=len(marked), broken=broken, missing=len(missing), total=len(manifest.pupils))
    sheet.text(2, 1, said, "lead")
    for column, key in enumerate(("name", "id"), 1):
        sheet.text(4, column, words(f"assign.{key}"), "heading")
    for column, key in enumerate(("assign.points", "grade.of", "grade.remark"), 3):
        sheet.text(4, column, words(key), "heading" if column == 5 else "heading.right")
    row = 5
    for one in results:
        sheet.text(row, 1, one.name or one.file)
        sheet.text(row, 2, one.id)
        if one.marks:
            sheet.number(row, 3, one.points, "count")
            sheet.number(row, 4, manifest.points, "count")
        sheet.text(row, 5, one.remark(words), "warning" if one.flags or one.error else "text")
        row += 1
    for name in missing:
        sheet.text(row, 1, name)
        sheet.text(row, 5, words("grade.missing"), "note")
        row += 1
    if marked:
        _hardest(book, manifest, marked, row + 2)
    sheet.selected = "A5"
    book.name(TEACHERS, *[Anchor(sheet.title, 1, 1)] * 2)
    return book


def _hardest(book: Book, manifest: Manifest, marked: Sequence[Result], top: int) -> None:
    """A table of the items, the hardest first, and a chart of it."""
    words, sheet = load(manifest.language), book.sheets[0]
    shares = []
    for number, item in enumerate(manifest.pupils[0].items):
        right = sum(bool(one.marks[number].points) for one in marked)
        shares.append((right / len(marked), item.number, item.step))
    shares = sorted(shares)[:MOST_BARS]
    sheet.text(top, 1, words("grade.hardest"), "heading.plain")
    sheet.text(top + 1, 1, words("assign.step"), "heading")
    sheet.text(top + 1, 2, words("grade.share"), "heading")
    for row, (share, number, step) in enumerate(shares, top + 2):
        sheet.text(row, 1, f"{number}  {words(f'assign.steps.{step}')}")
        sheet.number(row, 2, share, "percent")
    first, last = top + 2, top + 1 + len(shares)
    ranges = [f"{sheet_prefix(sheet.title)}${column}${first}:${column}${last}" for column in "AB"]
    series = Series(words("grade.share"), ranges[1], ranges[0], THEMES[PLAIN].chart_first)
    sheet.charts.append(
        Chart(
            "bar",
            words("grade.hardest"),
            (series,),
            a1(top, 4),
            CHART,
            words("grade.hardest_alt"),
            y_title=words("grade.share"),
            y_span=(0, 1),
            number_format="0 %",
            labels=True,
        )
    )

"""The feedback for a pupil: the marks, and a sentence beside each answer."""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.classroom.assign.item import TEACHERS
from sheetnet.classroom.assign.manifest import Manifest, Pupil
from sheetnet.classroom.grade.marks import Mark
from sheetnet.grid import Anchor, a1
from sheetnet.words import load
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import FONT, FONTS

WIDTHS = {1: 6.0, 2: 16.0, 3: 16.0, 4: 16.0, 5: 9.0, 6: 9.0, 7: 74.0}
FIRST = 7
LOST = ("wrong", "open", "pasted", "words")


def feedback_book(
    manifest: Manifest, pupil: Pupil, marks: Sequence[Mark], flags: Sequence[str], *, hide_answers: bool
) -> Book:
    """The workbook with the marks of one pupil. ``hide_answers``: no answer of an item that is not right."""
    words = load(manifest.language)
    book = Book(words("grade.title"), font=FONTS.get(manifest.language, FONT), language=manifest.language)
    sheet = book.add(words("grade.feedback"))
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("grade.title"), "title")
    sheet.text(2, 1, f"{pupil.name}   {pupil.id}", "lead")
    reached = sum(one.points for one in marks)
    sheet.text(3, 1, words("grade.reached", points=reached, total=manifest.points), "heading.plain")
    for number, flag in enumerate(flags):
        sheet.text(4, 1 + 6 * number, words(f"grade.flags.{flag}"), "warning")
    heads = ("number", "step", "cell", "answer", "points", "of")
    for column, key in enumerate(heads, 1):
        style = "heading.right" if key in ("answer", "points", "of") else "heading"
        sheet.text(FIRST - 1, column, words(f"grade.{key}" if key == "of" else f"assign.{key}"), style)
    sheet.text(FIRST - 1, 7, words("grade.remark"), "heading")
    for row, (item, mark) in enumerate(zip(pupil.items, marks, strict=True), FIRST):
        title, at_row, at_column = item.place
        sheet.number(row, 1, item.number, "count")
        sheet.text(row, 2, words(f"assign.steps.{item.step}"), "after")
        sheet.text(row, 3, f"{title}  {a1(at_row, at_column)}")
        sheet.text(row, 4, mark.shown, "beside")
        sheet.number(row, 5, mark.points, "count")
        sheet.number(row, 6, item.points, "count")
        said = words(f"grade.verdicts.{mark.verdict}")
        if mark.verdict in LOST and not hide_answers:
            said = f"{said} {words('grade.answer_is', answer=f'{item.answer:.6g}')}"
        sheet.text(row, 7, said, "after")
    sheet.selected = f"A{FIRST}"
    book.name(TEACHERS, *[Anchor(sheet.title, 1, 1)] * 2)
    return book

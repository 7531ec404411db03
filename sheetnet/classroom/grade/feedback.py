"""The feedback for a pupil: the marks, and a sentence beside each answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetnet.classroom.assign.item import TEACHERS, Item
from sheetnet.classroom.assign.manifest import Manifest, Pupil
from sheetnet.classroom.grade.marks import Mark
from sheetnet.classroom.grade.submission import Submission
from sheetnet.classroom.grade.theirs import add_theirs
from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, a1
from sheetnet.words import Words, load
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import FONT, FONTS

WIDTHS = {1: 6.0, 2: 13.0, 3: 16.0, 4: 12.0, 5: 9.0, 6: 9.0, 7: 74.0}
FIRST = 7  # row of the first answer, where no more than one thing is odd
LOST = ("sure", "wrong", "open", "pasted", "words")
TEACHER_ONLY = frozenset({"sure"})  # flags that are said to pupils at each answer, in words of their own


def feedback_book(
    manifest: Manifest,
    pupil: Pupil,
    marks: Sequence[Mark],
    flags: Sequence[str],
    submission: Submission,
    *,
    hide_answers: bool,
) -> Book:
    """The workbook with the marks of one pupil: a list of them, and behind it what was handed in, with the marks.

    ``hide_answers``: no answer of an item that is not right.
    """
    words = load(manifest.language)
    book = Book(words("grade.title"), font=FONTS.get(manifest.language, FONT), language=manifest.language)
    sheet = book.add(words("grade.feedback"))
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("grade.title"), "title")
    sheet.text(2, 1, f"{pupil.name}   {pupil.id}", "lead")
    reached = sum(one.points for one in marks)
    sheet.text(3, 1, words("grade.reached", points=reached, total=manifest.points), "heading.plain")
    odd = [one for one in flags if one not in TEACHER_ONLY]
    for row, flag in enumerate(odd, 4):
        cells = submission.merged.flags().get(flag, "")
        sheet.text(row, 1, words(f"grade.flags.{flag}", name=submission.typed, cells=cells), "warning")
    first = FIRST + max(0, len(odd) - 1)
    heads = ("number", "step", "cell", "answer", "points", "of")
    for column, key in enumerate(heads, 1):
        style = "heading.right" if key in ("answer", "points", "of") else "heading"
        sheet.text(first - 1, column, words(f"grade.{key}" if key == "of" else f"assign.{key}"), style)
    sheet.text(first - 1, 7, words("grade.remark"), "heading")
    told = [(item, mark, _said(words, item, mark, hide_answers=hide_answers)) for item, mark in _pairs(pupil, marks)]
    places = submission.places(pupil)
    try:
        noted = {places[item.number]: (mark, _note(words, item, mark, said)) for item, mark, said in told}
        titles = add_theirs(book, submission.data, submission.shown(), noted)
    except WorkbookError as error:  # the list is there all the same
        titles = {}
        sheet.text(first - 2, 1, words("grade.not_copied", why=str(error)), "note")
    for row, (item, mark, said) in enumerate(told, first):
        at = places[item.number]
        sheet.number(row, 1, item.number, "count")
        sheet.text(row, 2, words(f"assign.steps.{item.step}"), "after")
        address = a1(at.row, at.column)
        if at.sheet in titles:
            sheet.link(row, 3, f"{titles[at.sheet]}  {address}", titles[at.sheet], cell=address)
        else:
            sheet.text(row, 3, f"{at.sheet}  {address}")
        sheet.text(row, 4, mark.shown, "beside")
        sheet.number(row, 5, mark.points, "count")
        sheet.number(row, 6, item.points, "count")
        sheet.text(row, 7, said, "after")
    sheet.selected = f"A{first}"
    book.name(TEACHERS, *[Anchor(sheet.title, 1, 1)] * 2)
    return book


def _pairs(pupil: Pupil, marks: Sequence[Mark]) -> Iterator[tuple[Item, Mark]]:
    return zip(pupil.items, marks, strict=True)


def _said(words: Words, item: Item, mark: Mark, *, hide_answers: bool) -> str:
    said = words(f"grade.verdicts.{mark.verdict}")
    if mark.verdict in LOST and not hide_answers:
        said = f"{said} {words('grade.answer_is', answer=f'{item.answer:.6g}')}"
    return said


def _note(words: Words, item: Item, mark: Mark, said: str) -> str:
    """What is said at the answer itself."""
    points = words("grade.reached", points=mark.points, total=item.points)
    return f"{words('assign.number')} {item.number}  {points}\n{said}"

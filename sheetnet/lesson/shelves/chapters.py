"""A course -> one workbook: contents, the sheets of the network, then the sheets of every lesson.

The contents link to the first sheet of each chapter, and every sheet of a lesson links back to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sheetnet.case.lessons.chapters import Chapters
from sheetnet.lesson.build import describe
from sheetnet.lesson.finish import Written, finished, refuse_target, saved
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import ZOOMS, shows
from sheetnet.lesson.shelves.build import add_lesson
from sheetnet.lesson.shelves.draw import FIRST

NUMBER_WIDTH, LINE = 4.0, 21.0  # characters of the column of numbers; points of a row


def write_chapters(
    chapters: Chapters, path: Path, *, force: bool = False, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Build the workbook of a course. WorkbookError where it fails."""
    refuse_target(path, force=force)  # before the work, not after it
    return saved(finished(describe_chapters(chapters)), path, force=force, progress=progress)


def describe_chapters(chapters: Chapters) -> Lesson:
    """All sheets of a course."""
    lesson, contents = describe(chapters.case, chapters.case.values), chapters.prose["sheet"]
    lesson.book.title = chapters.prose["title"]
    for told in chapters.lessons:
        trail = (contents, *(page.title for page in told.script.pages))
        add_lesson(replace(lesson, trail=trail), told)
    _draw_contents(lesson, chapters)
    return lesson


def _draw_contents(lesson: Lesson, chapters: Chapters) -> None:
    """The first sheet: a line for each chapter."""
    book, prose = lesson.book, chapters.prose
    sheet = book.add(prose["sheet"], freeze=BELOW, one_page=True)
    book.sheets.insert(0, book.sheets.pop())
    draw_head(lesson, sheet, Head(prose["title"], prose["lead"]))
    lines: list[tuple[int, str, str, str, str]] = [(0, prose["steps"], lesson.trail[0], prose["about"], "")]
    for number, told in enumerate(chapters.lessons, 1):
        script, first = told.script, told.script.pages[0].title
        suits = lesson.words("lesson.suits", age=script.age, minutes=script.minutes)
        lines.append((number, script.prose("title"), first, script.prose("summary"), suits))
    for row, (number, title, target, about, suits) in enumerate(lines, FIRST):
        if number:
            sheet.number(row, 1, number, "index")
        sheet.link(row, 2, title, target)
        sheet.text(row, 3, about, "text")
        if suits:
            sheet.text(row, 4, suits, "note")
        sheet.heights[row] = LINE
    sheet.widths = {1: NUMBER_WIDTH}
    for column, texts in enumerate(
        zip(*((title, about, suits) for _, title, _, about, suits in lines), strict=True), 2
    ):
        sheet.widths[column] = max(map(characters, texts))
    for sheet.zoom in ZOOMS:
        if shows(sheet, FIRST + len(lines) - 1, 4):
            break
    sheet.header = lesson.words("print.name")

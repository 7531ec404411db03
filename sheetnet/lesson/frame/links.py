"""The links of a sheet, in row 7: to the sheet before, to Start, to the next one, and to sheets that belong to it."""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.workbook.book import Sheet

LINKS_ROW = 7
LINK_ROOM = 19.0  # characters from one link to the next


def draw_links(lesson: Lesson, sheet: Sheet, *more: str) -> None:
    """Links to the sheet before, to Start, to the next one and to ``more`` sheets. Call it after widths are set."""
    words, trail = lesson.words, lesson.trail
    number = trail.index(sheet.title)
    targets = [(words("step.back", title=trail[number - 1]), trail[number - 1]), (words("step.home"), trail[0])]
    if number + 1 < len(trail):
        targets.append((words("step.next", title=trail[number + 1]), trail[number + 1]))
    targets += [(words("step.see", title=title), title) for title in more]
    link_row(sheet, LINKS_ROW, [(text, title, "A1") for text, title in targets], LINK_ROOM)
    sheet.header = words("print.name")


def link_row(sheet: Sheet, row: int, targets: Sequence[tuple[str, str, str]], room: float) -> None:
    """Links (text, sheet, cell) side by side. Each has ``room`` characters at least, by the widths of the columns."""
    column, left, end = 1, 0.0, 0.0
    for i, (text, title, cell) in enumerate(targets):
        while left < max(i * room, end):
            left += sheet.widths.get(column, sheet.default_width)
            column += 1
        sheet.link(row, column, text, title, cell=cell)
        end = left + characters(text)
        left += sheet.widths.get(column, sheet.default_width)
        column += 1

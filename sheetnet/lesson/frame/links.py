"""The links of a sheet: to its neighbours, in row 2, and along the thread, in row 8.

Row 2 leads to the sheet before, to Start, to the next one, and to sheets that belong to it; it stays in view with the
title. Row 8 follows one number from pixel to verdict: where it is on this sheet, where it came from, where it goes.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.grid import Anchor, a1
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import characters
from sheetnet.workbook.book import Sheet

LINKS_ROW, THREAD_ROW = 2, 8
LINE = 13.5  # points of a line of words
BELOW = "A3"  # the first cell below those that stay in view
LINK_ROOM, THREAD_ROOM = 19.0, 38.0  # characters from one link to the next


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


def followed(lesson: Lesson, name: str) -> Anchor:
    """The cell of the followed number of a layer, or of the photo, by its name."""
    return lesson.plan.blocks[f"{name}.out"].cell(*lesson.thread.places[name])


def neighbours(lesson: Lesson, name: str) -> tuple[Anchor | None, Anchor | None]:
    """The cell from which the followed number of a layer comes, and the one to which it goes on."""
    around = (lesson.thread.before.get(name), lesson.thread.after.get(name))
    before, after = (None if one is None else followed(lesson, one) for one in around)
    return before, after


def draw_thread(
    lesson: Lesson,
    sheet: Sheet,
    at: Anchor,
    around: tuple[Anchor | None, Anchor | None],
    row: int = THREAD_ROW,
    *,
    back: bool = False,
    to: str = "followed_to",
) -> None:
    """Frame the followed number, and write links to it, to the cell it comes from and to the one it goes on to.

    ``back``: it is the gradient of that number. ``to``: key of what the last link says.

    A layer that the thread passes by has nobody around it: its example is linked, and has no frame.
    """
    passed_by = around == (None, None)
    if not passed_by:
        sheet.frame(at.row, at.column)
    targets = []
    name = "followed_back" if back else "followed"
    keys = ("passed_by" if passed_by else name, "followed_from", to)
    for key, there in zip(keys, (at, *around), strict=True):
        if there is not None:
            cell = a1(there.row, there.column)
            targets.append((lesson.words(f"step.{key}", title=there.sheet, cell=cell), there.sheet, cell))
    link_row(sheet, row, targets, THREAD_ROOM)
    sheet.heights[row] = LINE


def draw_way(lesson: Lesson, sheet: Sheet, at: Anchor, row: int = THREAD_ROW) -> None:
    """Write a link to the followed number, which is on another sheet."""
    cell = a1(at.row, at.column)
    said = lesson.words("step.followed_elsewhere", title=at.sheet, cell=cell)
    link_row(sheet, row, [(said, at.sheet, cell)], THREAD_ROOM)
    sheet.heights[row] = LINE


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

"""Marks on the sheets of the layers: conditional formats that show what a close-up reads, and follow the choice.

They read the choice through defined names, because not every version of Excel lets a conditional format name another
sheet. y and x of a cell are computed from its row and column:

    planes  y = (row - first row) mod (distance of two maps)
    rows    y = (row - first row) div channels
"""

from __future__ import annotations

from sheetnet.grid import a1
from sheetnet.lesson.beside.closeup.panel import mark_name
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark


def mark_window(
    lesson: Lesson, mark: str, number: int, tensor: str, size: tuple[int, int], channel: str = ""
) -> None:
    """Mark a window of ``tensor`` for the layer with a number; in all channels, or in the chosen one."""
    top, left = mark_name(mark, "top"), mark_name(mark, "left")
    inside = [f"Y>={top}-1", f"Y<{top}+{size[0] - 1}", f"X>={left}-1", f"X<{left}+{size[1] - 1}"]
    if channel:
        inside.append(f"C={mark_name(mark, channel)}-1")
    _mark(lesson, mark, number, tensor, inside)


def mark_cell(lesson: Lesson, mark: str, number: int, tensor: str, channel: str = "filter") -> None:
    """Mark the chosen element of ``tensor``."""
    pairs = (("C", channel), ("Y", "row"), ("X", "column"))
    _mark(lesson, mark, number, tensor, [f"{axis}={mark_name(mark, name)}-1" for axis, name in pairs])


def _mark(lesson: Lesson, mark: str, number: int, tensor: str, conditions: list[str]) -> None:
    """``conditions`` speak of C, Y and X, the index of a cell, from 0 on."""
    block = lesson.plan.blocks[tensor]
    channels, height, width = block.shape
    top, left, bottom, right = lesson.plan.margins.get(tensor, (0, 0, 0, 0))
    for title in dict.fromkeys(at.sheet for at in block.anchors):
        sheet = next(s for s in lesson.book.sheets if s.title == title)
        mine = [k for k, at in enumerate(block.anchors) if at.sheet == title]
        first = block.anchors[mine[0]]
        if len(block.steps) == 3:
            deep = channels
            y, c = f"INT((ROW()-{first.row})/{deep})", f"MOD(ROW()-{first.row},{deep})"
            boxes = [(first.row - top * deep, first.row + (height + bottom) * deep - 1)]
        elif len(mine) == 1:
            y, c = f"(ROW()-{first.row})", str(mine[0])
            boxes = [(first.row - top, first.row + height + bottom - 1)]
        else:
            band = block.anchors[mine[1]].row - first.row
            start = first.row - top
            y, c = f"(MOD(ROW()-{start},{band})-{top})", f"INT((ROW()-{start})/{band})"
            rows = [block.anchors[k].row for k in mine]
            boxes = [(row - top, row + height + bottom - 1) for row in rows]
        x = f"(COLUMN()-{first.column})"
        # One column more than can be marked: LibreOffice shows the fill of a mark only where its range is not the
        # range of a colour scale.
        columns = first.column - left - 1, first.column + width + right - 1
        place = {"C": c, "Y": y, "X": x}
        parts = [place[text[0]] + text[1:] for text in [*conditions, f"X>={-left}"]]
        formula = f"AND({mark_name(mark, 'layer')}={number},{','.join(parts)})"
        ranges = [f"{a1(low, columns[0])}:{a1(high, columns[1])}" for low, high in boxes]
        theme = lesson.theme
        sheet.marks.append(Mark(ranges, formula, theme.mark, theme.ink, True, theme.mark_line))


def mark_largest(lesson: Lesson, sheet: Sheet, where: str, first: str, largest: str) -> None:
    """Mark the cells of a range that hold the largest number."""
    theme = lesson.theme
    sheet.marks.append(
        Mark([where], f'AND({first}<>"",{first}={largest})', theme.mark, theme.ink, True, theme.mark_line)
    )

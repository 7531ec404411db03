"""The first sheet of a pupil's workbook: whose it is, what is to be done, and which cells are still open.

The status of a cell says whether there is a number in it, and nothing about the number.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.classroom.assign.item import Item
from sheetnet.grid import Anchor, a1, sheet_prefix
from sheetnet.lesson.frame.measure import fit_print
from sheetnet.words import Words
from sheetnet.workbook.book import Cell, Sheet

FIRST = 12  # row of the first item
WIDTHS = {1: 6.0, 2: 16.0, 3: 22.0, 4: 10.0, 5: 12.0, 6: 40.0}
PUPIL_ROW, ID_ROW, STATUS_ROW = 3, 4, 9


def draw_front(sheet: Sheet, items: Sequence[Item], who: tuple[str, str], words: Words, ask: str) -> Anchor:
    """Draw it; the cell of the id."""
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("assign.title"), "title")
    sheet.text(PUPIL_ROW, 1, words("assign.name"), "text")
    sheet.text(PUPIL_ROW, 3, who[1], "after.bold")
    sheet.text(ID_ROW, 1, words("assign.id"), "text")
    sheet.text(ID_ROW, 3, who[0], "after.bold")
    for row, key in enumerate((f"what_{ask}", "how", "waits"), 5):
        sheet.text(row, 1, words(f"assign.{key}"), "note" if key == "waits" else "text")
    draw_list(sheet, items, words, STATUS_ROW, FIRST)
    sheet.one_page, sheet.header = True, words("print.name")
    fit_print(sheet)
    sheet.selected = a1(FIRST, 3)
    return Anchor(sheet.title, ID_ROW, 3)


def draw_list(sheet: Sheet, items: Sequence[Item], words: Words, status: int, first: int) -> None:
    """The cells that are asked for, from the row ``first`` on, and in the row ``status`` how many are filled."""
    for column, key in enumerate(("number", "step", "cell", "points", "status"), 1):
        sheet.text(first - 1, column, words(f"assign.{key}"), "heading.right" if key == "points" else "heading")
    for row, one in enumerate(items, first):
        title, at_row, at_column = one.place
        at = a1(at_row, at_column)
        sheet.number(row, 1, one.number, "count")
        sheet.text(row, 2, words(f"assign.steps.{one.step}"), "after")
        sheet.link(row, 3, f"{title}  {at}", title, cell=at)
        sheet.number(row, 4, one.points, "count")
        filled, empty = words("assign.filled"), words("assign.open")
        formula = f'IF(COUNT({sheet_prefix(title)}{at})=1,"{filled}","{empty}")'
        sheet.rows[row].append(Cell(5, "after", empty, formula))
    last = first + len(items) - 1
    total = sum(one.points for one in items)
    sheet.text(status, 1, words("assign.so_far"), "text")
    done = f'COUNTIF(E{first}:E{last},"{words("assign.filled")}")'
    said = words("assign.done", count="{}", total=len(items), points=total)
    before, _, after = said.partition("{}")
    formula = f'"{before}"&{done}&"{after}"' if before else f'{done}&"{after}"'
    sheet.rows[status].append(Cell(3, "after.bold", said.format(0), formula))

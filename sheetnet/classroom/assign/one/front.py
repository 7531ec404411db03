"""The first sheet of the workbook for everybody: where number and name are typed, and the list of what is asked.

The number lies in the cells where the solved workbook has it. Here it is "-" until a whole number is typed, so that
whatever follows from it waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.case.numbered import MOST
from sheetnet.classroom.assign.front import WIDTHS, draw_list
from sheetnet.classroom.assign.guard import WAITS
from sheetnet.classroom.assign.item import Item
from sheetnet.grid import Anchor, a1
from sheetnet.layout.addresses import at
from sheetnet.layout.sheets import numbered as places
from sheetnet.layout.sheets.numbered import NumberSheet
from sheetnet.lenses.base import quoted
from sheetnet.lenses.numbered import WholeNumber
from sheetnet.lesson.frame.measure import fit_print
from sheetnet.words import Words
from sheetnet.workbook.book import Cell, Sheet


def draw_front_for_all(sheet: Sheet, items: Sequence[Item], who: tuple[str, str], words: Words, ask: str) -> Anchor:
    """Draw it; the cell of the id, which is that of the exercise."""
    here = NumberSheet(sheet.title)
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("assign.title"), "title")
    for row, key in (
        (places.TYPED, "numbered.your_number"),
        (places.COUNTS, "numbered.counts"),
        (places.NAME, "numbered.your_name"),
        (places.ID, "numbered.exercise"),
    ):
        sheet.text(row, 1, words(key), "text")
    for row in (places.TYPED, places.NAME):
        sheet.blank(row, places.VALUE, "asked")
    ask_for = words("numbered.ask", most=MOST)
    sheet.limits.append((at(here.typed()), 1, MOST, ask_for))
    counts = here.counts().viewed(sheet.title)
    rule = WholeNumber(MOST, WAITS).forward_cells({"typed": here.typed().viewed(sheet.title)})["out"]
    sheet.rows[places.COUNTS].append(Cell(places.VALUE, "origin", WAITS, rule()))
    said = f"IF(COUNT({counts[()]})=1,{quoted(words('numbered.yours'))},{quoted(ask_for)})"
    sheet.rows[places.TYPED].append(Cell(places.SAID, "after.bold", ask_for, said))
    sheet.text(places.ID, places.VALUE, who[0], "after.bold")
    for row, key in enumerate((f"what_{ask}", "how", "waits"), places.ID + 1):
        sheet.text(row, 1, words(f"assign.{key}"), "note" if key == "waits" else "text")
    draw_list(sheet, items, words, places.STATUS, places.ITEMS)
    sheet.one_page, sheet.header = True, words("print.name")
    fit_print(sheet)
    sheet.selected = a1(places.TYPED, places.VALUE)
    return Anchor(sheet.title, places.ID, places.VALUE)

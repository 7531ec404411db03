"""A workbook whose photo and filters follow from one number: the cell where it is typed, and the formulas behind it.

Its first sheet has the cells that are asked for in an exercise, with their answers for that number.
"""

from __future__ import annotations

from sheetnet.case.numbered import COUNTS, LEFT, MOST, NUMBER, TOP, TYPED, WHOLE, Numbered
from sheetnet.case.prepare import Case
from sheetnet.grid import Block, a1
from sheetnet.layout import CHOICE
from sheetnet.layout import NUMBER as A_NUMBER
from sheetnet.layout.addresses import at
from sheetnet.layout.places import cell
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.layout.sheets import numbered as places
from sheetnet.layout.sheets.numbered import NumberSheet, whole_block
from sheetnet.lenses import Copy, When, element
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import add_scale, channel_stops, number_style, picture_sheet, row_height
from sheetnet.lesson.frame.screen import open_with
from sheetnet.workbook.book import Sheet

WIDTHS = {1: 6.0, 2: 18.0, 3: 22.0, 4: 16.0, 5: 12.0, 6: 40.0}
WHOLE_SHEET = "whole"  # a key of the words ``sheets``


def extra_sheets(numbered: Numbered | None) -> tuple[str, ...]:
    """The keys of the sheets that it needs behind the first one."""
    return () if numbered is None or numbered.whole is None else (WHOLE_SHEET,)


def begin_numbered(lesson: Lesson, title: str, numbered: Numbered) -> None:
    """Place the number, and what follows from it. ``title``: of the first sheet."""
    sheet, words = NumberSheet(title), lesson.words
    lesson.put(TYPED, CHOICE, sheet.typed(), numbered.number, "choice")
    lesson.look(NUMBER, COUNTS, {"typed": TYPED}, "origin", out=sheet.counts())
    said = When(0.0, words("numbered.wrong", most=MOST), words("numbered.right"))
    lesson.look("numbered.said", said, {"x": f"{NUMBER}.out"}, "after.bold", out=sheet.said())
    if numbered.whole is not None:
        _draw_whole(lesson, words(f"sheets.{WHOLE_SHEET}"), numbered)
    for look in numbered.looks:
        style = "origin" if look.name in (TOP, LEFT) else "map.general"
        blocks = {own: lesson.plan.blocks[f"{look.name}.{own}"] for own in numbered.shapes(look)}
        lesson.look(look.name, look.lens, look.reads, style, **blocks)


def _draw_whole(lesson: Lesson, title: str, numbered: Numbered) -> None:
    """The sheet of the larger picture, of which the number chooses a piece."""
    assert numbered.whole is not None
    words, shape = lesson.words, numbered.whole.shape
    sheet, block = picture_sheet(lesson, title), whole_block(title, shape)
    sheet.aside = True
    draw_head(lesson, sheet, Head(words("numbered.whole_title"), words("numbered.whole_lead")))
    for name, row, key in ((TOP, places.TOP, "top"), (LEFT, places.LEFT, "left")):
        sheet.text(row, places.BEGINS, words(f"numbered.{key}"), "text")
        lesson.planner.place(f"{name}.out", cell(title, row, places.AT))
    lesson.put(WHOLE, A_NUMBER, block, numbered.whole, "pixel")
    for channel, first in enumerate(block.anchors):
        one = Block(shape[1:], (first,), (DOWN, ACROSS))
        sheet.text(first.row - 1, first.column, lesson.plan.channels[channel], "note")
        sheet.heights |= dict.fromkeys(range(first.row, first.row + shape[1]), row_height(shape[1]))
        add_scale(sheet, one, channel_stops(lesson, channel))
        if not channel:
            open_with(sheet, one)
    draw_links(lesson, sheet)


def draw_numbered(lesson: Lesson, sheet: Sheet, case: Case, numbered: Numbered) -> None:
    """The first sheet, and the colour of what is no input any more."""
    words, plan, here = lesson.words, lesson.plan, NumberSheet(sheet.title)
    sheet.widths |= WIDTHS
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("numbered.title", title=case.prose["title"]), "title")
    sheet.text(places.TYPED, 1, words("numbered.typed"), "text")
    sheet.text(places.COUNTS, 1, words("numbered.counts"), "text")
    for row, key in enumerate(("lead", "how"), places.NAME):
        sheet.text(row, 1, words(f"numbered.{key}"), "text")
    sheet.limits.append((at(here.typed()), 1, MOST, words("numbered.wrong", most=MOST)))
    for column, key in enumerate(("number", "step", "cell", "answer"), 1):
        style = "heading.right" if key == "answer" else "heading"
        sheet.text(places.ITEMS - 1, column, words(f"assign.{key}"), style)
    for row, one in enumerate(numbered.asked, places.ITEMS):
        block = plan.blocks[one.full]
        there = block.cell(*one.index)
        sheet.number(row, 1, row - places.ITEMS + 1, "count")
        sheet.text(row, 2, words(f"assign.steps.{one.step}"), "after")
        address = a1(there.row, there.column)
        sheet.link(row, 3, f"{there.sheet}  {address}", there.sheet, cell=address)
        lesson.look(
            f"numbered.answer{row}",
            Copy(),
            {"x": element(one.full, block, *one.index)},
            number_style("number", lesson.value(one.full)),
            out=cell(sheet.title, row, 4),
        )
    sheet.one_page, sheet.header = True, words("print.name")
    sheet.selected = at(here.typed())
    for look in numbered.looks:
        if look.name in {node.name for node in lesson.network.nodes}:
            lesson.show(look.name, "map.general")

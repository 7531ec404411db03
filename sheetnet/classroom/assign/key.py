"""The key: the answers of every pupil at a glance, and a sheet for each, on which all of them are live.

Where networks are too large for that, the answers are the numbers of the solved workbooks, which are proven.
"""

from __future__ import annotations

import numpy as np

from sheetnet import words as all_words
from sheetnet.classroom.assign.item import TEACHERS, Item
from sheetnet.classroom.assign.live import WIDTH, Live, is_small
from sheetnet.classroom.assign.manifest import Manifest, Pupil
from sheetnet.grid import Anchor, a1
from sheetnet.layout import Planner
from sheetnet.layout.places import cell
from sheetnet.lenses import Copy, element
from sheetnet.lesson.cells import write_cells
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style
from sheetnet.lesson.frame.measure import fit_print
from sheetnet.lesson.remember import remember
from sheetnet.network import Network
from sheetnet.workbook.book import Book, Sheet
from sheetnet.workbook.style import FONT, FONTS

HEAD, FIRST, ITEMS = 4, 5, 3  # rows of the first sheet, and the column of its first answer
TABLE, BELOW = 4, 3  # row of the heads on the sheet of a pupil; rows between its table and the network
COLUMNS = {"number": 1, "step": 2, "cell": 4, "answer": 8, "points": 10}  # of that table
LONGEST_TITLE = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def key_book(manifest: Manifest, theme: str, *, letter: bool) -> Book:
    """The workbook with all answers. Where it has formulas, it has the record by which it is proven."""
    words = all_words.load(manifest.language)
    book = Book(words("assign.key"), theme, FONTS.get(manifest.language, FONT), manifest.language, letter)
    sheet = book.add(words("assign.key"))
    live = is_small(manifest.network, len(manifest.pupils))
    lesson = Lesson(Planner(Network("key", (), (), ()), {}, ()), {}, words, book, (), {})
    _head(sheet, manifest, lesson, live=live)
    for number, pupil in enumerate(manifest.pupils):
        row = FIRST + number
        sheet.text(row, 2, pupil.id)
        if live:
            own = book.add(_title(pupil), default_width=WIDTH)
            sheet.link(row, 1, pupil.name, own.title)
            _draw_pupil(lesson, own, manifest, pupil, f"p{number + 1}_")
        else:
            sheet.text(row, 1, pupil.name)
        for place, one in enumerate(pupil.items):
            column = ITEMS + place
            if live:
                source = f"p{number + 1}_item{one.number}.out"
                block = cell(sheet.title, row, column)
                lesson.look(f"p{number + 1}_all{one.number}", Copy(), {"x": source}, _style(one), out=block)
            else:
                sheet.number(row, column, one.answer, _style(one))
    sheet.selected = f"A{FIRST}"
    write_cells(lesson)
    for one_sheet in book.sheets:
        fit_print(one_sheet)
    if live:
        remember(lesson)
    book.name(TEACHERS, *[Anchor(sheet.title, 1, 1)] * 2)
    return book


def _head(sheet: Sheet, manifest: Manifest, lesson: Lesson, *, live: bool) -> None:
    words = lesson.words
    sheet.widths |= {1: 24.0, 2: 14.0}
    sheet.default_width = 13.0
    sheet.heights[1] = 24.0
    sheet.text(1, 1, words("assign.key_title", title=manifest.title), "title")
    sheet.text(2, 1, words("assign.key_live" if live else "assign.key_proven"), "text")
    for column, key in enumerate(("name", "id"), 1):
        sheet.text(HEAD, column, words(f"assign.{key}"), "heading")
    for place, one in enumerate(manifest.pupils[0].items):
        sheet.text(HEAD, ITEMS + place, f"{one.number} {words(f'assign.steps.{one.step}')}", "heading.right")
    sheet.freeze, sheet.repeat_rows = f"C{FIRST}", f"{HEAD}:{HEAD}"


def _draw_pupil(lesson: Lesson, sheet: Sheet, manifest: Manifest, pupil: Pupil, prefix: str) -> None:
    """The answers of a pupil, and below them the network that they come from."""
    words = lesson.words
    sheet.heights[1] = 24.0
    sheet.text(1, 1, f"{pupil.name}   {pupil.id}", "title")
    sheet.text(2, 1, lesson.book.sheets[0].title, "link")
    sheet.links.append(("A2", f"'{lesson.book.sheets[0].title}'!A1"))
    for key, column in COLUMNS.items():
        style = "heading.right" if key in ("answer", "points") else "heading"
        sheet.text(TABLE, column, words(f"assign.{key}"), style)
    first = TABLE + 1
    drawn = Live(lesson, sheet, prefix, manifest.network, pupil, first + len(pupil.items) + BELOW)
    drawn.draw()
    for row, one in enumerate(pupil.items, first):
        title, at_row, at_column = one.place
        sheet.number(row, COLUMNS["number"], one.number, "count")
        sheet.text(row, COLUMNS["step"], words(f"assign.steps.{one.step}"))
        sheet.text(row, COLUMNS["cell"], f"{title}  {a1(at_row, at_column)}")
        sheet.number(row, COLUMNS["points"], one.points, "count")
        _answer(lesson, sheet, prefix, drawn, one, row)
    sheet.selected, sheet.one_page = f"A{first}", True


def _answer(lesson: Lesson, sheet: Sheet, prefix: str, drawn: Live, item: Item, row: int) -> None:
    """The answer, which is read from the network; of what has no cells here, a gradient, the proven number."""
    name, block = f"{prefix}item{item.number}", cell(sheet.title, row, COLUMNS["answer"])
    full = drawn.of(item)
    if full is None:
        lesson.put(f"{name}.out", "number", block, item.answer, _style(item))
    else:
        source = element(full, lesson.plan.blocks[full], *item.index)
        lesson.look(name, Copy(), {"x": source}, _style(item), out=block)


def _style(item: Item) -> str:
    """Of an answer: a whole number has no decimals."""
    return number_style("answer.number", np.array([item.answer]))


def _title(pupil: Pupil) -> str:
    """The title of a pupil's sheet."""
    return f"{pupil.id} {pupil.name}".translate(FORBIDDEN)[:LONGEST_TITLE].strip()

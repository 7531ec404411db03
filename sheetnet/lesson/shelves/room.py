"""Whether words and numbers have room on the sheets of a lesson.

Words run on up to the next cell that holds something; a number that is wider than its column is shown as ####.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sheetnet.case.lessons.script import Script
from sheetnet.errors import NetworkError, shown
from sheetnet.grid import a1
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.measure import MARGIN, column_pixels
from sheetnet.workbook.book import Cell, Line, Sheet
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER, pixels
from sheetnet.workbook.style import PLAIN, Style, styles

SCREEN = 1_300.0  # pixels of the columns that the first screen shows
SMALLEST = 4  # points of numbers that somebody reads; smaller ones show their colour only
EDGE = 4  # pixels beside a number
_FIXED = re.compile(r"(#,##)?[0#](?:\.([0#]+))?( ?%|)")
Longest = Mapping[tuple[str, int, int], str]


def refuse_cut(script: Script, lesson: Lesson) -> None:
    """NetworkError for the first words or number without room. Call it once all cells are written."""
    longest = _longest(script, lesson)
    for sheet in lesson.book.sheets:
        if sheet.hidden:
            continue
        for row, column, text, lacks in _texts(sheet, longest):
            where = f"{script.prose.path}: {shown(text)}, in {a1(row, column)} of {sheet.title!r},"
            if "\n" in text:
                raise NetworkError(f"{where} has more than one line; write it in one")
            if lacks > 0:
                letters = max(1, round(lacks * len(text)))
                raise NetworkError(
                    f"{where} is cut off; make it about {letters} letters shorter, or leave its block more room"
                )
        for row, column, text in _wide(sheet):
            raise NetworkError(
                f"{script.path}: {text}, in {a1(row, column)} of {sheet.title!r}, is wider than its column; "
                "give its block a larger width"
            )


def _longest(script: Script, lesson: Lesson) -> Longest:
    """The widest text that a reader can choose, by the place of the cell."""
    found = {}
    for given in script.givens.values():
        if given.choices and given.words:
            at = lesson.plan.blocks[given.full].anchors[0]
            found[at.sheet, at.row, at.column] = max(map(str, given.choices), key=pixels)
    return found


def _texts(sheet: Sheet, longest: Longest) -> Iterator[tuple[int, int, str, float]]:
    """Every text that nobody computes: its row and column, and the share of it that has no room; 0 or less: none."""
    looks = styles(PLAIN)
    for row, entries in sheet.rows.items():
        taken = {
            one.column + number
            for one in entries
            if not isinstance(one, Cell) or one.value is not None
            for number in range(one.width)
        }
        for one in entries:
            if isinstance(one, Cell) and isinstance(one.value, str) and one.value and one.formula is None:
                text, look = longest.get((sheet.title, row, one.column), one.value), looks[one.style]
                needs = pixels(text, look.size, bold=look.bold) + MARGIN + look.indent * PIXELS_PER_CHARACTER
                step = -1 if look.align == "right" else 1
                yield row, one.column, text, 1 - _room(sheet, one.column, step, taken, needs) / needs


def _room(sheet: Sheet, column: int, step: int, taken: set[int], needs: float) -> float:
    """The pixels from a column on, in a direction, up to one that is taken, up to the edge, or as many as needed."""
    room = float(_pixels(sheet, column))
    while room < needs and column + step > 0 and column + step not in taken:
        column += step
        room += _pixels(sheet, column)
    return min(room, SCREEN)


def _pixels(sheet: Sheet, column: int) -> int:
    return column_pixels(sheet.widths.get(column, sheet.default_width))


def _wide(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """The numbers that are wider than their columns, with their rows and columns."""
    looks = styles(PLAIN)
    for row, entries in sheet.rows.items():
        for one in entries:
            look = looks[one.style]
            if look.size < SMALLEST:
                continue
            values = one.values.tolist() if isinstance(one, Line) else [one.value]
            for column, value in enumerate(values, one.column):
                text = "" if isinstance(value, str | bool | None) else _digits(value, look)
                if text and pixels(text, look.size, bold=look.bold) + EDGE > _pixels(sheet, column):
                    yield row, column, text


def _digits(value: float, look: Style) -> str:
    """What a cell shows of a number at least: a cell without a format of its own may leave decimals out."""
    fixed = _FIXED.fullmatch(look.format)
    if fixed is None:
        return min(f"{value:.0f}", f"{value:.0e}", key=len)
    thousands, decimals, percent = fixed.groups()
    return f"{value * (100 if percent else 1):{',' if thousands else ''}.{(decimals or '').count('0')}f}{percent}"

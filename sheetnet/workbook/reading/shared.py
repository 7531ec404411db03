"""Formulas that stand for several cells: a shared formula is written out for each cell; an array formula has a list.

A shared formula stands in full in one cell, and the other cells name its number. Its relative addresses move along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sheetnet.grid import a1
from sheetnet.workbook.reading.references import parse_box

LONGEST = 8192  # characters of a formula that is shared; a spreadsheet takes no longer one
MAX_ARRAY = 100_000  # cells of array formulas on one sheet


class Shared:
    """The shared formulas of one sheet. ``check_time`` is called before each one is written out, which is slow."""

    def __init__(self, check_time: Callable[[], None]) -> None:
        self._check_time = check_time
        self._masters: dict[str, tuple[str, str]] = {}  # number -> text, and the address where it stands

    def written_out(self, number: str, text: str, row: int, column: int) -> str:
        """The formula of a cell; only the first one has a text of its own. ValueError where the first is missing."""
        address = a1(row, column)
        if text:
            self._masters[number] = text, address
            return text
        if number not in self._masters:
            raise ValueError(f"shares the formula {number}, which is nowhere")
        self._check_time()
        from openpyxl.formula.translate import Translator  # only files that Excel saved again need it

        text, origin = self._masters[number]
        if len(text) > LONGEST:
            raise ValueError(f"shares a formula of {len(text):,} characters")
        translated: str = Translator(f"={text}", origin=origin).translate_formula(address)
        return translated.removeprefix("=")


def array_cells(reference: str | None, row: int, column: int) -> Iterator[tuple[int, int]]:
    """The cells of an array formula or of a data table. ValueError where they are too many, or no range."""
    top, left, bottom, right = (row, column, row, column) if reference is None else parse_box(reference)
    if (bottom - top + 1) * (right - left + 1) > MAX_ARRAY:
        raise ValueError(f"has a formula for more than {MAX_ARRAY:,} cells")
    yield row, column
    yield from ((y, x) for y in range(top, bottom + 1) for x in range(left, right + 1))

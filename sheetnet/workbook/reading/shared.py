"""Formulas that stand for several cells: a shared formula is written out for each cell; an array formula has a list.

A shared formula stands in full in one cell, and the other cells name its number. Its relative addresses move along:

    A1: B1+$C$1  ->  A3: B3+$C$1

Excel never shares a formula that names another sheet, and moves it otherwise than LibreOffice, so none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, column_number, letters
from sheetnet.workbook.reading.references import Box, parse_box

LONGEST = 8192  # characters of a formula; a spreadsheet takes no longer one
MAX_ARRAY = 100_000  # cells of array formulas on one sheet

# A text, which has no addresses; a word of any kind, perhaps an address, a column or a row; or anything else.
_PIECE = re.compile(r'"(?:[^"]|"")*+"?|([\w.$]++)|.', re.DOTALL)
_ADDRESS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})", re.ASCII)
_COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})()()", re.ASCII)
_ROW = re.compile(r"()()(\$?)([0-9]{1,7})", re.ASCII)


class _Reference(NamedTuple):
    """An address as a formula spells it; ``column`` or ``row`` is 0 where it has none."""

    column_fixed: bool
    column: int
    row_fixed: bool
    row: int

    def moved(self, down: int, across: int) -> str:
        """The address as a cell spells it that lies elsewhere. ValueError where it would leave the sheet."""
        column = self.column if self.column_fixed or not self.column else self.column + across
        row = self.row if self.row_fixed or not self.row else self.row + down
        if (self.column and not 1 <= column <= MAX_COLUMNS) or (self.row and not 1 <= row <= MAX_ROWS):
            raise ValueError("shares a formula whose addresses leave the sheet")
        name = f"{'$' * self.column_fixed}{letters(column)}" if column else ""
        return f"{name}{'$' * self.row_fixed}{row}" if row else name


class _Master(NamedTuple):
    """A formula that is shared: its text, where it stands, and the cells that may share it."""

    text: str
    row: int
    column: int
    cells: Box


class Shared:
    """The shared formulas of one sheet. ``check_time`` is called for each, because writing one out is slow."""

    def __init__(self, check_time: Callable[[], None]) -> None:
        self._check_time = check_time
        self._masters: dict[str, _Master] = {}  # by its number
        self._pieces: dict[str, list[str | _Reference]] = {}  # of those that are shared

    def written_out(self, attributes: dict[str, str], text: str, row: int, column: int) -> str:
        """The formula of a cell; only the first one has a text of its own. ValueError where it has no one meaning."""
        self._check_time()
        number = attributes.get("si", "")
        master = self._masters.get(number)
        if text:
            if master is not None:
                raise ValueError(f"has a formula of its own beside the one that it shares ({number[:40]})")
            if len(text) <= LONGEST:  # any other is refused by itself
                cells = parse_box(attributes["ref"]) if "ref" in attributes else (1, 1, MAX_ROWS, MAX_COLUMNS)
                self._masters[number] = _Master(text, row, column, cells)
            return text
        if master is None:
            raise ValueError(f"shares the formula {number[:40]}, which is nowhere")
        top, left, bottom, right = master.cells
        if not (top <= row <= bottom and left <= column <= right):
            raise ValueError(f"shares the formula {number[:40]}, which is for other cells")
        down, across = row - master.row, column - master.column
        if number not in self._pieces:
            self._pieces[number] = _pieces(master.text)
        return "".join(
            [piece if isinstance(piece, str) else piece.moved(down, across) for piece in self._pieces[number]]
        )


def _pieces(text: str) -> list[str | _Reference]:
    """A formula in pieces. ValueError for one that spreadsheets do not share."""
    found = [(match[0], match[1] is not None) for match in _PIECE.finditer(text)]
    if any(piece in ("!", "[") for piece, _ in found):
        raise ValueError("shares a formula that names another sheet, a file or a table")
    pieces: list[str | _Reference] = []
    for number, (piece, is_word) in enumerate(found):
        beside = {found[k][0] for k in (number - 1, number + 1) if 0 <= k < len(found)}
        after = found[number + 1][0] if number + 1 < len(found) else ""
        match = _ADDRESS.fullmatch(piece) if is_word and after != "(" else None
        if is_word and match is None and ":" in beside:  # A:C and 1:3
            match = _COLUMN.fullmatch(piece) or _ROW.fullmatch(piece)
        reference = None if match is None else _reference(*match.groups())
        pieces.append(piece if reference is None else reference)
    return pieces


def _reference(column_fixed: str, column: str, row_fixed: str, row: str) -> _Reference | None:
    """An address; None for a name that only looks like one, such as XFE1."""
    across, down = column_number(column.upper()), int(row or 0)
    fits = across <= MAX_COLUMNS and down <= MAX_ROWS and bool(down or not row)
    return _Reference(bool(column_fixed), across, bool(row_fixed), down) if fits else None


def array_cells(reference: str | None, row: int, column: int) -> Iterator[tuple[int, int]]:
    """The cells of an array formula or of a data table. ValueError where they are too many, or no range."""
    top, left, bottom, right = (row, column, row, column) if reference is None else parse_box(reference)
    if (bottom - top + 1) * (right - left + 1) > MAX_ARRAY:
        raise ValueError(f"has a formula for more than {MAX_ARRAY:,} cells")
    yield row, column
    yield from ((y, x) for y in range(top, bottom + 1) for x in range(left, right + 1))

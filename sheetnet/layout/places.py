"""Addresses as a sheet writes them where no formula of a look does: lists of choices, charts, links."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block, a1, sheet_prefix


def absolute(first: Anchor, last: Anchor, home: str) -> str:
    """A range that stays put when it is copied, as the sheet ``home`` writes it."""
    prefix = "" if first.sheet == home else sheet_prefix(first.sheet)
    return prefix + ":".join(fixed(at.row, at.column) for at in dict.fromkeys((first, last)))


def fixed(row: int, column: int) -> str:
    """An address that stays put: $B$5."""
    letters = a1(1, column)[:-1]
    return f"${letters}${row}"


def span(row: int, column: int, rows: int, columns: int = 1) -> str:
    """A rectangle of the same sheet that stays put."""
    return ":".join(dict.fromkeys((fixed(row, column), fixed(row + rows - 1, column + columns - 1))))


def cell(sheet: str, row: int, column: int) -> Block:
    """One cell, for a single value."""
    return Block((), (Anchor(sheet, row, column),), ())


def down(sheet: str, row: int, column: int, count: int) -> Block:
    """Cells below each other."""
    return Block((count,), (Anchor(sheet, row, column),), ((1, 0),))


def grid(sheet: str, row: int, column: int, rows: int, columns: int) -> Block:
    """A rectangle of cells."""
    return Block((rows, columns), (Anchor(sheet, row, column),), ((1, 0), (0, 1)))

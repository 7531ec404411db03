"""The small blocks from which sheets are built: one cell, cells below each other or side by side, a rectangle."""

from __future__ import annotations

from sheetnet.grid import Anchor, Block


def cell(sheet: str, row: int, column: int) -> Block:
    """One cell, for a single value."""
    return Block((), (Anchor(sheet, row, column),), ())


def down(sheet: str, row: int, column: int, count: int) -> Block:
    """Cells below each other."""
    return Block((count,), (Anchor(sheet, row, column),), ((1, 0),))


def across(sheet: str, row: int, column: int, count: int) -> Block:
    """Cells side by side."""
    return Block((count,), (Anchor(sheet, row, column),), ((0, 1),))


def grid(sheet: str, row: int, column: int, rows: int, columns: int) -> Block:
    """A rectangle of cells."""
    return Block((rows, columns), (Anchor(sheet, row, column),), ((1, 0), (0, 1)))

"""Texts and numbers among cells of a few pixels, and enlarged pictures: each gets the room of several cells."""

from __future__ import annotations

from sheetnet.grid import Block, a1
from sheetnet.workbook.book import Sheet


def merge(sheet: Sheet, block: Block, high: int, wide: int) -> None:
    """Give every cell of a block the room of several cells, which are merged."""
    if high * wide > 1:
        sheet.merges += [
            f"{a1(row, column)}:{a1(row + high - 1, column + wide - 1)}" for _, _, row, column in block.walk()
        ]

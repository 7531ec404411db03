"""Texts and numbers among cells of a few pixels: each gets the room of several cells, which are merged."""

from __future__ import annotations

from sheetnet.grid import Block, a1
from sheetnet.workbook.book import Sheet


def merge(sheet: Sheet, block: Block, high: int, wide: int) -> None:
    """Give every cell of a block the room of several cells, for a text or a number among cells of a few pixels."""
    if high * wide > 1:
        sheet.merges += [
            f"{a1(at.row, at.column)}:{a1(at.row + high - 1, at.column + wide - 1)}" for at in block.anchors
        ]

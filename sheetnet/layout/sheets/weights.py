"""Where things stand on the sheet Weights: side by side maps of the same shape, a row of them per channel."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.places import cell, grid
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

LABELS, LEFT = 2, 3  # the column of the names of the channels, and the first one of the maps


@dataclass(frozen=True, slots=True)
class Maps:
    """Maps of a ``shape`` (C, H, W). ``pitch``: columns from one of them to the next."""

    title: str
    shape: Shape
    pitch: int

    def column(self, number: int) -> int:
        """The first column of the maps with a number: 0 are those that were found, then one for each unit."""
        return LEFT + number * self.pitch

    def row(self, channel: int) -> int:
        """The first row of a channel."""
        return FIRST + 1 + channel * (self.shape[1] + 1)

    def maps(self, number: int) -> Block:
        """The maps below each other, (C, H, W)."""
        anchors = tuple(Anchor(self.title, self.row(c), self.column(number)) for c in range(self.shape[0]))
        return Block(self.shape, anchors, (DOWN, ACROSS))

    def name(self, number: int) -> Block:
        """The cell above them."""
        return cell(self.title, FIRST, self.column(number))

    def around(self, number: int) -> Block:
        """The rectangle around them, and one row more."""
        channels, height, width = self.shape
        return grid(self.title, FIRST + 1, self.column(number), channels * (height + 1), width)

    def ends(self) -> list[int]:
        """The last row of each channel but the last."""
        return [self.row(c) - 1 for c in range(1, self.shape[0])]

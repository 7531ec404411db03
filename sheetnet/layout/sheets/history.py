"""Where things stand on the sheet of the training: two charts with their table below, and to the right the filters.

Every cell of a filter is a square of a few pixels, the same for all of them, so the columns on the right are narrow.

    time       downwards, a line of filters for each epoch
    filter     its channels side by side, a cell between them, and two between filters
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

COLUMNS = ("epochs", "loss", "accuracy", "held_loss", "held_accuracy")  # of the table, the first one in column A
CHARTS = (1, 4)  # the columns in which the charts begin
TIMES, LEFT = 7, 8  # the column of the names of epochs, and the first one of the filters
NAMES, TOP = FIRST + 1, FIRST + 2  # rows: of the names of the filters, and the first one of them
WIDTH, HEIGHT = 480, 264  # pixels that the filters have on the first screen
LEAST, MOST = 4, 18  # pixels of a cell


@dataclass(frozen=True, slots=True)
class Curves:
    """The table of ``count`` epochs, from ``row`` on, heads included."""

    title: str
    row: int
    count: int

    def column(self, key: str) -> Block:
        """The numbers of a column."""
        return down(self.title, self.row + 1, 1 + COLUMNS.index(key), self.count)

    def at(self, key: str, number: int) -> Block:
        """The cell of an epoch."""
        return cell(self.title, self.row + 1 + number, 1 + COLUMNS.index(key))


@dataclass(frozen=True, slots=True)
class Grown:
    """Filters of a ``shape`` (F, C, H, W), ``times`` over."""

    title: str
    shape: Shape
    times: int

    @property
    def pitch(self) -> int:
        """Columns from one filter to the next."""
        return self.shape[1] * (self.shape[3] + 1) + 1

    @property
    def columns(self) -> int:
        """Columns of all of them."""
        return self.shape[0] * self.pitch - 2

    @property
    def rows(self) -> int:
        """Rows of all of them."""
        return self.times * (self.shape[2] + 1) - 1

    @property
    def side(self) -> int:
        """Pixels of a cell, so that all of them have room."""
        return max(LEAST, min(WIDTH // self.columns, HEIGHT // self.rows, MOST))

    def row(self, time: int) -> int:
        """The first row of an epoch."""
        return TOP + time * (self.shape[2] + 1)

    def left(self, number: int) -> int:
        """The first column of a filter."""
        return LEFT + number * self.pitch

    def filters(self, time: int) -> Block:
        """The filters of an epoch."""
        anchors = tuple(
            Anchor(self.title, self.row(time), self.left(number) + channel * (self.shape[3] + 1))
            for number in range(self.shape[0])
            for channel in range(self.shape[1])
        )
        return Block(self.shape, anchors, (DOWN, ACROSS))

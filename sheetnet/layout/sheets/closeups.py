"""Where things stand beside the panel of a close-up: bands of a convolution, the window of a pooling, tables."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block
from sheetnet.layout.places import cell, down, grid
from sheetnet.layout.plan import ACROSS, DOWN, FIRST
from sheetnet.layout.sheets.panel import RIGHT

PANEL_ROWS = 24  # of a panel that chooses a window
MOST_ON_PAGE = 48  # rows of bands
TOP_COUNT = 10  # products in a table of those that spoke most


@dataclass(frozen=True, slots=True)
class Bands:
    """A band per channel: window, filter and their products, ``high`` x ``wide`` each, and their sum."""

    title: str
    channels: int
    high: int
    wide: int

    @property
    def room(self) -> int:
        """Columns of each of the three pictures; the headings need two."""
        return max(2, self.wide)

    @property
    def window(self) -> int:
        """The first column of the windows; to the left of it is what the channel is called."""
        return RIGHT

    @property
    def filters(self) -> int:
        """The first column of the filters; to the left of it is a sign, as it is of what follows."""
        return RIGHT + self.room + 1

    @property
    def products(self) -> int:
        """The first column of the products."""
        return RIGHT + 2 * (self.room + 1)

    @property
    def sums(self) -> int:
        """The column of the sums."""
        return RIGHT + 3 * (self.room + 1)

    @property
    def below(self) -> int:
        """The first row below all bands."""
        return FIRST + self.channels * (self.high + 1) + 2

    @property
    def lists(self) -> int:
        """The row where the lists of the panel begin."""
        return max(self.below, FIRST + PANEL_ROWS)

    @property
    def one_page(self) -> bool:
        """Whether all bands fit on a page."""
        return self.below - FIRST <= MOST_ON_PAGE

    def ends(self) -> list[int]:
        """The last row of each band but the last."""
        return [FIRST + c * (self.high + 1) for c in range(1, self.channels)]

    def pictures(self, column: int) -> Block:
        """A picture in each band, (channels, high, wide)."""
        steps = (self.high + 1, 0), DOWN, ACROSS
        return Block((self.channels, self.high, self.wide), (Anchor(self.title, FIRST + 1, column),), steps)

    def labels(self, column: int) -> Block:
        """A cell in the first row of each band, (channels,)."""
        return self._beside(FIRST + 1, column)

    def middles(self, column: int) -> Block:
        """A cell in the middle row of each band, (channels,)."""
        return self._beside(FIRST + 1 + (self.high - 1) // 2, column)

    def _beside(self, row: int, column: int) -> Block:
        return Block((self.channels,), (Anchor(self.title, row, column),), ((self.high + 1, 0),))

    def around(self, column: int) -> Block:
        """The rectangle around the pictures of all bands."""
        return grid(self.title, FIRST + 1, column, self.channels * (self.high + 1) - 1, self.room)


@dataclass(frozen=True, slots=True)
class Window:
    """A window of ``high`` x ``wide`` cells."""

    title: str
    high: int
    wide: int

    @property
    def lists(self) -> int:
        """The row where the lists of the panel begin."""
        return max(FIRST + self.high + 3, FIRST + PANEL_ROWS)

    def cells(self) -> Block:
        """The cells of the window."""
        return grid(self.title, FIRST + 1, RIGHT, self.high, self.wide)

    def marked(self) -> Block:
        """The same and one column more, for a mark; see ``closeup.marks``."""
        return grid(self.title, FIRST + 1, RIGHT, self.high, self.wide + 1)


# Columns of each of the two tables of a logit, then of the table of all products, then of the shares of the two.
NUMBER, MAP, ROW, COLUMN, X, WEIGHT, PRODUCT = range(7)
FOR, AGAINST = RIGHT, RIGHT + PRODUCT + 2  # where the two tables begin, side by side
ALL, ALL_X, ALL_WEIGHT, ALL_PRODUCT, SHARE, NEXT = range(AGAINST + PRODUCT + 2, AGAINST + PRODUCT + 8)
VALUE = NEXT + 2


@dataclass(frozen=True, slots=True)
class Tables:
    """Three tables: the products that spoke most for a class, those that spoke most against it, and all of them.

    ``count``: how many products there are. The first two tables begin in the columns ``FOR`` and ``AGAINST``.
    """

    title: str
    count: int

    LISTS = FIRST + PANEL_ROWS  # the row where the lists of the panel begin: below the first screen

    def all(self, column: int) -> Block:
        """A column of the table of all products."""
        return down(self.title, FIRST + 2, column, self.count)

    def scale(self) -> Block:
        """The largest product, without its sign."""
        return cell(self.title, FIRST, SHARE)

    def heading(self, table: int) -> Block:
        """What one of the two other tables holds, or that it is empty; ``table``: the column where it begins."""
        return cell(self.title, FIRST, table)

    def top(self, table: int, column: int) -> Block:
        """A column of it."""
        return down(self.title, FIRST + 2, table + column, TOP_COUNT)

    def origin(self, table: int) -> Block:
        """Three columns of it: map, row and column."""
        return grid(self.title, FIRST + 2, table + MAP, TOP_COUNT, 3)

    def value(self, table: int) -> Block:
        """The shares of its products, far on the right."""
        return down(self.title, FIRST + 2, VALUE if table == FOR else VALUE + 1, TOP_COUNT)

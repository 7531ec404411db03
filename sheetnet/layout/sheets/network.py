"""Where things stand on the sheet Network: strips of small maps side by side, as the network runs, all on one screen.

Every cell of a map is a square of a few pixels, the same for the whole sheet, so columns and rows are as narrow as
that. The names and shapes stand above the strips. To the right are columns of usual width, for the classes.

Where a step of learning is shown, each strip may have the gradients of its numbers below it, in a second row.

    strip      pictures below each other, in as few columns as they need; they are spread over the height
    pitch      (rows + 1) / pictures, so maps of half the size stand at half the distance
    scale      cells of a number along each side: where there is room, the smallest pictures are enlarged first. The
               cells in a row are merged into one, which spreadsheets colour as a whole; those in a column are not,
               because LibreOffice colours only the first of them, so each of them repeats the number
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import ceil

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

WIDTH, HEIGHT = 1260, 358  # pixels that strips and classes have on a screen of 1366x768 at 100 %, below the names
CHOICE_HEIGHT, CHOICE_WIDTH = 22, 190  # pixels of the choice, where there is one
BACK_HEIGHT = 17  # pixels of the names above the second row
LEAST, MOST = 3, 18  # pixels of a cell
SEEN = 6  # pixels along a number of a filter, which a class sees from the last row
NUMBER_HEIGHT = 13  # pixels of the number above a map that was chosen
MOST_PHOTO = HEIGHT - CHOICE_HEIGHT - NUMBER_HEIGHT  # rows of a photo that has room in cells of one pixel
MOST_STRIP = 190  # pixels of a strip; of a wider one not all pictures are shown
CLASS_HEIGHT = 18  # pixels of the line of a class, at least
CHOICE_ROW, NAMES, SHAPES, TOP = FIRST, FIRST + 1, FIRST + 2, FIRST + 3  # rows
LEFT = 2  # the first column of the first strip
TABLE = 4  # columns beside the strips: names of classes, logits, probabilities, bars


@dataclass(frozen=True, slots=True)
class Strip:
    """What a strip shows: ``count`` pictures, each of one or several matrices of ``high`` x ``wide`` side by side.

    ``matrices``: of a filter its channels. ``label``: pixels of its names. ``beside``: its pictures stand side by
    side in one line, as stripes do. ``first``: they are enlarged before others, as filters are, which are small.
    """

    name: str
    count: int
    matrices: int
    high: int
    wide: int
    label: int
    beside: bool = False
    first: bool = False

    def width(self, scale: int = 1) -> int:
        """Cells of one picture."""
        return self.matrices * (self.wide * scale + 1) - 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A strip in its place. ``left``: its first column; ``room``: its columns; ``shown``: how many pictures it has.

    ``columns``: of pictures; ``pitch``: rows from one picture to the next; ``above``: rows of the number above each.
    ``scale``: cells of a number along each side; ``top``: the row of the first picture.
    """

    title: str
    strip: Strip
    left: int
    room: int
    shown: int
    columns: int
    pitch: int
    above: int
    scale: int = 1
    top: int = TOP

    @property
    def width(self) -> int:
        """Cells of one picture."""
        return self.strip.width(self.scale)

    def seen(self, cell: int) -> bool:
        """Whether its numbers are large enough to be seen from afar, where they are to be."""
        return not self.strip.first or cell * self.scale >= SEEN

    @property
    def part(self) -> bool:
        """Whether it shows some of the pictures only."""
        return self.shown < self.strip.count

    def _corner(self, number: int) -> tuple[int, int]:
        """The first cell of a picture, its number included; the pictures are counted down, then across."""
        lines = ceil(self.shown / self.columns)
        across, line = (number, 0) if self.strip.beside else divmod(number, lines)
        return self.top + line * self.pitch, self.left + across * (self.width + 1)

    def pictures(self, shape: Shape, line: int = 0) -> Block:
        """The cells of a tensor whose last two axes are the matrices; ``line``: of those that repeat a number."""
        anchors = []
        for number, matrix in product(range(self.shown), range(self.strip.matrices)):
            row, column = self._corner(number)
            across = matrix * (self.strip.wide * self.scale + 1)
            anchors.append(Anchor(self.title, row + self.above + line, column + across))
        return Block(shape, tuple(anchors), ((self.scale, 0), (0, self.scale)))

    def around(self, shape: Shape) -> Block:
        """All cells of the pictures of a tensor; at a scale of 1 those of its numbers."""
        high, wide = shape[-2:]
        larger = (*shape[:-2], high * self.scale, wide * self.scale)
        return Block(larger, self.pictures(shape).anchors, (DOWN, ACROSS))

    def numbers(self) -> Block:
        """The cells above the pictures, for the number of each."""
        anchors = tuple(Anchor(self.title, *self._corner(number)) for number in range(self.shown))
        return Block((self.shown,), anchors, ())


@dataclass(frozen=True, slots=True)
class Screen:
    """All strips in their places.

    ``cell``: pixels of a cell; ``rows``: of the strips; ``table``: the first column of the classes; ``choice``:
    whether maps are chosen; ``back``: the row of the names above the second row of strips, 0 where there is none.
    """

    title: str
    cell: int
    rows: int
    placed: tuple[Placed, ...]
    table: int
    choice: bool
    back: int = 0

    def behind(self, placed: Placed) -> Placed:
        """The place of the gradients of what a strip shows: below it."""
        return replace(placed, top=self.back + 1)

    @property
    def line(self) -> int:
        """Rows of the line of a class."""
        return ceil(CLASS_HEIGHT / self.cell)

    @property
    def classes(self) -> int:
        """How many classes there is room for; a line is kept for the loss, and one before it."""
        return max(1, self.rows // self.line - 2)

    def lines(self, column: int, count: int) -> Block:
        """A column of the classes: 0 has their names, 1 the logits, 2 the probabilities, 3 the bars."""
        anchors = tuple(Anchor(self.title, TOP + k * self.line, self.table + column) for k in range(count))
        return Block((count,), anchors, ())

    def below_block(self, column: int, first: int, count: int) -> Block:
        """As many cells in the lines from ``first`` on."""
        anchors = tuple(Anchor(self.title, TOP + (first + k) * self.line, self.table + column) for k in range(count))
        return Block((count,), anchors, ())

    def below_lines(self, column: int, count: int) -> Block:
        """A cell below the classes, for the loss."""
        return cell(self.title, TOP + (count + 1) * self.line, self.table + column)

    # Below the screen: lists behind the choice

    @property
    def lists(self) -> int:
        """The row of the heading of the lists."""
        return TOP + self.rows + 2

    def options(self, count: int) -> Block:
        """What can be chosen."""
        return down(self.title, self.lists + 1, self.table, count)

    def picks(self, count: int) -> Block:
        """Beside it: which of them is chosen."""
        return down(self.title, self.lists + 1, self.table + 3, count)

    def chosen(self, count: int) -> Block:
        """The number of what is chosen, below the list."""
        return cell(self.title, self.lists + 1 + count, self.table + 3)

    def choice_at(self, label: int) -> tuple[Block, int]:
        """The cell of the choice, behind ``label`` pixels of words, and how many columns it takes."""
        return cell(self.title, CHOICE_ROW, LEFT + ceil(label / self.cell)), ceil(CHOICE_WIDTH / self.cell)

    def listed(self, row: int, column: int, count: int) -> Block:
        """A column of a list: 0 has what it is ranked by, 1 its shares, 2 what follows, 3 the ranks."""
        return down(self.title, row + 1, self.table + column, count)

    def scale(self, row: int) -> Block:
        """The cell beside the heading of a list."""
        return cell(self.title, row, self.table + 1)

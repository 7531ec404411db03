"""Where things stand on the sheet Network: strips of small maps side by side, as the network runs, all on one screen.

Every cell of a map is a square of a few pixels, the same for the whole sheet, so columns and rows are as narrow as
that. The names and shapes stand above the strips. To the right are columns of usual width, for the classes.

Where a step of learning is shown, each strip may have the gradients of its numbers below it, in a second row.

    strip      pictures below each other, in as few columns as they need; they are spread over the height
    pitch      (rows + 1) / pictures, so maps of half the size stand at half the distance
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

WIDTH, HEIGHT = 1260, 358  # pixels that strips and classes have on a screen of 1366x768 at 100 %, below the names
WIDER = 1.13  # LibreOffice draws columns up to 13 % wider than Excel, those of three pixels as wide
CHOICE_HEIGHT, CHOICE_WIDTH = 22, 190  # pixels of the choice, where there is one
BACK_HEIGHT = 17  # pixels of the names above the second row
LEAST, MOST = 3, 18  # pixels of a cell
NUMBER_HEIGHT = 13  # pixels of the number above a map that was chosen
MOST_PHOTO = HEIGHT - CHOICE_HEIGHT - NUMBER_HEIGHT  # rows of a photo that has room in cells of one pixel
WIDEST_GAP, TABLE_GAP = 26, 16  # pixels between strips at most, and before the classes
MOST_STRIP = 190  # pixels of a strip; of a wider one not all pictures are shown
CLASS_HEIGHT = 18  # pixels of the line of a class, at least
CHOICE_ROW, NAMES, SHAPES, TOP = FIRST, FIRST + 1, FIRST + 2, FIRST + 3  # rows
LEFT = 2  # the first column of the first strip
TABLE = 4  # columns beside the strips: names of classes, logits, probabilities, bars


@dataclass(frozen=True, slots=True)
class Strip:
    """What a strip shows: ``count`` pictures, each of one or several matrices of ``high`` x ``wide`` side by side.

    ``matrices``: of a filter its channels. ``label``: pixels of its names. ``beside``: its pictures stand side by
    side in one line, as stripes do.
    """

    name: str
    count: int
    matrices: int
    high: int
    wide: int
    label: int
    beside: bool = False

    @property
    def width(self) -> int:
        """Cells of one picture."""
        return self.matrices * (self.wide + 1) - 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A strip in its place. ``left``: its first column; ``room``: its columns; ``shown``: how many pictures it has.

    ``columns``: of pictures; ``pitch``: rows from one picture to the next; ``above``: rows of the number above each.
    ``top``: the row of the first picture.
    """

    title: str
    strip: Strip
    left: int
    room: int
    shown: int
    columns: int
    pitch: int
    above: int
    top: int = TOP

    @property
    def part(self) -> bool:
        """Whether it shows some of the pictures only."""
        return self.shown < self.strip.count

    def _corner(self, number: int) -> tuple[int, int]:
        """The first cell of a picture, its number included; the pictures are counted down, then across."""
        lines = ceil(self.shown / self.columns)
        across, line = (number, 0) if self.strip.beside else divmod(number, lines)
        return self.top + line * self.pitch, self.left + across * (self.strip.width + 1)

    def pictures(self, shape: Shape) -> Block:
        """The cells of a tensor whose last two axes are the matrices."""
        anchors = []
        for number, matrix in product(range(self.shown), range(self.strip.matrices)):
            row, column = self._corner(number)
            anchors.append(Anchor(self.title, row + self.above, column + matrix * (self.strip.wide + 1)))
        return Block(shape, tuple(anchors), (DOWN, ACROSS))

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


def arrange(
    title: str, strips: Sequence[Strip], table: int, least: int, most: int, *, twice: bool = False
) -> Screen | None:
    """The strips with the largest cells with which all have room; None where they have none.

    ``table``: pixels of the classes. ``least``: pixels of a cell at least. ``most``: columns of pictures in a strip.
    ``twice``: there is a second row of strips below the first one.
    """
    some = any(_shown(strip, least, _rows(least, False, twice), most)[0] < strip.count for strip in strips)
    known = [_shown(strip, least, _rows(least, some, twice), most)[0] for strip in strips]
    for size in range(MOST, least - 1, -1):
        rows = _rows(size, some, twice)
        counted = [_shown(strip, size, rows, most) for strip in strips]
        widths = [
            max(ceil(strip.label / size), _columns(strip, one[1])) for strip, one in zip(strips, counted, strict=True)
        ]
        drawn = size if size <= LEAST else WIDER * size
        last = ceil(TABLE_GAP / size)
        room = WIDTH - WIDER * table - (LEFT + sum(widths) + last) * drawn
        gap = min(WIDEST_GAP // size + 1, int(room / len(strips) / drawn))
        aboves = [
            ceil(NUMBER_HEIGHT / size) * (shown < s.count) for s, (shown, _) in zip(strips, counted, strict=True)
        ]
        too_high = any(s.high + above > rows for s, above in zip(strips, aboves, strict=True))
        if gap < 1 or [shown for shown, _ in counted] != known or too_high:
            continue
        left, placed = LEFT, []
        for strip, (shown, columns), width, above in zip(strips, counted, widths, aboves, strict=True):
            lines = ceil(shown / columns)
            placed.append(Placed(title, strip, left, width, shown, columns, (rows + 1) // lines, above))
            left += width + gap
        every = 2 * rows + 1 if twice else rows
        return Screen(title, size, every, tuple(placed), left - gap + last, some, TOP + rows if twice else 0)
    return None


def _rows(size: int, choice: bool, twice: bool) -> int:
    """Rows of cells of a strip."""
    height = HEIGHT - CHOICE_HEIGHT * choice
    return (height - BACK_HEIGHT) // 2 // size if twice else height // size


def _columns(strip: Strip, columns: int) -> int:
    """Cells that a strip is wide."""
    return columns * (strip.width + 1) - 1


def _shown(strip: Strip, size: int, rows: int, most: int) -> tuple[int, int]:
    """How many pictures of a strip are shown, and in how many columns."""
    if strip.beside:
        return strip.count, strip.count
    room = max(1, min(most, (MOST_STRIP // size + 1) // (strip.width + 1)))
    lines = max(1, (rows + 1) // (strip.high + 1))
    if strip.count <= room * lines:
        return strip.count, ceil(strip.count / lines)
    lines = max(1, (rows + 1) // (strip.high + 1 + ceil(NUMBER_HEIGHT / size)))
    return min(strip.count, room * lines), room

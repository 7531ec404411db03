"""Where the blocks of a lesson go: shelves below each other, and on each of them blocks side by side.

    a single element   its label, and behind it its cell
    a column           its label, and below it its cells
    a matrix           its label, and below it its cells; of a larger tensor one matrix below the other
    a colour picture   with the colours of lamps: its label, and below it three cells side by side for each pixel

Columns that are neighbours touch, as in a table; between other blocks a column stays free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod

from sheetnet.case.lessons.script import LAMPS, ChartBlock, Note, Page, Picture, Row, Shelf, Shown, Stack
from sheetnet.case.lessons.script import Block as Piece
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.layout.places import across, cell, down
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lesson.shelves.lines import lines_of

FIRST = 9  # the first row of the first shelf
NONE: Pads = (0, 0, 0, 0)
Shapes = Mapping[str, Shape]


@dataclass(frozen=True)
class Placed:
    """A block in its place: the row and column of its corner, and how many of them it takes."""

    piece: Shown | Note | Picture | ChartBlock
    row: int
    column: int
    rows: int
    columns: int


@dataclass
class Arranged:
    """A sheet whose blocks have places. ``cells``: of each tensor; ``headings``: (row, text); ``end``: last row."""

    page: Page
    blocks: list[Placed] = field(default_factory=list)
    cells: dict[str, Block] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)
    end: int = FIRST


class Arranger:
    """Gives places to the blocks of a sheet. ``margins``: blank cells that a tensor needs around its matrices."""

    def __init__(self, page: Page, shapes: Shapes, margins: Mapping[str, Pads], *, charts: bool = True) -> None:
        """``charts``: whether charts are drawn."""
        self.made = Arranged(page)
        self._shapes, self._margins, self._charts = shapes, margins, charts

    def arrange(self) -> Arranged:
        """The sheet with all its shelves."""
        row = FIRST
        for shelf in self.made.page.shelves:
            row = self._shelf(shelf, row)
            self.made.end = row - 1
            row += 1
        return self.made

    def _shelf(self, shelf: Shelf, row: int) -> int:
        """Place a shelf; the row behind it."""
        if shelf.heading:
            self.made.headings.append((row, shelf.heading))
            row += 1
        self._put(shelf.row, row, 1)
        return row + self._size(shelf.row)[0]

    def _is_column(self, piece: Piece) -> bool:
        return isinstance(piece, Shown) and len(self._shapes[piece.of]) == 1 and not piece.across

    def _size(self, piece: Piece) -> tuple[int, int]:
        """How many rows and columns a block takes; 0, 0 for one that is not drawn."""
        if isinstance(piece, Stack):
            sizes = [self._size(one) for one in piece.blocks]
            gaps = sum(self._gap(a, b) for a, b in pairwise(piece.blocks))
            return sum(rows for rows, _ in sizes) + gaps, max(columns for _, columns in sizes)
        if isinstance(piece, Row):
            sizes = [self._size(one) for one in piece.blocks]
            columns = sum(c for _, c in sizes) + sum(gap for _, gap in self._beside(piece))
            return max((rows for rows, _ in sizes), default=0), columns
        if isinstance(piece, Note):
            return len(lines_of(piece.text, piece.room)), 1
        if isinstance(piece, ChartBlock):
            return (piece.rows, piece.columns) if self._charts else (0, 0)
        if isinstance(piece, Picture):
            return piece.rows + (1 if piece.label else 0), piece.columns
        shape, label = self._shapes[piece.of], 1 if piece.label else 0
        if not shape:
            return 1, 1 + label
        if len(shape) == 1:
            return (label + 1, shape[0]) if piece.across else (label + shape[0], 1)
        if piece.colors == LAMPS:
            return label + shape[1], shape[0] * shape[2]
        top, left, bottom, right = self._margins.get(piece.of, NONE)
        high, wide, count = top + shape[-2] + bottom, left + shape[-1] + right, prod(shape[:-2])
        head = label + (1 if piece.top else 0)
        side = 1 if piece.left else 0
        if piece.across:
            return head + high, side + count * (wide + 1) - 1
        return head + count * (high + 1) - 1, side + wide

    def _beside(self, row: Row) -> Iterator[tuple[Piece, int]]:
        """The blocks of a row that are drawn, each with the free columns before it: none between columns."""
        before: Piece | None = None
        for one in row.blocks:
            if self._size(one)[0]:
                touches = before is None or (self._is_column(before) and self._is_column(one))
                yield one, 0 if touches else 1
                before = one

    def _gap(self, above: Piece, below: Piece) -> int:
        """Blank rows between blocks below each other: none between single elements and notes."""
        return 0 if self._low(above) and self._low(below) else 1

    def _low(self, piece: Piece) -> bool:
        return isinstance(piece, Note) or (isinstance(piece, Shown) and not self._shapes[piece.of])

    def _put(self, piece: Piece, row: int, column: int) -> None:
        if isinstance(piece, Stack):
            before = None
            for one in piece.blocks:
                row += 0 if before is None else self._gap(before, one)
                self._put(one, row, column)
                row, before = row + self._size(one)[0], one
            return
        if isinstance(piece, Row):
            for one, gap in self._beside(piece):
                self._put(one, row, column + gap)
                column += gap + self._size(one)[1]
            return
        rows, columns = self._size(piece)
        if not rows:
            return
        self.made.blocks.append(Placed(piece, row, column, rows, columns))
        if isinstance(piece, Shown):
            self.made.cells |= dict(self._cells(piece, row, column))

    def _cells(self, piece: Shown, row: int, column: int) -> Iterator[tuple[str, Block]]:
        """The cells of a tensor, and of what stands above and before it."""
        shape, sheet, label = self._shapes[piece.of], self.made.page.title, 1 if piece.label else 0
        if not shape:
            yield piece.of, cell(sheet, row, column + label)
        elif len(shape) == 1:
            row += label
            yield piece.of, (across if piece.across else down)(sheet, row, column, shape[0])
        elif piece.colors == LAMPS:
            lamps = tuple(Anchor(sheet, row + label, column + channel) for channel in range(shape[0]))
            yield piece.of, Block(shape, lamps, (DOWN, (0, shape[0])))
        else:
            top, left, bottom, right = self._margins.get(piece.of, NONE)
            row += label
            if piece.top:
                yield piece.top, across(sheet, row, column + (1 if piece.left else 0) + left, shape[-1])
                row += 1
            if piece.left:
                yield piece.left, down(sheet, row + top, column, shape[-2])
                column += 1
            step = (0, left + shape[-1] + right + 1) if piece.across else (top + shape[-2] + bottom + 1, 0)
            places = [
                Anchor(sheet, row + top + number * step[0], column + left + number * step[1])
                for number in range(prod(shape[:-2]))
            ]
            yield piece.of, Block(shape, tuple(places), (DOWN, ACROSS))

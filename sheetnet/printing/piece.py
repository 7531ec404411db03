"""A piece of a sheet, and how much room it needs on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from sheetnet.printing.source import LEAST_SIZE, LINE, Source

LEFT_OUT = 0
LOSS = 1.05  # room that is lost where a line ends
NARROW = 60.0  # pixels of a column that is part of a picture
LEAST_WIDTH, STEP = 4, 2  # pixels
LOW, BLANK = LEAST_SIZE * LINE, 6.0  # points of the lowest row with cells, and of one without


@dataclass(slots=True)
class Piece:
    """Some rows and columns of a sheet. The row 0 stands for rows that are left out.

    ``widths``: of its columns, in pixels, and ``needs``: what its numbers need of them; ``heights``: of its rows, in
    points; ``wraps``: a paragraph, as wide as the page.
    """

    source: Source
    rows: list[int]
    columns: list[int]
    widths: list[int] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    needs: list[float] = field(default_factory=list)
    wraps: bool = False
    begins: bool = False  # not beside what comes before
    holds: bool = False  # on the page of what comes next
    unseen: bool = False  # a picture whose digits are not printed
    folds: bool = False  # words that are too long for their cell have several lines

    @property
    def picture(self) -> bool:
        """Whether most of its columns are as narrow as those of a map."""
        narrow = sum(self.source.widths.get(column, NARROW) < NARROW for column in self.columns)
        return not self.wraps and 2 * narrow > len(self.columns)

    @property
    def width(self) -> int:
        """Pixels."""
        return sum(self.widths)

    def lines(self, at: tuple[int, int], width: float) -> int:
        """How many lines a cell has on so many pixels."""
        if not self.folds or self.source.text(at) is None or (needed := self.source.room(at)) <= width:
            return 1
        return ceil(needed * LOSS / width)


def spans(piece: Piece, row: int) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """The cells of a row, each with its columns up to the next one."""
    source = piece.source
    there = [column for column in piece.columns if (row, column) in source.cells] if row else []
    there = [column for column in there if (row, column) not in source.continued]
    for column, following in pairwise([*there, piece.columns[-1] + 1]):
        yield (row, column), list(range(column, following))


def measured(piece: Piece) -> Piece:
    """Give a piece the widths and heights that it needs."""
    source = piece.source
    room: dict[int, float] = dict.fromkeys(piece.columns, 0.0)
    flowing: list[tuple[list[int], float]] = []
    for row in piece.rows:
        for at, span in spans(piece, row):
            if source.text(at) is not None:
                flowing.append((span, source.room(at)))
            else:
                room[at[1]] = max(room[at[1]], source.room(at))
    alike: dict[float, float] = {}
    for column, need in room.items():
        wide = source.widths.get(column, 64.0)
        alike[wide] = max(alike.get(wide, 0.0), need)
    for column in room:  # the columns of a picture are equally wide
        wide = source.widths.get(column, 64.0)
        if wide < NARROW and room[column]:
            room[column] = alike[wide]
    needs, last = dict(room), piece.columns[-1]
    for span, need in sorted(flowing, key=lambda one: len(one[0])):
        missing = need - sum(room[column] for column in span)
        if missing > 0 and span[-1] == last and any(room[column] for column in span):  # it flows on behind the piece
            room[last + 1] = max(room.get(last + 1, 0.0), missing)
            continue
        for column in span if missing > 0 else ():  # the columns of a picture stay equally wide
            room[column] += missing / len(span)
    piece.columns, piece.needs = list(room), [needs.get(column, 0.0) for column in room]
    piece.widths = [max(LEAST_WIDTH, -(-int(room[column] + 0.99) // STEP) * STEP) for column in piece.columns]
    return high(piece)


def high(piece: Piece) -> Piece:
    """Give the rows of a piece the heights that they need."""
    source = piece.source
    sizes = dict(zip(piece.columns, piece.widths, strict=True))
    piece.heights = []
    for row in piece.rows:
        there = list(spans(piece, row))
        least = LOW if there or row == LEFT_OUT else BLANK
        for at, span in there:
            if source.value(at) is not None:
                least = max(least, source.height(at) * piece.lines(at, sum(sizes[column] for column in span)))
        piece.heights.append(least)
    return piece

"""Where an element of a tensor stands on the sheets: tensor index -> A1 address.

A block is a stack of rectangles. The leading axes choose a rectangle by its anchor (its first cell); every other
axis walks a fixed number of rows and columns from there:

    address(lead, i, j) = anchor(lead) + i * step_0 + j * step_1

A picture with one sheet per colour, eight feature maps below each other, channels interleaved row by row, and a
column of logits are all blocks. This module needs the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, product
from math import prod

Shape = tuple[int, ...]
Index = int | slice | tuple[int | slice, ...]
Place = tuple[str, int, int]  # prefix, row, column

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

# A name that reads as a cell (Add1), as R1C1 (R, C, R2C3) or as a truth value must stand in quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_READS_AS_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*|true|false", re.IGNORECASE)


@cache
def letters(column: int) -> str:
    """Column number, from 1, to column letters: 1 -> A, 27 -> AA."""
    if column < 1:
        raise ValueError(f"there is no column {column}")
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    """Column letters to column number: A -> 1, AA -> 27."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """Row and column, from 1, to an address: (5, 2) -> B5."""
    return f"{letters(column)}{row}"


def row_column(address: str) -> tuple[int, int]:
    """An address to row and column, from 1: B5 -> (5, 2)."""
    name = address.rstrip("0123456789")
    return int(address[len(name) :]), column_number(name)


@cache
def sheet_prefix(sheet: str) -> str:
    """What stands before an address on another sheet: ``Red!``, ``'Conv 1'!``, ``'R'!``."""
    if _PLAIN.fullmatch(sheet) and not _READS_AS_CELL.fullmatch(sheet):
        return f"{sheet}!"
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The first cell of a rectangle; row and column count from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class Block:
    """The cells of one tensor.

    ``anchors``: one per index of the leading axes, row-major. ``steps``: (rows, columns) to walk for each other
    axis. An index may lie outside the shape if the sheet has room there: padding lies there, in cells that stay
    blank. So a negative index does not count from the end, as it would in a list.
    """

    shape: Shape
    anchors: tuple[Anchor, ...]
    steps: tuple[tuple[int, int], ...]
    seen_from: str = ""  # the sheet whose formulas name these cells; it needs no prefix for its own
    absolute: bool = False  # write $B$5: a parameter stays put when a formula is copied
    _lead: int = field(init=False, repr=False, compare=False)
    _sizes: Shape = field(init=False, repr=False, compare=False)
    _corners: tuple[tuple[str, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lead = len(self.shape) - len(self.steps)
        object.__setattr__(self, "_lead", lead)
        object.__setattr__(self, "_sizes", self.shape[: max(lead, 0)])
        corners = tuple((self.prefix(a.sheet), a.row, a.column) for a in self.anchors)
        object.__setattr__(self, "_corners", corners)
        if lead < 0 or prod(self.shape[:lead]) != len(self.anchors):
            raise ValueError(f"shape {self.shape} does not suit {len(self.anchors)} anchors, steps {self.steps}")

    def viewed(self, sheet: str, *, absolute: bool = False) -> Block:
        """The same cells as the formulas of ``sheet`` write them."""
        return Block(self.shape, self.anchors, self.steps, sheet, absolute)

    # One element

    def cell(self, *index: int) -> Anchor:
        """The cell of one element."""
        number, _, row, column = self._find(index)
        return Anchor(self.anchors[number].sheet, row, column)

    def _find(self, index: tuple[int, ...]) -> tuple[int, str, int, int]:
        """Number of the anchor, prefix, row and column of one element. It is called for every cell, so it is fast."""
        number = 0
        for i, size in zip(index, self._sizes, strict=False):
            if not 0 <= i < size:
                raise IndexError(f"{index} is outside of a block of shape {self.shape}")
            number = number * size + i
        prefix, row, column = self._corners[number]
        for i, (rows, columns) in zip(index[self._lead :] if self._lead else index, self.steps, strict=True):
            if i:
                row += i * rows
                column += i * columns
        return number, prefix, row, column

    def prefix(self, sheet: str) -> str:
        """What stands before an address on a sheet, as the block writes it."""
        return "" if sheet == self.seen_from else sheet_prefix(sheet)

    def __getitem__(self, index: Index) -> str:
        """The address of one element, or of a rectangle where slices stand in the index."""
        whole = index if isinstance(index, tuple) else (index,)
        if len(whole) < len(self.shape) or slice in map(type, whole):
            return self._range(whole)
        _, prefix, row, column = self._find(whole)  # type: ignore[arg-type]
        if self.absolute:
            return f"{prefix}${letters(column)}${row}"
        return f"{prefix}{letters(column)}{row}"

    def step(self, axis: int) -> tuple[int, int] | None:
        """Rows and columns from one element to the next along an axis; None where it is not always the same."""
        axis %= len(self.shape)
        if axis >= self._lead:
            return self.steps[axis - self._lead]
        if axis < self._lead - 1:  # its anchors lie apart
            return None
        pairs = list(pairwise(self.anchors))
        inside = [pair for number, pair in enumerate(pairs, 1) if number % self.shape[axis]]
        if any(a.sheet != b.sheet for a, b in inside):
            return None
        found = {(b.row - a.row, b.column - a.column) for a, b in inside} or {(0, 0)}
        return found.pop() if len(found) == 1 else None

    def place(self, *index: int) -> Place:
        """Where one element is: what stands before its address, its row, its column."""
        return self._find(index)[1:]

    def written(self, at: Anchor) -> str:
        """The address of a cell as the block writes it."""
        dollar = "$" if self.absolute else ""
        return f"{self.prefix(at.sheet)}{dollar}{letters(at.column)}{dollar}{at.row}"

    # A rectangle

    def corners(self, *index: int | slice, apart: bool = False) -> tuple[Anchor, Anchor]:
        """First and last cell of a part; ValueError where it is no rectangle.

        ``apart``: blank cells may lie between the elements.
        """
        spans = []
        for i, size in zip(index + (slice(None),) * (len(self.shape) - len(index)), self.shape, strict=True):
            if isinstance(i, slice):
                spans.append((0 if i.start is None else i.start, size if i.stop is None else i.stop))
            else:
                spans.append((i, i + 1))
        first = self.cell(*(a for a, _ in spans))
        last = self.cell(*(b - 1 for _, b in spans))
        area = (last.row - first.row + 1) * (last.column - first.column + 1)
        if first.sheet != last.sheet or (area != prod(b - a for a, b in spans) and not apart):
            raise ValueError(f"{index} of a block with steps {self.steps} is no rectangle")
        return first, last

    def _range(self, index: tuple[int | slice, ...], apart: bool = False) -> str:
        return self.between(*self.corners(*index, apart=apart))

    def between(self, first: Anchor, last: Anchor) -> str:
        """The range from one cell to another, as the block writes it."""
        dollar = "$" if self.absolute else ""
        return f"{self.written(first)}:{dollar}{letters(last.column)}{dollar}{last.row}"

    def pieces(self, *lead: int) -> list[str]:
        """Everything below ``lead`` as ranges: one where it is one rectangle, else one per further lead index.

        The filter ``weight.pieces(o)`` is one matrix per channel in ``planes`` and one matrix in ``rows``. Those of
        a dilated filter have blank cells between their elements.
        """
        return [self.spread(*lead, *more) for more in product(*map(range, self.shape[len(lead) : self._lead]))]

    def spread(self, *index: int | slice) -> str:
        """The rectangle from the first to the last of these elements, blank cells between them included."""
        return self._range(index, apart=True)

    def strips(
        self, top: int, bottom: int, columns: tuple[str, str], channel: int | range | None = None
    ) -> list[str]:
        """Rows ``top`` to ``bottom`` (excluded) of a (C, H, W) block between two columns, as ranges.

        All channels, one, or some that follow each other. The order of the strips is the order of ``pieces``. In
        ``rows``, all channels of a window are one strip; one or some are a strip per pixel row. ``columns`` are
        letters of the first channel, or what stands for them in a template, see ``layers.line``; a template only
        where the block is ``upright``.
        """
        channels = range(self.shape[0]) if channel is None else channel
        if isinstance(channels, int):
            channels = range(channels, channels + 1)
        if self._lead == 1:
            spans = [(self.cell(c, top, 0), self.cell(c, bottom - 1, 0)) for c in channels]
        elif channel is None:
            spans = [(self.cell(0, top, 0), self.cell(self.shape[0] - 1, bottom - 1, 0))]
        else:
            spans = [(self.cell(channels[0], y, 0), self.cell(channels[-1], y, 0)) for y in range(top, bottom)]
        start = self.anchors[0].column
        return [
            f"{self.prefix(a.sheet)}{first}{a.row}:{last}{b.row}"
            for a, b in spans
            for first, last in [columns if a.column == start else _further(columns, a.column - start)]
        ]

    @property
    def upright(self) -> bool:
        """Whether all anchors stand in one column. A reader may insert a column on the sheet of one channel."""
        return all(at.column == self.anchors[0].column for at in self.anchors)

    def columns(self, left: int, right: int) -> tuple[str, str]:
        """The column letters of a window from ``left`` to ``right`` (excluded), in the first channel."""
        start = self.anchors[0].column
        return letters(start + left), letters(start + right - 1)

    @property
    def dense(self) -> bool:
        """Whether no other cells lie between the elements of its rectangles."""
        first, last = self.rectangles()[0] if self.anchors else (Anchor("", 1, 1), Anchor("", 1, 1))
        area = (last.row - first.row + 1) * (last.column - first.column + 1)
        return area <= prod(self.shape[self._lead :])

    # Walking over it

    def walk(self) -> Iterator[tuple[tuple[int, ...], str, int, int]]:
        """Every element, row-major: its index, and the sheet, row and column of its cell."""
        inner = [
            (
                index,
                sum(i * down for i, (down, _) in zip(index, self.steps, strict=True)),
                sum(i * across for i, (_, across) in zip(index, self.steps, strict=True)),
            )
            for index in product(*map(range, self.shape[self._lead :]))
        ]
        for lead, at in zip(product(*map(range, self._sizes)), self.anchors, strict=True):
            for index, down, across in inner:
                yield lead + index, at.sheet, at.row + down, at.column + across

    def lines(self) -> Iterator[tuple[tuple[int, ...], Anchor]]:
        """Each line along the last axis: its leading index and the cell of its first element."""
        for lead in product(*map(range, self.shape[:-1])):
            yield lead, self.cell(*lead, 0)

    def rectangles(self) -> list[tuple[Anchor, Anchor]]:
        """First and last cell of each anchored rectangle, in the order of ``anchors``."""
        rows, columns = (
            sum((size - 1) * step[k] for size, step in zip(self.shape[self._lead :], self.steps, strict=True))
            for k in (0, 1)
        )
        return [(a, Anchor(a.sheet, a.row + rows, a.column + columns)) for a in self.anchors]


def _further(columns: tuple[str, str], by: int) -> tuple[str, str]:
    """The letters of columns further to the right."""
    first, last = columns
    return letters(column_number(first) + by), letters(column_number(last) + by)


Blocks = Mapping[str, Block]

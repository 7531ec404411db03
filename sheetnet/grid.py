"""Where an element of a tensor stands on the sheets: tensor index -> A1 address.

A block is a stack of rectangles. The leading axes choose a rectangle by its anchor (its first cell); every other
axis walks a fixed number of rows and columns from there:

    address(lead, i, j) = anchor(lead) + i * step_0 + j * step_1

A picture with one sheet per colour, eight feature maps below each other, channels interleaved row by row, and a
column of logits are all blocks. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from math import prod

Shape = tuple[int, ...]
Index = int | slice | tuple[int | slice, ...]

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
    axis. An index may lie outside the shape by as much as the sheet leaves room for: that is where padding is,
    in cells that stay blank. So negative numbers do not count from the end, as they would in a list.
    """

    shape: Shape
    anchors: tuple[Anchor, ...]
    steps: tuple[tuple[int, int], ...]
    seen_from: str = ""  # the sheet whose formulas name these cells; it needs no prefix for its own
    absolute: bool = False  # write $B$5: a parameter stays put when a formula is copied
    _lead: int = field(init=False, repr=False, compare=False)
    _corners: tuple[tuple[str, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lead = len(self.shape) - len(self.steps)
        object.__setattr__(self, "_lead", lead)
        corners = tuple((self._prefix(a.sheet), a.row, a.column) for a in self.anchors)
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
        """Number of the anchor, prefix, row and column of one element. Called for every cell, so it is plain."""
        number = 0
        for i, size in zip(index[: self._lead], self.shape, strict=False):
            if not 0 <= i < size:
                raise IndexError(f"{index} is outside of a block of shape {self.shape}")
            number = number * size + i
        prefix, row, column = self._corners[number]
        for i, (rows, columns) in zip(index[self._lead :], self.steps, strict=True):
            row += i * rows
            column += i * columns
        return number, prefix, row, column

    def _prefix(self, sheet: str) -> str:
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

    @property
    def runs_across(self) -> bool:
        """Whether the elements of a line stand side by side, and are named by addresses that move with them."""
        return bool(self.steps) and self.steps[-1] == (0, 1) and not self.absolute

    def beside(self, at: Anchor, letter: str) -> str:
        """The address of a cell in the row of ``at``, with ``letter`` for its column."""
        return f"{self._prefix(at.sheet)}{letter}{at.row}"

    # A rectangle

    def _range(self, index: tuple[int | slice, ...], apart: bool = False) -> str:
        """``apart``: blank cells may lie between the elements."""
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
        dollar = "$" if self.absolute else ""
        corners = [f"{dollar}{letters(c.column)}{dollar}{c.row}" for c in (first, last)]
        return self._prefix(first.sheet) + ":".join(corners)

    def pieces(self, *lead: int) -> list[str]:
        """Everything below ``lead`` as ranges: one where it is one rectangle, else one per further lead index.

        The filter ``weight.pieces(o)`` is one matrix per channel in ``planes`` and one matrix in ``rows``. Those of
        a dilated filter have blank cells between their elements.
        """
        return [self.spread(*lead, *more) for more in product(*map(range, self.shape[len(lead) : self._lead]))]

    def spread(self, *index: int | slice) -> str:
        """The rectangle from the first to the last of these elements, blank cells between them included."""
        return self._range(index, apart=True)

    def strips(self, top: int, bottom: int, channel: int | range | None = None) -> list[str]:
        """Rows ``top`` to ``bottom`` (excluded) of a (C, H, W) block, with ``%s`` for the column letters.

        All channels, one, or some that follow each other. Each strip takes two column names, the first and the last
        of a window, so the windows along a row differ in nothing else: ``strip % columns``. The order of the strips
        is the order of ``pieces``. In ``rows``, all channels of a window are one strip; one or some are a strip per
        pixel row.
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
        return [f"{self._prefix(a.sheet).replace('%', '%%')}%s{a.row}:%s{b.row}" for a, b in spans]

    def columns(self, left: int, right: int) -> tuple[str, str]:
        """The column letters of a window from ``left`` to ``right`` (excluded), the same for every channel."""
        start = self.anchors[0].column
        return letters(start + left), letters(start + right - 1)

    # Walking over it

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


Blocks = Mapping[str, Block]

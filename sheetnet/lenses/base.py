"""The contract of a lens: an operation that shows something to the reader. Elements are numbers, words or nothing.

    forward        v["out"] = what the cells show      float64, or object: floats, texts, and "" for an empty cell
    forward_cells  out[i] -> "formula of one cell"

An element is nan where it cannot be computed, because a cell that it needs holds an error or no number: the fault
lies in that cell, and the proof names that cell. Where a value lies within the tolerance of an edge, two answers are
right, and an element holds both: as ``About`` for numbers, as ``Said`` for words.

A ``Look`` is a lens with a name, and with what it reads. A single value that it reads may be another look, which has
no cell: the formula of that look then stands where an address would stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Anchor, Block, Blocks, Shape, letters, sheet_prefix
from sheetnet.operation import Array, Operation, Rules, Shapes, Values

__all__ = ["Area", "Array", "Inline", "Lens", "Look", "Rules", "Shapes", "Single", "Source", "Values"]

TIED = 1e-12  # numbers that differ by less, relative to their size, are equal: engines disagree about the last digit


class Lens(Operation):
    """The base of all lenses."""

    # Whether it repeats what it reads: its digits may be hidden where only the colours of a map are to be seen.
    repeats: ClassVar[bool] = False
    # Whether it says a whole sentence, which needs no name beside it.
    says: ClassVar[bool] = False


class Single(Lens):
    """A lens of a single element: one number, or one text."""

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of a single element."""
        return {"out": ()}


@dataclass(frozen=True, slots=True)
class Area:
    """Some cells of a tensor, among them the blank cells between and around its elements.

    ``of``: full name of the tensor; ``anchor``: the number of one of its anchors; ``row``, ``column``: how far the
    first cell lies from that anchor, which may be negative; ``shape``: () for one cell, (n,) for cells below each
    other, (rows, columns) for a rectangle.
    """

    of: str
    anchor: int = 0
    row: int = 0
    column: int = 0
    shape: Shape = ()

    def block(self, whole: Block) -> Block:
        """The cells; ``whole``: those of the tensor."""
        at = whole.anchors[self.anchor]
        first = Anchor(at.sheet, at.row + self.row, at.column + self.column)
        return Block(self.shape, (first,), ((1, 0), (0, 1))[: len(self.shape)])

    def values(self, whole: Block, numbers: Array) -> Any:
        """What the cells show; ``numbers``: the elements of the tensor. A cell that holds no element gives ""."""
        here = self.block(whole).anchors[0]
        high, wide = (*self.shape, 1, 1)[:2] if self.shape else (1, 1)
        raw = np.asarray(numbers)
        inner = whole.shape[len(whole.shape) - len(whole.steps) :]
        parts = raw.reshape(len(whole.anchors), *inner)
        found, covered = np.zeros((high, wide), dtype=raw.dtype), np.zeros((high, wide), dtype=bool)
        for (first, last), part in zip(whole.rectangles(), parts, strict=True):
            top, left = first.row - here.row, first.column - here.column
            beyond = last.row < here.row or last.column < here.column
            if first.sheet != here.sheet or top >= high or left >= wide or beyond:
                continue
            rows, columns = np.full(inner, top), np.full(inner, left)
            for axis, (down, across) in enumerate(whole.steps):
                along = np.arange(inner[axis]).reshape([-1 if k == axis else 1 for k in range(len(inner))])
                rows, columns = rows + along * down, columns + along * across
            inside = (rows >= 0) & (rows < high) & (columns >= 0) & (columns < wide)
            found[rows[inside], columns[inside]] = part[inside]
            covered[rows[inside], columns[inside]] = True
        if not covered.all():
            found = np.where(covered, found.astype(object), "")
        return found.reshape(self.shape)


def single_of_pair(kind: str, of: Shapes, first: str, second: str) -> Shapes:
    """The shape of the single element that a lens makes of two tensors. NetworkError where their shapes differ."""
    if of[first] != of[second]:
        raise NetworkError(
            f"{kind}: {first} is {list(of[first])} and {second} is {list(of[second])}; both need the same shape"
        )
    return {"out": ()}


def element(of: str, whole: Block, *index: int) -> Area:
    """One element of a tensor, as a look reads it; ``whole``: the cells of the tensor."""
    at = whole.cell(*index)
    lead = whole.shape[: len(whole.shape) - len(whole.steps)]
    number = int(np.ravel_multi_index(index[: len(lead)], lead)) if lead else 0
    anchor = whole.anchors[number]
    return Area(of, number, at.row - anchor.row, at.column - anchor.column)


@dataclass(frozen=True, slots=True)
class Inline:
    """A formula in the place of an address: that of a lens that gives a single value and has no cell."""

    text: str
    shape: Shape = ()
    steps: tuple[tuple[int, int], ...] = ()
    anchors: tuple[Anchor, ...] = ()  # it has no cell
    absolute: bool = True

    def __getitem__(self, index: Any) -> str:
        return self.text if is_atom(self.text) else f"({self.text})"


@dataclass(frozen=True)
class Look:
    """A lens or layer with a name ("closeup.window"), and what it reads: own name -> source.

    A source is the full name of a tensor ("conv1.out"), some cells of one, or, for a single value, another look
    without a name. ``hidden``: its cells show colours only; their number format hides the digits.
    """

    name: str
    lens: Operation
    reads: Mapping[str, Source]
    hidden: bool = False

    def sources(self) -> Iterator[str | Area]:
        """Everything that is read. In place of a look without a name, what that look reads."""
        for source in self.reads.values():
            if isinstance(source, Look):
                yield from source.sources()
            else:
                yield source


Source = str | Area | Look


def inline(lens: Operation, **reads: Source) -> Look:
    """A look without a name and without a cell."""
    return Look("", lens, reads)


# What formulas are made of


_CELL = r"\$?[A-Z]{1,3}\$?[0-9]+"
_PLACE = rf"(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?{_CELL}"
_ATOM = re.compile(rf"{_PLACE}|[0-9.]+")
_STRING = re.compile(r'"(?:[^"]|"")*"')
_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")  # a text, or the name of a sheet in quotes


def is_atom(text: str) -> bool:
    """Whether a formula can stand inside another one as it is: an address, a number, a text, or one call."""
    if _ATOM.fullmatch(text) or _STRING.fullmatch(text):
        return True
    bare = _QUOTED.sub("0", text)
    name = re.match(r"[A-Z][A-Z0-9]*\(", bare)
    if name is None or not bare.endswith(")"):
        return False
    depth = 0
    for position, letter in enumerate(bare):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and position >= name.end() and position < len(bare) - 1:
            return False
    return depth == 0


MOST_QUOTED = 255  # characters of one text in a formula, in the units of UTF-16


def quoted(text: str) -> str:
    """A text inside a formula; a text that is too long becomes several, joined by &."""
    pieces, piece, size = [], "", 0
    for letter in text:
        units = 2 if ord(letter) > 0xFFFF else 1
        if size + units > MOST_QUOTED:
            pieces.append(piece)
            piece, size = "", 0
        piece, size = piece + letter, size + units
    return "&".join('"' + one.replace('"', '""') + '"' for one in [*pieces, piece])


def decimal(number: float) -> str:
    """A number as a formula writes it: in decimals, which every spreadsheet reads, unlike 1E-09."""
    return np.format_float_positional(number, trim="-")


def ranges(block: Block) -> list[str]:
    """The rectangles of a tensor as absolute ranges: $B$5:$C$9."""
    dollars = [
        tuple(f"${letters(at.column)}${at.row}" for at in dict.fromkeys(corners)) for corners in block.rectangles()
    ]
    prefixes = ["" if a.sheet == block.seen_from else sheet_prefix(a.sheet) for a in block.anchors]
    return [prefix + ":".join(pair) for prefix, pair in zip(prefixes, dollars, strict=True)]


def each_block(at: Blocks) -> list[Block]:
    """The cells of x1, x2, ..., as many as the lens reads."""
    return [at[f"x{k}"] for k in range(1, 1 + sum(own.startswith("x") for own in at))]


def layer_cell(at: Blocks) -> str:
    """The cell that holds the number of the chosen layer; 1 where there is no such choice."""
    return at["layer"][()] if "layer" in at else "1"


def choose(number: str, options: Sequence[str]) -> str:
    """A formula that takes the option with a number, from 1 on. Where all options are the same it is that option."""
    if len(set(options)) == 1:
        return options[0]
    return f"CHOOSE({number},{','.join(options)})"


def unraveled(place: int, shape: Shape) -> tuple[int, ...]:
    """The index of the element at a place, counted from 0 in row-major order."""
    index: list[int] = []
    for size in reversed(shape):
        place, i = divmod(place, size)
        index.insert(0, i)
    return tuple(index)

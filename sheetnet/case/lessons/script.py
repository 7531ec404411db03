"""A lesson as it was written: what is given, what is computed of it, what stands on the sheets. No cell has a place.

givens -> steps, each of which reads givens and steps before it -> shelves of blocks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet.case.lessons.prose import Prose
from sheetnet.grid import Shape
from sheetnet.operation import Operation

PHOTO = "photo"  # the name of the given that a photo fills
LAMPS = "lamps"  # the colours of a (3, H, W) whose pixels are three cells side by side: red, green, blue


@dataclass(frozen=True)
class Given:
    """Numbers or words that come first. ``value``: an array of floats, or of texts.

    ``open``: whether the reader may change them. ``choices``: what a list offers; ``least``, ``most``: what a number
    may be.
    """

    name: str
    value: np.ndarray[Any, Any]
    open: bool = True
    choices: tuple[float | str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def full(self) -> str:
        """Its full name."""
        return f"{self.name}.out"

    @property
    def words(self) -> bool:
        """Whether its elements are texts."""
        return bool(self.value.dtype == object)


@dataclass(frozen=True, slots=True)
class Cells:
    """Some elements of a tensor, next to each other: the first one's index, and how many there are of them.

    ``shape``: () for one; (n,) for n below each other, (rows, columns) for a part of a matrix.
    """

    of: str
    at: tuple[int, ...]
    shape: Shape = ()


@dataclass(frozen=True)
class Step:
    """A layer or lens with a name, and what it reads; without a name where it stands inside another one."""

    name: str
    operation: Operation
    reads: Mapping[str, Reading]

    def sources(self) -> Iterator[str]:
        """The full names of all tensors that it reads."""
        for source in self.reads.values():
            if isinstance(source, Step):
                yield from source.sources()
            else:
                yield source if isinstance(source, str) else source.of


Reading = str | Cells | Step


@dataclass(frozen=True)
class Shown:
    """A tensor on a shelf. ``label``: the words above it, or before a single element; "" for none.

    ``style``: see ``STYLES``, "" for one that suits. ``colors``: "signed", "warm", "grey", "lamps", or "" for none;
    ``like``: tensors whose colour scale is shared. ``across``: whether a column lies from left to right. ``top``,
    ``left``: labelled tensors that stand above a matrix and before it. ``width``: of its columns, in characters.
    ``framed``: a matrix of the same shape; where it is not blank, the cell has a frame. ``square``: pixels of a side
    of its cells, where these are small squares; 0 where they are not.
    """

    of: str
    label: str = ""
    style: str = ""
    colors: str = ""
    like: tuple[str, ...] = ()
    across: bool = False
    top: str = ""
    left: str = ""
    width: float = 0.0
    framed: str = ""
    square: int = 0


@dataclass(frozen=True)
class Note:
    """A text, in lines that are at most ``room`` pixels wide. ``style``: "note", "text" or "heading.plain"."""

    text: str
    style: str = "note"
    room: int = 560


@dataclass(frozen=True)
class Picture:
    """The photo of a lesson as a picture, over ``rows`` x ``columns`` cells. ``longest``: pixels of its longer side.

    ``alt``: what it shows, in words.
    """

    label: str
    alt: str
    rows: int
    columns: int
    longest: int


@dataclass(frozen=True)
class Curve:
    """A series of a chart: x and y are full names of columns; x of a chart of columns is that of its names."""

    x: str
    y: str
    label: str
    line: bool = True
    points: bool = False
    dash: bool = False


@dataclass(frozen=True)
class ChartBlock:
    """A native chart over ``rows`` x ``columns`` cells: of points, or of columns over the names ``bars``.

    ``x_span``, ``y_span``: fixed ends of an axis, or None.
    """

    title: str
    alt: str
    curves: tuple[Curve, ...]
    rows: int = 13
    columns: int = 6
    x_title: str = ""
    y_title: str = ""
    bars: str = ""
    x_span: tuple[float | None, float | None] = (None, None)
    y_span: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True)
class Stack:
    """Blocks below each other."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Row:
    """Blocks side by side."""

    blocks: tuple[Block, ...]


Block = Shown | Note | Picture | ChartBlock | Stack | Row


@dataclass(frozen=True)
class Shelf:
    """A row of blocks, under a heading or none."""

    row: Row
    heading: str = ""


@dataclass(frozen=True)
class Page:
    """A sheet of a lesson. ``aside``: for looking things up, so that a handout leaves it out."""

    title: str
    shelves: tuple[Shelf, ...]
    aside: bool = False


@dataclass(frozen=True)
class Try:
    """Values of givens, and what follows: full name -> array. ``within``: how far a number may be from it."""

    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    within: float


@dataclass(frozen=True)
class Script:
    """A lesson. ``change``, ``see``: full names of what the reader changes first, and of what to look at.

    ``age``, ``minutes``: whom it suits, and for how long. ``shapes``: of every tensor, by full name. ``photo``: the
    shape (C, H, W) of its photo; ``sides``: the least and the most that a side of that may have; None for no choice.
    """

    name: str
    path: Path
    group: str
    age: int
    minutes: int
    change: str
    see: str
    prose: Prose
    givens: Mapping[str, Given]
    steps: tuple[Step, ...]
    pages: tuple[Page, ...]
    shapes: Mapping[str, Shape]
    tries: tuple[Try, ...] = ()
    photo: Shape | None = None
    sides: tuple[int, int] | None = None

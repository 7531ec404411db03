"""Lenses that repeat a tensor: all of it, perhaps in another shape or many times, or a part that is chosen.

copy      out[i] = x[i]
tiled     out[i] = x[i mod its size]
part      out[i, j] = x[chosen filter, top + s i, left + s j]     of the chosen layer's x, in steps s
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import floor, nan

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks, Shape, letters
from sheetnet.lenses.base import Lens, Rules, Shapes, Values, choose, layer_cell, unraveled
from sheetnet.lenses.elements import is_number, number, of_layer, present, words

Pads = tuple[int, int, int, int]  # top, left, bottom, right
Place = int | tuple[str, int]  # an index along one axis: a number, or a cell and a number that is added to it


@dataclass(frozen=True, slots=True)
class Copy(Lens):
    """out = x, element by element. ``shape``: the shape of out, where x is shown in another, in row-major order."""

    kind = "copy"
    repeats = True

    shape: Shape | None = None

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x, or the one that was asked for."""
        if self.shape is not None and int(np.prod(self.shape)) != int(np.prod(of["x"])):
            raise NetworkError(
                f"copy: {list(of['x'])} cannot be shown as {list(self.shape)}; use a shape of as many elements"
            )
        return {"out": of["x"] if self.shape is None else self.shape}

    def forward(self, v: Values) -> None:
        """The elements of x. A blank cell gives nan, since a formula that names it shows 0."""
        x = present(v["x"])
        v["out"] = x if self.shape is None else x.reshape(self.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        x, shape = at["x"], self.shape
        if shape is None or shape == x.shape:
            return {"out": lambda *index: x[index]}

        def out(*index: int) -> str:
            place = 0
            for i, size in zip(index, shape, strict=True):
                place = place * size + i
            return x[unraveled(place, x.shape)]

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Tiled(Lens):
    """out: x, laid side by side as often as ``times`` says for each axis."""

    kind = "tiled"
    repeats = True

    times: tuple[int, ...]

    def tensors(self, of: Shapes) -> Shapes:
        """Each axis is longer by its number."""
        if len(self.times) != len(of["x"]) or min(self.times, default=1) < 1:
            told = f"times is {list(self.times)}, x is {list(of['x'])}"
            raise NetworkError(f"tiled: {told}; give 1 or more for each axis")
        return {"out": tuple(n * k for n, k in zip(of["x"], self.times, strict=True))}

    def forward(self, v: Values) -> None:
        """Tiles. A blank cell gives nan, since a formula that names it shows 0."""
        v["out"] = np.tile(present(v["x"]), self.times)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        x = at["x"]
        return {"out": lambda *index: x[tuple(i % size for i, size in zip(index, x.shape, strict=True))]}


@dataclass(frozen=True, slots=True)
class Part(Lens):
    """A part of the one of x1, x2, ... that has the number ``layer``. out is as large as the largest part.

    ``sizes``: the size of the part in each x; out is "" beyond it. ``along``: for each axis, where the part begins:
    "" for the first element, else the own name of a number, from 1 on, that the lens reads; "=name" takes this one
    element, and out does not have the axis. ``rooms``: how far a part may reach beyond each x: top, left, bottom,
    right. ``beyond``: what a cell there shows: 0 ("zero"), as a convolution counts padding, or nothing ("blank"), as
    a maximum does. ``steps``: how far the elements of the part lie apart in each x, along each axis of out; 1 where
    nothing is said.
    """

    kind = "part"
    repeats = True

    sizes: tuple[Shape, ...]
    along: tuple[str, ...]
    rooms: tuple[Pads, ...] = ()
    beyond: str = "zero"
    steps: tuple[Shape, ...] = ()

    def tensors(self, of: Shapes) -> Shapes:
        """The largest size along each axis."""
        return {"out": tuple(max(sizes) for sizes in zip(*self.sizes, strict=True))}

    def forward(self, v: Values) -> None:
        """The slice, filled up with "" to the shape of out; all nan where the slice does not lie inside x."""
        shape = tuple(self.tensors({})["out"])
        k = of_layer(v, len(self.sizes))
        lost = words([nan] * int(np.prod(shape)), shape)
        v["out"] = lost
        if k is None:
            return
        x = present(v[f"x{k + 1}"])
        top, left, bottom, right = self._room(k)
        if x.ndim > 1 and self._has_room(k):
            padding = [(0, 0)] * (x.ndim - 2) + [(top, bottom), (left, right)]
            x = np.pad(x.astype(object), padding, constant_values=0.0 if self.beyond == "zero" else "")
        before = ([0] * (x.ndim - 2) + [top, left])[-x.ndim :] if x.ndim > 1 else [0]
        running, take = zip(self.sizes[k], self._steps(k), strict=True), []
        for axis, (name, room) in enumerate(zip(self.along, before, strict=True)):
            start = number(v[name.removeprefix("=")]) - 1 if name else 0.0
            size, step = (1, 1) if name.startswith("=") else next(running)
            reach = (size - 1) * step + 1
            first = floor(start) + room if is_number(start) else -1
            if not 0 <= first <= x.shape[axis] - reach:
                return
            take.append(first if name.startswith("=") else slice(first, first + reach, step))
        if self.sizes[k] == shape and x.dtype != object:
            v["out"] = np.asarray(x[tuple(take)])
            return
        out = words([""] * int(np.prod(shape)), shape)
        out[tuple(slice(n) for n in self.sizes[k])] = x[tuple(take)]
        v["out"] = out

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX for each cell; CHOOSE takes one of several layers."""
        return {"out": _PartRule(self, at)}

    def one(self, at: Blocks, k: int, index: tuple[int, ...]) -> str:
        """The formula of one element, where the layer with number ``k``, from 0 on, is chosen."""
        if any(i >= n for i, n in zip(index, self.sizes[k], strict=True)):
            return '""'
        x, places = at[f"x{k + 1}"], self.places(at, index, k)
        value = entry(x, places, self._room(k))
        if not self._has_room(k):
            return value
        if self.beyond == "zero":
            return f"{value}+0"  # a blank cell is not yet 0 in every spreadsheet
        (down, i), (across, j) = (place if isinstance(place, tuple) else (str(place), 0) for place in places[-2:])
        height, width = x.shape[-2:]
        i, j = i + 1, j + 1
        inside = f"{down}+{i}>0,{down}+{i}<={height},{across}+{j}>0,{across}+{j}<={width}"
        return f'IF(AND({inside}),{value},"")'

    def places(self, at: Blocks, index: tuple[int, ...], k: int = 0) -> list[Place]:
        """Where an element of the part lies in the x with number ``k``, axis by axis."""
        running = iter([i * step for i, step in zip(index, self._steps(k), strict=True)])
        places: list[Place] = []
        for name in self.along:
            i = 0 if name.startswith("=") else next(running, None)
            if i is None:
                raise ValueError(f"{len(self.along)} axes, of which the part has fewer")  # a record may say so
            places.append((at[name.removeprefix("=")][()], i - 1) if name else i)
        return places

    def _room(self, k: int) -> Pads:
        return self.rooms[k] if self.rooms else (0, 0, 0, 0)

    def _steps(self, k: int) -> Shape:
        return self.steps[k] if self.steps else (1,) * len(self.sizes[k])

    def _has_room(self, k: int) -> bool:
        return any(self._room(k))


class _PartRule:
    """The formulas of a part. Those of a line are made at once, where they differ in their columns only."""

    def __init__(self, part: Part, at: Blocks) -> None:
        self._part, self._at = part, at
        self._layer = layer_cell(at)
        x = at["x1"]
        plain = len(part.sizes) == 1 and not any(map(any, part.rooms)) and part.along[-1] == "" and not part.steps
        lies = bool(x.steps) and x.steps[-1] == (0, 1) and len({anchor.sheet for anchor in x.anchors}) == 1
        self._regular = plain and lies

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        count = len(self._part.sizes)
        return choose(self._layer, [self._part.one(self._at, k, index) for k in range(count)])

    def along(self, *lead: int) -> list[str]:
        """The formulas of a line."""
        count = self._part.sizes[0][-1]
        if not self._regular:
            width = self._part.tensors({})["out"][-1]
            return [self(*lead, i) for i in range(width)]
        found = _Place(self._at["x1"], self._part.places(self._at, (*lead, 0)))
        return [found.formula(across) for across in range(count)]


def entry(block: Block, index: Sequence[Place], room: Pads = (0, 0, 0, 0)) -> str:
    """The formula of the element at an index of which parts stand in cells; indices count from 0.

    ``room``: how far the last two indices may lie outside the shape, in blank padding. The channels of a photo lie on
    several sheets; there CHOOSE takes the sheet of the channel. OFFSET and INDIRECT would be shorter, but they are
    volatile: every keystroke would calculate them anew.
    """
    if index and not isinstance(index[0], int) and len({at.sheet for at in block.anchors}) > 1:
        cell, offset = index[0]
        options = [entry(block, (first, *index[1:]), room) for first in range(block.shape[0])]
        return choose(f"{cell}{offset + 1:+d}" if offset + 1 else cell, options)
    return _Place(block, index, room).formula()


class _Place:
    """The rectangle in which INDEX looks an element up, and the terms that add up to its row and its column there."""

    def __init__(self, block: Block, index: Sequence[Place], room: Pads = (0, 0, 0, 0)) -> None:
        rooms = [(0, 0)] * (len(block.shape) - 2) + [(room[0], room[2]), (room[1], room[3])]
        spans = [
            (i, i) if isinstance(i, int) else (-before, size - 1 + after)
            for i, size, (before, after) in zip(index, block.shape, rooms[-len(block.shape) :], strict=True)
        ]
        corners = [block.cell(*corner) for corner in product(*map(dict.fromkeys, spans))]
        if len({at.sheet for at in corners}) > 1:
            raise ValueError(f"the elements {spans} lie on more than one sheet")
        self._prefix = block.prefix(corners[0].sheet)
        self._top, self._bottom = min(at.row for at in corners), max(at.row for at in corners)
        self._left, self._right = min(at.column for at in corners), max(at.column for at in corners)
        start = corners[0]
        self._rows, self._columns = [str(start.row - self._top + 1)], [str(start.column - self._left + 1)]
        for axis, (i, (low, high)) in enumerate(zip(index, spans, strict=True)):
            if isinstance(i, int) or low == high:
                continue
            one = block.cell(*(low + (a == axis) for a, (low, _) in enumerate(spans)))
            self._walk(i[0], i[1] - low, one.row - start.row, self._rows)
            self._walk(i[0], i[1] - low, one.column - start.column, self._columns)

    @staticmethod
    def _walk(cell: str, offset: int, step: int, terms: list[str]) -> None:
        """Add a term for how far an index leads along rows or columns. ``1+(cell-1)`` is written as ``cell``."""
        if not step:
            return
        if step == 1 and terms == ["1"] and offset == -1:
            terms[:] = [cell]
            return
        place = f"({cell}{offset:+d})" if offset else cell
        terms.append(place if step == 1 else f"{step}*{place}")

    def formula(self, across: int = 0) -> str:
        """The formula, ``across`` columns further right. One cell is named alone: Gnumeric fails on INDEX there."""
        first = f"{self._prefix}${letters(self._left + across)}${self._top}"
        if (self._top, self._left) == (self._bottom, self._right):
            return first
        last = f"${letters(self._right + across)}${self._bottom}"
        return f"INDEX({first}:{last},{'+'.join(self._rows)},{'+'.join(self._columns)})"

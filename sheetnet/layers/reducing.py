"""Layers that reduce: along some axes of x, one number stands for many.

    out = f(x over the axes)     MAX(Conv1!B5:E8)

``Reducing`` is the base of such a layer, ``reduced`` makes its rule, which others take as well.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sheetnet.grid import Anchor, Block, Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import with_axis
from sheetnet.layers.options import as_axes, as_flag, as_whole_numbers
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.ranges import call, rectangles


@dataclass(frozen=True, slots=True)
class Reducing(Layer):
    """One number for all along ``axes`` (a list), for any shape of x.

    Axes that count from the end (-1 is the last) may have a batch in front. ``keep``: they stay, with 1 element.
    """

    function = ""  # of a spreadsheet
    role = "sees"
    signs = "kept"

    axes: Any
    keep: bool = True

    def __post_init__(self) -> None:
        who = type(self).__name__
        object.__setattr__(self, "axes", as_whole_numbers(self.axes, f"{who}: axes"))
        as_flag(self.keep, f"{who}: keep")

    @abstractmethod
    def number(self, x: Array) -> Array:
        """Numbers: what stands for all along the axes, which stay, with 1 element."""

    @abstractmethod
    def share(self, x: Array, dout: Array) -> Array:
        """Numbers: the gradient of x; ``dout`` with all axes of x."""

    def tensors(self, of: Shapes) -> Shapes:
        """Without the axes, or with 1 in their places."""
        shape = of["x"]
        gone = as_axes(type(self).__name__, self.axes, shape)
        return {"out": tuple(1 if k in gone else n for k, n in enumerate(shape) if self.keep or k not in gone)}

    def batched(self, of: Shapes) -> bool:
        """Where all axes count from the end."""
        return all(axis < 0 for axis in self.axes)

    def forward(self, v: Values) -> None:
        """The number, and then its axes go."""
        out = self.number(v["x"])
        v["out"] = out if self.keep else np.squeeze(out, self.axes)

    def backward(self, v: Values, d: Values) -> None:
        """Back along the axes."""
        dout = d["out"] if self.keep else np.expand_dims(d["out"], self.axes)
        d["x"] = self.share(v["x"], dout)

    def forward_cells(self, at: Blocks) -> Rules:
        """FUNCTION(ranges)."""
        return {"out": reduced(type(self).__name__, self.function, at["x"], self.axes, keep=self.keep)}

    def shared(self, at: Blocks, text: Callable[[str], str]) -> Pointwise:
        """The rule of a gradient of x: ``text`` of what came back of the number that stands for the element."""
        x, dout = at["x"], at["dout"]
        for axis in sorted(as_axes(type(self).__name__, self.axes, x.shape)) if not self.keep else ():
            dout = with_axis(dout, axis)
        return Pointwise(lambda _, dout: text(dout), x, dout)


def reduced(who: str, function: str, x: Block, axes: tuple[int, ...], *, keep: bool = False) -> Pointwise:
    """The rule FUNCTION(all of ``x`` along ``axes``).

    What is reduced lies in some rectangles of some anchors, everywhere in the same way. So from one element of the
    result to the next, each corner of each rectangle moves like an element of a tensor.
    """
    rank, lead = len(x.shape), len(x.shape) - len(x.steps)
    gone = {axis % rank for axis in axes}
    found = rectangles(x, tuple(slice(0, n) if k in gone and k >= lead else 0 for k, n in enumerate(x.shape)))
    origin = found[0][0]
    corners, ends = [], []
    for fixed in product(*(range(n) if k in gone else (None,) for k, n in enumerate(x.shape[:lead]))):
        for first, last in found:
            ends.append(first != last)
            for cell in (first, last)[: 1 + ends[-1]]:
                away = cell.row - origin.row, cell.column - origin.column
                corner = _corner(x, gone, fixed, away, keep=keep)
                corners.append(corner if cell is first else _bare(corner))

    def text(*addresses: str) -> str:
        rest = iter(addresses)
        firsts = zip(rest, ends, strict=False)
        return call(who, function, [f"{a}:{next(rest)}" if ranged else a for a, ranged in firsts])

    return Pointwise(text, *corners, who=who)


def _corner(x: Block, gone: set[int], fixed: Sequence[int | None], away: tuple[int, int], *, keep: bool) -> Block:
    """A corner for every element of the result, ``away`` from the first; ``fixed``: what it says of the anchors."""
    lead = len(fixed)
    own = [k for k in range(len(x.shape)) if keep or k not in gone]
    shape = tuple(1 if k in gone else x.shape[k] for k in own)
    chosen = product(*(range(n) if one is None else (one,) for one, n in zip(fixed, x.shape, strict=False)))
    first = [x.cell(*index, *[0] * len(x.steps)) for index in chosen]
    anchors = tuple(Anchor(at.sheet, at.row + away[0], at.column + away[1]) for at in first)
    steps = tuple((0, 0) if k in gone else x.steps[k - lead] for k in own if k >= lead)
    return Block(shape, anchors, steps, x.seen_from, x.absolute)


def _bare(block: Block) -> Block:
    """The same cells, named without their sheets: where a range ends."""
    anchors = tuple(Anchor("", at.row, at.column) for at in block.anchors)
    return Block(block.shape, anchors, block.steps, "", block.absolute)

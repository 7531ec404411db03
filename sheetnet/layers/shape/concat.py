"""Concat: tensors set side by side along one axis.

out[..., k, ...] = x1[..., k, ...] for the first indices k of the axis, x2[..., k - n1, ...] after them

Backwards, each gets back its own piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Block, Blocks, Shape
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered
from sheetnet.layers.line import ByLine
from sheetnet.layers.options import as_axis, as_count, is_whole
from sheetnet.layers.pointwise import copies
from sheetnet.layers.ranges import MOST_ARGUMENTS


@dataclass(frozen=True, slots=True)
class Concat(Layer):
    """``count`` tensors x1, x2, ... one behind the other along ``axis``; all other axes are equally long.

    -3 is the axis of the channels of a (C, H, W). An axis from 0 on counts from the front, for tensors without batch.
    """

    kind = "concat"
    role = "rearranges"
    signs = "kept"

    count: int = 2
    axis: int = -3

    def __post_init__(self) -> None:
        as_count(self.count, "Concat: count", MOST_ARGUMENTS)
        if not is_whole(self.axis):
            raise NetworkError(f"Concat: axis is {shown(self.axis)}; use a whole number, such as -3")

    @property
    def reads(self) -> Mapping[str, str]:  # type: ignore[override]
        """x1, x2, ..."""
        return {f"x{k + 1}": "out" for k in range(self.count)}

    @property
    def gives_back(self) -> tuple[str, ...]:  # type: ignore[override]
        """To each its piece."""
        return tuple(self.reads)

    def tensors(self, of: Shapes) -> Shapes:
        """The axis is as long as all of them together."""
        shapes = [of[own] for own in self.reads]
        axis = as_axis("Concat", self.axis, shapes[0])
        if len({(len(s), s[:axis], s[axis + 1 :]) for s in shapes}) > 1:
            listed = " and ".join(map(str, map(list, shapes)))
            raise NetworkError(f"Concat: the inputs have shapes {listed}; they may differ in axis {axis} only")
        return {"out": (*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :])}

    def batched(self, of: Shapes) -> bool:
        """Where the axis counts from the end."""
        return self.axis < 0

    def forward(self, v: Values) -> None:
        """One behind the other; what has no batch is repeated for each of it."""
        parts = [v[f"x{k + 1}"] for k in range(self.count)]
        largest = max(parts, key=np.ndim)
        whole = [np.broadcast_to(x, (*largest.shape[: largest.ndim - x.ndim], *x.shape)) for x in parts]
        v["out"] = np.concatenate(whole, self.axis)

    def backward(self, v: Values, d: Values) -> None:
        """To each its piece."""
        sizes = [v[f"x{k + 1}"].shape[self.axis] for k in range(self.count)]
        for k, piece in enumerate(np.split(d["out"], np.cumsum(sizes)[:-1], self.axis)):
            d[f"x{k + 1}"] = gathered(piece, v[f"x{k + 1}"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        parts = [at[own] for own in self.reads]
        axis = self.axis % len(parts[0].shape)
        shown = [copies(x) for x in parts]
        places = [(each, k) for x, each in zip(parts, shown, strict=True) for k in range(x.shape[axis])]

        def rule(*i: int) -> str:
            each, k = places[i[axis]]
            return each(*i[:axis], k, *i[axis + 1 :])

        def along(*lead: int) -> list[str]:
            if axis == len(lead):
                return [formula for each in shown for formula in each.along(*lead)]
            each, k = places[lead[axis]]
            return each.along(*lead[:axis], k, *lead[axis + 1 :])

        return {"out": ByLine(rule, along)}

    def backward_cells(self, at: Blocks) -> Rules:
        """The address of the element in what came back, nothing else."""
        dout = at["dout"]
        axis, found, start = self.axis % len(dout.shape), {}, 0
        for own in self.reads:
            found[f"d{own}"] = _piece(dout, axis, start, at[own].shape[axis])
            start += at[own].shape[axis]
        return dict(found)


def _piece(whole: Block, axis: int, start: int, count: int) -> ByLine:
    """Copies of a part of a tensor: ``count`` indices of an axis, from ``start`` on."""
    shown = copies(whole)

    def moved(index: Shape) -> Shape:
        return (*index[:axis], index[axis] + start, *index[axis + 1 :])

    def along(*lead: int) -> list[str]:
        if axis == len(lead):
            return shown.along(*lead)[start : start + count]
        return shown.along(*moved(lead))

    return ByLine(lambda *index: shown(*moved(index)), along)

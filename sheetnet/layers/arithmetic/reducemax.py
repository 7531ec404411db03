"""ReduceMax: along some axes, only the largest number is kept.

out = max over the axes of x
dx  = dout where x is the largest; shared equally where several are
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_axes, as_flag, as_whole_numbers
from sheetnet.layers.ranges import call, ranges


@dataclass(frozen=True, slots=True)
class ReduceMax(Layer):
    """The largest number over ``axes`` (a list), for any shape.

    Axes that count from the end (-1 is the last) may have a batch in front. ``keep``: they stay, with 1 element.
    """

    kind = "reducemax"

    axes: Any
    keep: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "axes", as_whole_numbers(self.axes, "ReduceMax: axes"))
        as_flag(self.keep, "ReduceMax: keep")

    def tensors(self, of: Shapes) -> Shapes:
        """Without the axes, or with 1 in their places."""
        gone = as_axes("ReduceMax", self.axes, of["x"])
        kept = [(k, 1 if k in gone else n) for k, n in enumerate(of["x"]) if self.keep or k not in gone]
        return {"out": tuple(n for _, n in kept)}

    def batched(self, of: Shapes) -> bool:
        """Where all axes count from the end."""
        return all(axis < 0 for axis in self.axes)

    def forward(self, v: Values) -> None:
        """The largest."""
        v["out"] = np.asarray(v["x"].max(self.axes, keepdims=self.keep))

    def backward(self, v: Values, d: Values) -> None:
        """To the largest, in equal shares at a tie, as PyTorch's amax."""
        axes = tuple(axis % v["x"].ndim for axis in self.axes)
        dout = d["out"] if self.keep else np.expand_dims(d["out"], axes)
        out = v["out"] if self.keep else np.expand_dims(v["out"], axes)
        largest = v["x"] == out
        d["x"] = dout * largest / largest.sum(axes, keepdims=True)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(ranges)."""
        x = at["x"]
        gone = {axis % len(x.shape) for axis in self.axes}

        def rule(*i: int) -> str:
            own = list(reversed(i))
            part: list[int | slice] = []
            for k, size in enumerate(x.shape):
                if k not in gone or self.keep:
                    place = own.pop()
                part.append(slice(0, size) if k in gone else place)
            return call("ReduceMax", "MAX", ranges(x, tuple(part)))

        return {"out": rule}

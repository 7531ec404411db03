"""ReduceMax: along some axes, only the largest number is kept.

out = max over the axes of x
dx  = dout where x is the largest; shared equally where several are
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.arithmetic.gone import part_of, shape_without
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_flag, as_whole_numbers
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
        return {"out": shape_without("ReduceMax", self.axes, of["x"], keep=self.keep)}

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
        return {"out": lambda *i: call("ReduceMax", "MAX", ranges(x, part_of(self.axes, x.shape, i, keep=self.keep)))}

"""ReduceMean: along some axes, only the mean is kept.

out = (sum over the axes of x) / n,   n = how many numbers that are
dx  = dout / n
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
class ReduceMean(Layer):
    """The mean over ``axes`` (a list), for any shape.

    Axes that count from the end (-1 is the last) may have a batch in front. ``keep``: they stay, with 1 element.
    """

    kind = "reducemean"

    axes: Any
    keep: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "axes", as_whole_numbers(self.axes, "ReduceMean: axes"))
        as_flag(self.keep, "ReduceMean: keep")

    def tensors(self, of: Shapes) -> Shapes:
        """Without the axes, or with 1 in their places."""
        return {"out": shape_without("ReduceMean", self.axes, of["x"], keep=self.keep)}

    def batched(self, of: Shapes) -> bool:
        """Where all axes count from the end."""
        return all(axis < 0 for axis in self.axes)

    def forward(self, v: Values) -> None:
        """The mean."""
        v["out"] = np.asarray(v["x"].mean(self.axes, keepdims=self.keep))

    def backward(self, v: Values, d: Values) -> None:
        """An equal share for each."""
        axes = tuple(axis % v["x"].ndim for axis in self.axes)
        dout = d["out"] if self.keep else np.expand_dims(d["out"], axes)
        d["x"] = np.broadcast_to(dout / (v["x"].size / dout.size), v["x"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(ranges)."""
        x = at["x"]
        return {
            "out": lambda *i: call("ReduceMean", "AVERAGE", ranges(x, part_of(self.axes, x.shape, i, keep=self.keep)))
        }

"""ReduceMean: along some axes, only the mean is kept.

out = (sum over the axes of x) / n,   n = how many numbers that are
dx  = dout / n
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
        gone = as_axes("ReduceMean", self.axes, of["x"])
        kept = [(k, 1 if k in gone else n) for k, n in enumerate(of["x"]) if self.keep or k not in gone]
        return {"out": tuple(n for _, n in kept)}

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
        gone = {axis % len(x.shape) for axis in self.axes}

        def rule(*i: int) -> str:
            own = list(reversed(i))
            part: list[int | slice] = []
            for k, size in enumerate(x.shape):
                if k not in gone or self.keep:
                    place = own.pop()
                part.append(slice(0, size) if k in gone else place)
            return call("ReduceMean", "AVERAGE", ranges(x, tuple(part)))

        return {"out": rule}

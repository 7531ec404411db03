"""Flatten: each map becomes a column, and the columns are stacked.

out[(c*H + y)*W + x] = x[c, y, x], and back
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.shape.reshape import reshaped


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """The maps of x (C, H, W) as one column, row-major: channel, then row, then column."""

    kind = "flatten"
    role = "rearranges"
    signs = "kept"
    unrolls = True
    gives_back = ("x",)

    def tensors(self, of: Shapes) -> Shapes:
        """(number of elements,)."""
        if len(of["x"]) != 3:
            raise NetworkError(f"Flatten: the input has shape {list(of['x'])}; it must be channels x height x width")
        return {"out": (prod(of["x"]),)}

    def forward(self, v: Values) -> None:
        """A reshape; every axis in front of the last three is a batch axis."""
        x = v["x"]
        v["out"] = x.reshape(*x.shape[:-3], -1)

    def backward(self, v: Values, d: Values) -> None:
        """The reshape back."""
        d["x"] = d["out"].reshape(v["x"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        x = at["x"]

        def rule(i: int) -> str:
            index: list[int] = []
            for size in reversed(x.shape):
                i, rest = divmod(i, size)
                index.append(rest)
            return x[tuple(reversed(index))]

        return {"out": rule}

    def backward_cells(self, at: Blocks) -> Rules:
        """The address of the element in what came back, nothing else."""
        return {"dx": reshaped(at["dout"], at["x"].shape)}

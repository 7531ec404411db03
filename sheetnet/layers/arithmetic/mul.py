"""Mul: every number of x is weighed by one of y.

out = x * y
dx  = dout * y,  dy = dout * x,  each summed over the places where it was repeated
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, stretched, together


@dataclass(frozen=True, slots=True)
class Mul(Layer):
    """x * y, element by element, for any shapes that suit each other."""

    kind = "mul"
    reads: ClassVar = {"x": "out", "y": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """The larger shape."""
        return {"out": together("Mul", of["x"], of["y"])}

    def batched(self, of: Shapes) -> bool:
        """Where x and y have as many axes: behind a batch they line up all the same."""
        return len(of["x"]) == len(of["y"])

    def forward(self, v: Values) -> None:
        """One product."""
        v["out"] = v["x"] * v["y"]

    def backward(self, v: Values, d: Values) -> None:
        """To each by the other."""
        d["x"] = gathered(d["out"] * v["y"], v["x"].shape)
        d["y"] = gathered(d["out"] * v["x"], v["y"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """x*y."""
        x, y = stretched(at["x"]), stretched(at["y"])
        return {"out": lambda *i: f"{x(i)}*{y(i)}"}

"""Sub: what is left of x when y is taken away.

out = x - y
dx  = dout,  dy = -dout,  each summed over the places where it was repeated
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, stretched, together


@dataclass(frozen=True, slots=True)
class Sub(Layer):
    """x - y, element by element, for any shapes that suit each other."""

    kind = "sub"
    reads: ClassVar = {"x": "out", "y": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """The larger shape."""
        return {"out": together("Sub", of["x"], of["y"])}

    def batched(self, of: Shapes) -> bool:
        """Where x and y have as many axes: behind a batch they line up all the same."""
        return len(of["x"]) == len(of["y"])

    def forward(self, v: Values) -> None:
        """One difference."""
        v["out"] = v["x"] - v["y"]

    def backward(self, v: Values, d: Values) -> None:
        """All of it, and its opposite."""
        d["x"], d["y"] = gathered(d["out"], v["x"].shape), gathered(-d["out"], v["y"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """x-y."""
        x, y = stretched(at["x"]), stretched(at["y"])
        return {"out": lambda *i: f"{x(i)}-{y(i)}"}

"""Add, the shortcut: what was found, laid over what was there before.

out = x + y
dx  = dout,  dy = dout,  each summed over the places where it was repeated

The addition of a residual network: F(x) + x, element by element. A smaller tensor is stretched, see ``broadcast``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, stretched, together
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class Add(Layer):
    """x + y, element by element, for any shapes that suit each other."""

    kind = "add"
    reads: ClassVar = {"x": "out", "y": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """The larger shape."""
        return {"out": together("Add", of["x"], of["y"])}

    def batched(self, of: Shapes) -> bool:
        """Where x and y have as many axes: behind a batch they line up all the same."""
        return len(of["x"]) == len(of["y"])

    def forward(self, v: Values) -> None:
        """One sum."""
        v["out"] = v["x"] + v["y"]

    def backward(self, v: Values, d: Values) -> None:
        """Both get all of it."""
        d["x"], d["y"] = gathered(d["out"], v["x"].shape), gathered(d["out"], v["y"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """x+y."""
        if at["x"].shape == at["y"].shape:
            return {"out": Pointwise(lambda x, y, *i: f"{x}+{y}", at["x"], at["y"])}
        x, y = stretched(at["x"]), stretched(at["y"])
        return {"out": lambda *i: f"{x(i)}+{y(i)}"}

"""Binary layers: two tensors meet element by element, the smaller one stretched to the larger, see ``broadcast``.

    out = f(x, y)
    dx  = dout * df/dx,  dy = dout * df/dy,  each summed over the places where it was repeated

Such a layer states its ``number``, its ``back`` and its ``cell``; shapes, gradients and rules come from here. One
with a gradient in cells says ``gives_back = ("x", "y")`` and states its ``backward_cells``.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, together
from sheetnet.layers.pointwise import Pointwise


class Binary(Layer):
    """f(x, y), element by element, for any shapes that suit each other."""

    reads: ClassVar = {"x": "out", "y": "out"}
    role = "sees"

    @abstractmethod
    def number(self, x: Array, y: Array) -> Array:
        """Numbers: f of every pair."""

    @abstractmethod
    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """Numbers: what comes back to x and to y, each still of the shape of ``dout``."""

    @abstractmethod
    def cell(self, x: str, y: str) -> str:
        """Cells: the formula of one element, without its =, from the addresses that it reads."""

    def tensors(self, of: Shapes) -> Shapes:
        """The larger shape."""
        return {"out": together(type(self).__name__, of["x"], of["y"])}

    def batched(self, of: Shapes) -> bool:
        """Where x and y have as many axes: behind a batch they line up all the same."""
        return len(of["x"]) == len(of["y"])

    def forward(self, v: Values) -> None:
        """Every pair for itself."""
        v["out"] = self.number(v["x"], v["y"])

    def backward(self, v: Values, d: Values) -> None:
        """To each its part."""
        x, y = v["x"], v["y"]
        dx, dy = self.back(x, y, d["out"])
        d["x"], d["y"] = gathered(dx, x.shape), gathered(dy, y.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """An address of x and one of y for each."""
        return {"out": Pointwise(self.cell, at["x"], at["y"])}

"""Element-wise layers: each number of x becomes one of its own, whatever stands beside it.

    out = f(x)
    dx  = dout * f'(x)

Such a layer states its ``number``, its ``slope`` and its ``cell``; shapes, gradients and rules come from here.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Role, Rules, Shapes, Slope, Values
from sheetnet.layers.pointwise import Pointwise


class Elementwise(Layer):
    """f(x), element by element, for any shape."""

    role: ClassVar[Role] = "sees"
    in_place: ClassVar[bool] = True

    @abstractmethod
    def number(self, x: Array) -> Array:
        """Numbers: f of every element."""

    @abstractmethod
    def slope(self, x: Array) -> Slope:
        """Numbers: the derivative f' at every element, or one for all; PyTorch's where there is none."""

    @abstractmethod
    def cell(self, x: str) -> str:
        """Cells: the formula of one element, without its =; ``x`` is the address that it reads."""

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Every number for itself."""
        v["out"] = self.number(v["x"])

    def backward(self, v: Values, d: Values) -> None:
        """By the slope."""
        d["x"] = d["out"] * self.slope(v["x"])

    def forward_cells(self, at: Blocks) -> Rules:
        """One address of x for each."""
        return {"out": Pointwise(self.cell, at["x"])}

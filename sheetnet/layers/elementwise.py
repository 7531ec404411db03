"""Element-wise layers: each number of x becomes one of its own, whatever stands beside it.

    out = f(x)
    dx  = dout * f'(x)

Such a layer states its ``number``, its ``slope`` and its ``cell``; shapes, gradients and rules come from here. One
with a gradient in cells says ``gives_back = ("x",)`` and states its ``back_cell``.
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

    # What ``slope`` and ``back_cell`` are told of: "x", or "out" where the derivative is simpler said by the result.
    slope_of: ClassVar[str] = "x"

    @abstractmethod
    def number(self, x: Array) -> Array:
        """Numbers: f of every element."""

    @abstractmethod
    def slope(self, x: Array) -> Slope:
        """Numbers: the derivative f' at every element, or one for all; PyTorch's where there is none.

        ``x`` is what ``slope_of`` names.
        """

    @abstractmethod
    def cell(self, x: str) -> str:
        """Cells: the formula of one element, without its =; ``x`` is the address that it reads."""

    def back_cell(self, x: str, dout: str) -> str:
        """Cells: the formula of the gradient of one element, without its =; ``x`` is of what ``slope_of`` names."""
        raise NotImplementedError(f"{self.kind}: its gradient is declared and not told")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Every number for itself."""
        v["out"] = self.number(v["x"])

    def backward(self, v: Values, d: Values) -> None:
        """By the slope."""
        d["x"] = d["out"] * self.slope(v[self.slope_of])

    def forward_cells(self, at: Blocks) -> Rules:
        """One address of x for each."""
        return {"out": Pointwise(self.cell, at["x"])}

    def backward_cells(self, at: Blocks) -> Rules:
        """One address of x or of out for each, and one of what came back."""
        return {"dx": Pointwise(self.back_cell, at[self.slope_of], at["dout"])}

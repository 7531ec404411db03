"""Mul: every number of x is weighed by one of y.

out = x * y
dx  = dout * y,  dy = dout * x,  each summed over the places where it was repeated
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Blocks
from sheetnet.layers.back.stretched import products_back
from sheetnet.layers.base import Array, Rules
from sheetnet.layers.binary import Binary
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class Mul(Binary):
    """x * y, element by element, for any shapes that suit each other."""

    kind = "mul"
    signs = "kept"
    gives_back = ("x", "y")

    def number(self, x: Array, y: Array) -> Array:
        """One product."""
        return x * y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """To each by the other."""
        return dout * y, dout * x

    def cell(self, x: str, y: str) -> str:
        """x*y."""
        return f"{x}*{y}"

    def backward_cells(self, at: Blocks) -> Rules:
        """dout*y and dout*x, or SUMPRODUCT(dout,x) over the places."""
        x, y, dout = at["x"], at["y"], at["dout"]
        dx = Pointwise("{}*{}".format, dout, y) if x.shape == dout.shape else products_back("Mul", dout, y, x.shape)
        dy = Pointwise("{}*{}".format, dout, x) if y.shape == dout.shape else products_back("Mul", dout, x, y.shape)
        return {"dx": dx, "dy": dy}

"""Div: every number of x is shared out by one of y.

out = x / y
dx  = dout / y,  dy = -dout * x / y^2,  each summed over the places where it was repeated

A division by 0 is an error in a sheet, and infinite in NumPy: neither is a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.layers.base import Array
from sheetnet.layers.binary import Binary


@dataclass(frozen=True, slots=True)
class Div(Binary):
    """x / y, element by element, for any shapes that suit each other."""

    kind = "div"
    signs = "kept"

    def number(self, x: Array, y: Array) -> Array:
        """One quotient."""
        return x / y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """To each by the other."""
        return dout / y, -dout * x / y**2

    def cell(self, x: str, y: str) -> str:
        """x/y."""
        return f"{x}/{y}"

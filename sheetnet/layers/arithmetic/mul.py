"""Mul: every number of x is weighed by one of y.

out = x * y
dx  = dout * y,  dy = dout * x,  each summed over the places where it was repeated
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.layers.base import Array
from sheetnet.layers.binary import Binary


@dataclass(frozen=True, slots=True)
class Mul(Binary):
    """x * y, element by element, for any shapes that suit each other."""

    kind = "mul"
    signs = "kept"

    def number(self, x: Array, y: Array) -> Array:
        """One product."""
        return x * y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """To each by the other."""
        return dout * y, dout * x

    def cell(self, x: str, y: str) -> str:
        """x*y."""
        return f"{x}*{y}"

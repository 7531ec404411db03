"""Tanh: any number becomes one between -1 and 1.

out = (e^x - e^-x) / (e^x + e^-x)
dx  = dout * (1 - out^2)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Tanh(Elementwise):
    """The hyperbolic tangent, element by element, for any shape."""

    kind = "tanh"
    gives = "shares"
    gives_back = ("x",)
    slope_of = "out"

    def number(self, x: Array) -> Array:
        """NumPy knows it."""
        return np.tanh(x)

    def slope(self, x: Array) -> Array:
        """Steepest in the middle, flat at both ends; said by the result itself."""
        return 1 - x**2

    def cell(self, x: str) -> str:
        """TANH(x)."""
        return f"TANH({x})"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*(1-out*out); a square of a negative number is no -out^2."""
        return f"{dout}*(1-{x}*{x})"

"""Exponential: e to the power of every number.

out = e^x
dx  = dout * out
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Exp(Elementwise):
    """e^x, element by element, for any shape; x up to 709, behind which neither half has a number."""

    kind = "exp"
    signs = "never"
    gives_back = ("x",)
    slope_of = "out"

    def number(self, x: Array) -> Array:
        """NumPy's exponential."""
        return np.exp(x)

    def slope(self, x: Array) -> Array:
        """It grows as fast as it is large."""
        return x

    def cell(self, x: str) -> str:
        """EXP(x)."""
        return f"EXP({x})"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*out."""
        return f"{dout}*{x}"

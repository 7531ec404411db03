"""Square root: which number gives this one when multiplied by itself.

out = sqrt(x)
dx  = dout / (2 * out)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Sqrt(Elementwise):
    """The root of x, element by element, for any shape; x from 0 on."""

    kind = "sqrt"
    signs = "kept"
    gives_back = ("x",)
    slope_of = "out"

    def number(self, x: Array) -> Array:
        """NumPy's root."""
        return np.sqrt(x)

    def slope(self, x: Array) -> Array:
        """Said by the root itself; at 0 there is none."""
        return 1 / (2 * x)

    def cell(self, x: str) -> str:
        """SQRT(x)."""
        return f"SQRT({x})"

    def back_cell(self, x: str, dout: str) -> str:
        """dout/(2*out)."""
        return f"{dout}/(2*{x})"

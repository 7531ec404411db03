"""Natural logarithm: to which power e must be taken to give the number.

out = ln(x)
dx  = dout / x
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Log(Elementwise):
    """ln(x), element by element, for any shape; x above 0."""

    kind = "log"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """NumPy's natural logarithm."""
        return np.log(x)

    def slope(self, x: Array) -> Array:
        """The smaller the number, the steeper."""
        return 1 / x

    def cell(self, x: str) -> str:
        """LN(x)."""
        return f"LN({x})"

    def back_cell(self, x: str, dout: str) -> str:
        """dout/x."""
        return f"{dout}/{x}"

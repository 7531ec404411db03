"""ReLU, the switch: a negative number becomes 0, any other stays.

out = max(x, 0)
dx  = dout where x > 0, else 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_above_0
from sheetnet.layers.base import TIED, Array, Slope
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class ReLU(Elementwise):
    """max(x, 0), element by element, for any shape."""

    kind = "relu"
    signs = "never"
    near = ("charts",)
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """The larger of x and 0."""
        return np.maximum(x, 0)

    def slope(self, x: Array) -> Slope:
        """What was let through comes back; at 0 itself, or as good as 0, nothing does."""
        return x > TIED

    def cell(self, x: str) -> str:
        """MAX(x,0)."""
        return f"MAX({x},0)"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x>0,dout,0)."""
        return f"IF({is_above_0(x)},{dout},0)"

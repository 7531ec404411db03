"""Absolute value: every number loses its sign.

out = |x|
dx  = dout where x > 0, -dout where x < 0, 0 at 0 itself, or as good as 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_above_0, is_below_0
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Abs(Elementwise):
    """|x|, element by element, for any shape."""

    kind = "abs"
    signs = "never"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """How far each number lies from 0."""
        return np.abs(x)

    def slope(self, x: Array) -> Array:
        """1 above 0, -1 below, 0 at 0 itself, or as good as 0."""
        return np.where(np.abs(x) > TIED, np.sign(x), 0.0)

    def cell(self, x: str) -> str:
        """ABS(x)."""
        return f"ABS({x})"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x>0,dout,IF(x<0,-dout,0))."""
        return f"IF({is_above_0(x)},{dout},IF({is_below_0(x)},-{dout},0))"

"""Leaky ReLU: a positive number stays, a negative one becomes small.

out = x where x > 0, else alpha * x
dx  = dout where x > 0, else alpha * dout
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_above_0
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class LeakyReLU(Elementwise):
    """x, or ``alpha`` times x where it is negative, element by element, for any shape."""

    kind = "leakyrelu"
    gives_back = ("x",)

    alpha: float = 0.01

    def __post_init__(self) -> None:
        as_number(self.alpha, "LeakyReLU: alpha")

    def number(self, x: Array) -> Array:
        """Two slopes that meet at 0."""
        return x * np.where(x > 0, 1.0, self.alpha)

    def slope(self, x: Array) -> Array:
        """At 0 itself, or as good as 0, it is alpha."""
        return np.where(x > TIED, 1.0, self.alpha)

    def cell(self, x: str) -> str:
        """IF(x<0,alpha*x,x)."""
        return f"IF({x}<0,{literal(self.alpha)}*{x},{x})"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x>0,dout,alpha*dout)."""
        return f"IF({is_above_0(x)},{dout},{literal(self.alpha)}*{dout})"

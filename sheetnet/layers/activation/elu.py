"""ELU: a positive number stays, a negative one sinks towards -alpha.

out = x where x > 0, else alpha * (e^x - 1)
dx  = dout where x > 0, else dout * alpha * e^x

Source: Clevert, Unterthiner and Hochreiter, arXiv 1511.07289.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_above_0
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class ELU(Elementwise):
    """x, or ``alpha`` times (e^x - 1) where it is negative, element by element, for any shape."""

    kind = "elu"
    gives_back = ("x",)

    alpha: float = 1.0

    def __post_init__(self) -> None:
        as_number(self.alpha, "ELU: alpha")

    def number(self, x: Array) -> Array:
        """With the exponent of the negative numbers alone, so that nothing overflows."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array) -> Array:
        """At 0 itself it is that of the negative numbers."""
        return np.where(x > TIED, 1.0, self.alpha * np.exp(np.minimum(x, 0)))

    def cell(self, x: str) -> str:
        """IF(x<0,alpha*(EXP(x)-1),x)."""
        below = f"EXP({x})-1" if self.alpha == 1 else f"{literal(self.alpha)}*(EXP({x})-1)"
        return f"IF({x}<0,{below},{x})"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x>0,dout,dout*alpha*EXP(x)); a number that is hard to tell from 0 is 0."""
        below = f"{dout}*EXP({x})" if self.alpha == 1 else f"{dout}*{literal(self.alpha)}*EXP({x})"
        return f"IF({is_above_0(x)},{dout},{below})"

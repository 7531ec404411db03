"""CELU: an ELU whose slope is 1 on both sides of 0, whatever alpha is.

out = x where x > 0, else alpha * (e^(x / alpha) - 1)
dx  = dout where x > 0, else dout * e^(x / alpha)

Source: Barron, "Continuously Differentiable Exponential Linear Units", arXiv 1704.07483.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal

MOST = 1e6  # alpha; with a larger one, too few digits of e^(x / alpha) - 1 are left in a sheet


@dataclass(frozen=True, slots=True)
class CELU(Elementwise):
    """x, or ``alpha`` times (e^(x / alpha) - 1) where it is negative, element by element, for any shape."""

    kind = "celu"
    gives_back = ("x",)

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < as_number(self.alpha, "CELU: alpha") <= MOST:
            raise NetworkError(f"CELU: alpha is {self.alpha}; use a number above 0, up to {MOST:.0f}")

    def number(self, x: Array) -> Array:
        """With the exponent of the negative numbers alone, so that nothing overflows."""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0) / self.alpha))

    def slope(self, x: Array) -> Array:
        """1 at 0 itself, too."""
        return np.where(x > 0, 1.0, np.exp(np.minimum(x, 0) / self.alpha))

    def cell(self, x: str) -> str:
        """IF(x<0,alpha*(EXP(x/alpha)-1),x)."""
        alpha = literal(self.alpha)
        divisor = f"({alpha})" if "*" in alpha else alpha  # a very small one is written 2*10^-40
        below = f"EXP({x})-1" if self.alpha == 1 else f"{alpha}*(EXP({x}/{divisor})-1)"
        return f"IF({x}<0,{below},{x})"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x>0,dout,dout*EXP(x/alpha))."""
        return f"IF({x}>0,{dout},{dout}*EXP({x}/({literal(self.alpha)})))"

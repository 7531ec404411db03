"""Hard sigmoid: a sigmoid made of three straight lines.

out = alpha * x + beta, but at least 0 and at most 1
dx  = alpha * dout where 0 < out < 1, else 0, and where it is as good as 0 or 1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import TOLERANCE, is_above_0
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class HardSigmoid(Elementwise):
    """alpha * x + beta, cut off at 0 and 1, element by element, for any shape."""

    kind = "hardsigmoid"
    signs = "never"
    gives = "shares"
    gives_back = ("x",)
    slope_of = "out"

    alpha: float = 0.2
    beta: float = 0.5

    def __post_init__(self) -> None:
        as_number(self.alpha, "HardSigmoid: alpha")
        as_number(self.beta, "HardSigmoid: beta")

    def number(self, x: Array) -> Array:
        """A line, cut off at both ends."""
        return np.clip(self.alpha * x + self.beta, 0, 1)

    def slope(self, x: Array) -> Array:
        """Only what lies between the two corners lets anything through."""
        return np.where((x > TIED) & (x < 1 - TIED), self.alpha, 0.0)

    def cell(self, x: str) -> str:
        """MAX(0,MIN(1,alpha*x+beta))."""
        plus = "" if self.beta == 0 else literal(self.beta) if self.beta < 0 else f"+{literal(self.beta)}"
        return f"MAX(0,MIN(1,{literal(self.alpha)}*{x}{plus}))"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(AND(out>0,out<1),alpha*dout,0)."""
        return f"IF(AND({is_above_0(x)},{x}<1-{TOLERANCE}),{literal(self.alpha)}*{dout},0)"

"""SELU: an ELU that is stretched, so that numbers keep mean 0 and variance 1 from layer to layer.

out = gamma * x where x > 0, else gamma * alpha * (e^x - 1)
dx  = dout * gamma where x > 0, else dout * gamma * alpha * e^x

Source: Klambauer, Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks", arXiv 1706.02515.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_above_0
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class SELU(Elementwise):
    """``gamma`` times an ELU with ``alpha``, element by element, for any shape; both are those of the paper."""

    kind = "selu"
    gives_back = ("x",)

    alpha: float = 1.6732632423543772
    gamma: float = 1.0507009873554805

    def __post_init__(self) -> None:
        as_number(self.alpha, "SELU: alpha")
        as_number(self.gamma, "SELU: gamma")

    def number(self, x: Array) -> Array:
        """With the exponent of the negative numbers alone, so that nothing overflows."""
        return self.gamma * np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array) -> Array:
        """At 0 itself it is that of the negative numbers."""
        return self.gamma * np.where(x > TIED, 1.0, self.alpha * np.exp(np.minimum(x, 0)))

    def cell(self, x: str) -> str:
        """gamma*IF(x<0,alpha*(EXP(x)-1),x)."""
        return f"{literal(self.gamma)}*IF({x}<0,{literal(self.alpha)}*(EXP({x})-1),{x})"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*gamma*IF(x>0,1,alpha*EXP(x)); a number that is hard to tell from 0 is 0."""
        return f"{dout}*{literal(self.gamma)}*IF({is_above_0(x)},1,{literal(self.alpha)}*EXP({x}))"

"""GELU: every number times the share of a bell curve that lies below it.

out = x * P(x),   P(x) = (1 + erf(x / sqrt(2))) / 2
dx  = dout * (P(x) + x * p(x)),   p(x) = e^(-x^2 / 2) / sqrt(2 pi)

or, as an approximation that needs no error function, P(x) = (1 + tanh(u)) / 2 with
u = sqrt(2 / pi) * (x + 0.044715 * x^3). Source: Hendrycks and Gimpel, arXiv 1606.08415.

The sheet looks P(x) up in NORMSDIST, the bell curve that every spreadsheet has; formualizer, LibreOffice and Gnumeric
agree with the error function to 6e-16, and none of them overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, pi, sqrt

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise

_BELOW = np.vectorize(lambda x: erfc(-x / sqrt(2)) / 2, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class GELU(Elementwise):
    """x times P(x), element by element, for any shape. ``approximate``: "none" or "tanh"."""

    kind = "gelu"
    gives_back = ("x",)

    approximate: str = "none"

    def __post_init__(self) -> None:
        if self.approximate not in ("none", "tanh"):
            raise NetworkError(f'GELU: approximate is {shown(self.approximate)}; use "none" or "tanh"')

    def number(self, x: Array) -> Array:
        """The number, weighed by the bell curve."""
        return x * (self._tanh(x) + 1) / 2 if self.approximate == "tanh" else x * _BELOW(x)

    def slope(self, x: Array) -> Array:
        """The product rule."""
        if self.approximate == "tanh":
            t = self._tanh(x)
            inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2)
            return np.asarray((1 + t) / 2 + x * (1 - t**2) * inner / 2)
        return np.asarray(_BELOW(x) + x * np.exp(-(x**2) / 2) / sqrt(2 * pi))

    @staticmethod
    def _tanh(x: Array) -> Array:
        return np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))

    def cell(self, x: str) -> str:
        """x*NORMSDIST(x), or with TANH."""
        if self.approximate == "none":
            return f"{x}*NORMSDIST({x})"
        return f"{x}*(1+TANH(SQRT(2/PI())*({x}+0.044715*{x}^3)))/2"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*(NORMSDIST(x)+x*EXP(-x^2/2)/SQRT(2*PI())), or with TANH."""
        if self.approximate == "none":
            return f"{dout}*(NORMSDIST({x})+{x}*EXP(-POWER({x},2)/2)/SQRT(2*PI()))"
        t = f"TANH(SQRT(2/PI())*({x}+0.044715*{x}^3))"
        inner = f"SQRT(2/PI())*(1+0.134145*POWER({x},2))"
        return f"{dout}*((1+{t})/2+{x}*(1-POWER({t},2))*{inner}/2)"

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
from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values

_BELOW = np.vectorize(lambda x: erfc(-x / sqrt(2)) / 2, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class GELU(Layer):
    """x times P(x), element by element, for any shape. ``approximate``: "none" or "tanh"."""

    kind = "gelu"

    approximate: str = "none"

    def __post_init__(self) -> None:
        if self.approximate not in ("none", "tanh"):
            raise NetworkError(f'GELU: approximate is {shown(self.approximate)}; use "none" or "tanh"')

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The number, weighed by the bell curve."""
        v["out"] = v["x"] * (self._tanh(v["x"]) + 1) / 2 if self.approximate == "tanh" else v["x"] * _BELOW(v["x"])

    def backward(self, v: Values, d: Values) -> None:
        """The product rule."""
        x = v["x"]
        if self.approximate == "tanh":
            t = self._tanh(x)
            inner = sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2)
            d["x"] = d["out"] * ((1 + t) / 2 + x * (1 - t**2) * inner / 2)
        else:
            d["x"] = d["out"] * (_BELOW(x) + x * np.exp(-(x**2) / 2) / sqrt(2 * pi))

    @staticmethod
    def _tanh(x: Array) -> Array:
        return np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))

    def forward_cells(self, at: Blocks) -> Rules:
        """x*NORMSDIST(x), or with TANH."""
        x = at["x"]
        if self.approximate == "none":
            return {"out": lambda *i: f"{x[i]}*NORMSDIST({x[i]})"}
        return {"out": lambda *i: f"{x[i]}*(1+TANH(SQRT(2/PI())*({x[i]}+0.044715*{x[i]}^3)))/2"}

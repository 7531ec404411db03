"""Softplus: a ReLU whose corner is rounded off.

out = ln(1 + e^x)
dx  = dout / (1 + e^-x)

Both halves take the exponent that is not positive, out = max(x, 0) + ln(1 + e^-|x|), so that nothing overflows.
Source: Glorot, Bordes and Bengio, "Deep Sparse Rectifier Neural Networks", AISTATS 2011.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.activation.sigmoid import sigmoid
from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Softplus(Elementwise):
    """ln(1 + e^x), element by element, for any shape."""

    kind = "softplus"
    signs = "never"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """NumPy adds e^0 and e^x as their logarithms."""
        return np.logaddexp(0, x)

    def slope(self, x: Array) -> Array:
        """It grows as a sigmoid."""
        return sigmoid(x)

    def cell(self, x: str) -> str:
        """MAX(x,0)+LN(1+EXP(-ABS(x)))."""
        return f"MAX({x},0)+LN(1+EXP(-ABS({x})))"

    def back_cell(self, x: str, dout: str) -> str:
        """dout/(1+EXP(-x)), the exponent at most 700."""
        return f"{dout}/(1+EXP(MIN(-{x},700)))"

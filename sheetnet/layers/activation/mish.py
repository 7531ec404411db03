"""Mish: every number times the tanh of its softplus, a gate that is open for large numbers.

out = x * t,   t = tanh(ln(1 + e^x))
dx  = dout * (t + x * (1 - t^2) / (1 + e^-x))

Both halves take ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|), so that nothing overflows; see ``softplus``.
Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", arXiv 1908.08681.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.activation.sigmoid import sigmoid
from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Mish(Elementwise):
    """x times tanh(ln(1 + e^x)), element by element, for any shape."""

    kind = "mish"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """NumPy adds e^0 and e^x as their logarithms."""
        return x * np.tanh(np.logaddexp(0, x))

    def slope(self, x: Array) -> Array:
        """The product rule; the gate grows as tanh does, times the sigmoid of x."""
        gate = np.tanh(np.logaddexp(0, x))
        return np.asarray(gate + x * (1 - gate**2) * sigmoid(x))

    def cell(self, x: str) -> str:
        """x*TANH(MAX(x,0)+LN(1+EXP(-ABS(x))))."""
        return f"{x}*TANH(MAX({x},0)+LN(1+EXP(-ABS({x}))))"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*(t+x*(1-t^2)/(1+EXP(-x))), t=TANH(softplus)."""
        gate = f"TANH(MAX({x},0)+LN(1+EXP(-ABS({x}))))"
        return f"{dout}*({gate}+{x}*(1-POWER({gate},2))/(1+EXP(MIN(-{x},700))))"

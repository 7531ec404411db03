"""Sigmoid: any number becomes a share between 0 and 1.

out = 1 / (1 + e^-x)
dx  = dout * out * (1 - out)

The sheet stops the exponent at 700: e^710 is an error in a spreadsheet, and 1 / (1 + e^700) is 0 for every purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


def sigmoid(x: Array) -> Array:
    """Numbers: 1 / (1 + e^-x), with the exponent that is not positive, so that nothing overflows."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x < 0, small, 1) / (1 + small))


@dataclass(frozen=True, slots=True)
class Sigmoid(Elementwise):
    """1 / (1 + e^-x), element by element, for any shape."""

    kind = "sigmoid"
    signs = "never"
    gives = "shares"
    gives_back = ("x",)
    slope_of = "out"

    def number(self, x: Array) -> Array:
        """A share of each number."""
        return sigmoid(x)

    def slope(self, x: Array) -> Array:
        """Steepest in the middle, flat at both ends; said by the share itself."""
        return x * (1 - x)

    def cell(self, x: str) -> str:
        """1/(1+EXP(-x)), the exponent at most 700."""
        return f"1/(1+EXP(MIN(-{x},700)))"

    def back_cell(self, x: str, dout: str) -> str:
        """dout*out*(1-out)."""
        return f"{dout}*{x}*(1-{x})"

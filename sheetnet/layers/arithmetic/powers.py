"""Powers: every number of x to a power of its own, which y says.

out = x^y
dx  = dout * y * x^(y - 1),  dy = dout * x^y * ln(x),  each summed over the places where it was repeated

An exponent of 0 gives nothing back to x, and 0^y nothing to y from 0 on. A number below 0 has a power only where the
exponent is whole. See ``pow`` for one exponent that is an option.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.binary import Binary


@dataclass(frozen=True, slots=True)
class Powers(Binary):
    """x to the power y, element by element, for any shapes that suit each other."""

    kind = "powers"

    def number(self, x: Array, y: Array) -> Array:
        """NumPy's power."""
        return np.asarray(np.power(x, y))

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """By the rule for powers, and by that for exponentials; 0 where the factor 0 meets one without a bound."""
        with np.errstate(divide="ignore", invalid="ignore"):
            dx = dout * y * np.power(x, y - 1)
            dy = dout * np.power(x, y) * np.log(x)
        return np.where(y == 0, 0.0, dx), np.where((x == 0) & (y >= 0), 0.0, dy)

    def cell(self, x: str, y: str) -> str:
        """POWER(x,y)."""
        return f"POWER({x},{y})"

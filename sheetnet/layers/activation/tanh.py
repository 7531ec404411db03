"""Tanh: any number becomes one between -1 and 1.

out = (e^x - e^-x) / (e^x + e^-x)
dx  = dout * (1 - out^2)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Tanh(Elementwise):
    """The hyperbolic tangent, element by element, for any shape."""

    kind = "tanh"
    gives = "shares"

    def number(self, x: Array) -> Array:
        """NumPy knows it."""
        return np.tanh(x)

    def slope(self, x: Array) -> Array:
        """Steepest in the middle, flat at both ends."""
        return 1 - np.tanh(x) ** 2

    def cell(self, x: str) -> str:
        """TANH(x)."""
        return f"TANH({x})"

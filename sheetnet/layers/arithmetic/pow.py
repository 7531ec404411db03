"""Pow: every number, moved by a little, to the same power, such as a square or one by a root.

out = (x + plus)^exponent
dx  = dout * exponent * (x + plus)^(exponent - 1)

A sum below 0 has a power only where the exponent is whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class Pow(Elementwise):
    """(x + ``plus``) to the power ``exponent``, element by element, for any shape."""

    kind = "pow"
    gives_back = ("x",)

    exponent: float = 2.0
    plus: float = 0.0

    def __post_init__(self) -> None:
        if not as_number(self.exponent, "Pow: exponent"):
            raise NetworkError("Pow: exponent is 0, which makes every number 1; use another exponent")
        as_number(self.plus, "Pow: plus")

    def number(self, x: Array) -> Array:
        """NumPy's power."""
        return np.asarray(np.power(x + self.plus, float(self.exponent)))

    def slope(self, x: Array) -> Array:
        """One power less."""
        return np.asarray(self.exponent * np.power(x + self.plus, float(self.exponent - 1)))

    def cell(self, x: str) -> str:
        """POWER(x+plus,exponent)."""
        return self._power(x, self.exponent)

    def back_cell(self, x: str, dout: str) -> str:
        """dout*exponent*POWER(x+plus,exponent-1)."""
        if self.exponent == 1:
            return dout
        return f"{dout}*{literal(self.exponent)}*{self._power(x, self.exponent - 1)}"

    def _power(self, x: str, exponent: float) -> str:
        plus = f"{'+' if self.plus > 0 else ''}{literal(self.plus)}" if self.plus else ""
        return f"POWER({x}{plus},{literal(exponent)})"

"""Negation: every number changes its sign.

out = -x
dx  = -dout
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Neg(Elementwise):
    """-x, element by element, for any shape."""

    kind = "neg"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """The other sign."""
        return -x

    def slope(self, x: Array) -> Array:
        """-1 everywhere."""
        return -np.ones_like(x)

    def cell(self, x: str) -> str:
        """-x."""
        return f"-{x}"

    def back_cell(self, x: str, dout: str) -> str:
        """-dout."""
        return f"-{dout}"

"""Add, the shortcut: what was found, laid over what was there before.

out = x + y
dx  = dout,  dy = dout,  each summed over the places where it was repeated

The addition of a residual network: F(x) + x, element by element. A smaller tensor is stretched, see ``broadcast``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Blocks
from sheetnet.layers.back.stretched import gathered_back
from sheetnet.layers.base import Array, Rules
from sheetnet.layers.binary import Binary


@dataclass(frozen=True, slots=True)
class Add(Binary):
    """x + y, element by element, for any shapes that suit each other."""

    kind = "add"
    signs = "kept"
    near = ("residual",)
    gives_back = ("x", "y")

    def number(self, x: Array, y: Array) -> Array:
        """One sum."""
        return x + y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """Both get all of it."""
        return dout, dout

    def cell(self, x: str, y: str) -> str:
        """x+y."""
        return f"{x}+{y}"

    def backward_cells(self, at: Blocks) -> Rules:
        """What came back, or its SUM over the places."""
        return {f"d{own}": gathered_back("Add", at["dout"], at[own].shape) for own in ("x", "y")}

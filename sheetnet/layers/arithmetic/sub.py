"""Sub: what is left of x when y is taken away.

out = x - y
dx  = dout,  dy = -dout,  each summed over the places where it was repeated
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Blocks
from sheetnet.layers.back.stretched import gathered_back
from sheetnet.layers.base import Array, Rules
from sheetnet.layers.binary import Binary


@dataclass(frozen=True, slots=True)
class Sub(Binary):
    """x - y, element by element, for any shapes that suit each other."""

    kind = "sub"
    gives_back = ("x", "y")

    def number(self, x: Array, y: Array) -> Array:
        """One difference."""
        return x - y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """All of it, and its opposite."""
        return dout, -dout

    def cell(self, x: str, y: str) -> str:
        """x-y."""
        return f"{x}-{y}"

    def backward_cells(self, at: Blocks) -> Rules:
        """What came back, or its SUM over the places; to y with a minus."""
        dx, dy = (gathered_back("Sub", at["dout"], at[own].shape) for own in ("x", "y"))
        return {"dx": dx, "dy": lambda *index: f"-{dy(*index)}"}

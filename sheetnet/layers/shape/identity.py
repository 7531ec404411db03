"""Identity: every number stays as it is.

out = x
dx  = dout

What exporters leave behind: a name in the graph that calculates nothing (dropout, when it is not training).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class Identity(Elementwise):
    """x once more, for any shape."""

    kind = "identity"
    role = "rearranges"
    signs = "kept"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """The same numbers."""
        return x

    def slope(self, x: Array) -> Array:
        """1 everywhere."""
        return np.ones(())

    def cell(self, x: str) -> str:
        """The address of the element, nothing else."""
        return x

    def back_cell(self, x: str, dout: str) -> str:
        """What came back, nothing else."""
        return dout

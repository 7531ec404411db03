"""Tanh: any number becomes one between -1 and 1.

out = (e^x - e^-x) / (e^x + e^-x)
dx  = dout * (1 - out^2)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class Tanh(Layer):
    """The hyperbolic tangent, element by element, for any shape."""

    kind = "tanh"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """NumPy knows it."""
        v["out"] = np.tanh(v["x"])

    def backward(self, v: Values, d: Values) -> None:
        """Steepest in the middle, flat at both ends."""
        d["x"] = d["out"] * (1 - v["out"] ** 2)

    def forward_cells(self, at: Blocks) -> Rules:
        """TANH(x)."""
        x = at["x"]
        return {"out": lambda *i: f"TANH({x[i]})"}

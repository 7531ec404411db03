"""Leaky ReLU: a positive number stays, a negative one becomes small.

out = x where x > 0, else alpha * x
dx  = dout where x > 0, else alpha * dout
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class LeakyReLU(Layer):
    """x, or ``alpha`` times x where it is negative, element by element, for any shape."""

    kind = "leakyrelu"

    alpha: float = 0.01

    def __post_init__(self) -> None:
        as_number(self.alpha, "LeakyReLU: alpha")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Two slopes that meet at 0."""
        v["out"] = v["x"] * np.where(v["x"] > 0, 1.0, self.alpha)

    def backward(self, v: Values, d: Values) -> None:
        """By the slope; at 0 itself it is alpha."""
        d["x"] = d["out"] * np.where(v["x"] > 0, 1.0, self.alpha)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x<0,alpha*x,x)."""
        x, alpha = at["x"], literal(self.alpha)
        return {"out": lambda *i: f"IF({x[i]}<0,{alpha}*{x[i]},{x[i]})"}

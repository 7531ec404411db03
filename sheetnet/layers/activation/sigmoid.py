"""Sigmoid: any number becomes a share between 0 and 1.

out = 1 / (1 + e^-x)
dx  = dout * out * (1 - out)

The sheet stops the exponent at 700: e^710 is an error in a spreadsheet, and 1 / (1 + e^700) is 0 for every purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class Sigmoid(Layer):
    """1 / (1 + e^-x), element by element, for any shape."""

    kind = "sigmoid"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """With the exponent that is not positive, so that nothing overflows."""
        small = np.exp(-np.abs(v["x"]))
        v["out"] = np.where(v["x"] < 0, small, 1) / (1 + small)

    def backward(self, v: Values, d: Values) -> None:
        """Steepest in the middle, flat at both ends."""
        d["x"] = d["out"] * v["out"] * (1 - v["out"])

    def forward_cells(self, at: Blocks) -> Rules:
        """1/(1+EXP(-x)), the exponent at most 700."""
        x = at["x"]
        return {"out": lambda *i: f"1/(1+EXP(MIN(-{x[i]},700)))"}

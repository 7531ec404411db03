"""Hard sigmoid: a sigmoid made of three straight lines.

out = alpha * x + beta, but at least 0 and at most 1
dx  = alpha * dout where 0 < out < 1, else 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class HardSigmoid(Layer):
    """alpha * x + beta, cut off at 0 and 1, element by element, for any shape."""

    kind = "hardsigmoid"

    alpha: float = 0.2
    beta: float = 0.5

    def __post_init__(self) -> None:
        as_number(self.alpha, "HardSigmoid: alpha")
        as_number(self.beta, "HardSigmoid: beta")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """A line, cut off at both ends."""
        v["out"] = np.clip(self.alpha * v["x"] + self.beta, 0, 1)

    def backward(self, v: Values, d: Values) -> None:
        """Only the slope between the two corners lets anything through."""
        d["x"] = d["out"] * np.where((v["out"] > 0) & (v["out"] < 1), self.alpha, 0.0)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(0,MIN(1,alpha*x+beta))."""
        x, alpha = at["x"], literal(self.alpha)
        plus = "" if self.beta == 0 else literal(self.beta) if self.beta < 0 else f"+{literal(self.beta)}"
        return {"out": lambda *i: f"MAX(0,MIN(1,{alpha}*{x[i]}{plus}))"}

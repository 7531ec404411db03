"""ELU: a positive number stays, a negative one sinks towards -alpha.

out = x where x > 0, else alpha * (e^x - 1)
dx  = dout where x > 0, else dout * alpha * e^x

Source: Clevert, Unterthiner and Hochreiter, arXiv 1511.07289.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class ELU(Layer):
    """x, or ``alpha`` times (e^x - 1) where it is negative, element by element, for any shape."""

    kind = "elu"

    alpha: float = 1.0

    def __post_init__(self) -> None:
        as_number(self.alpha, "ELU: alpha")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """With the exponent of the negative numbers alone, so that nothing overflows."""
        v["out"] = np.where(v["x"] > 0, v["x"], self.alpha * np.expm1(np.minimum(v["x"], 0)))

    def backward(self, v: Values, d: Values) -> None:
        """At 0 itself it is that of the negative numbers."""
        d["x"] = d["out"] * np.where(v["x"] > 0, 1.0, self.alpha * np.exp(np.minimum(v["x"], 0)))

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x<0,alpha*(EXP(x)-1),x)."""
        x = at["x"]
        times = "" if self.alpha == 1 else f"{literal(self.alpha)}*"

        def rule(*i: int) -> str:
            below = f"EXP({x[i]})-1"
            return f"IF({x[i]}<0,{f'{times}({below})' if times else below},{x[i]})"

        return {"out": rule}

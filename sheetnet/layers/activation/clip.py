"""Clip: no number stays below one bound or above another.

out = x, but at least low, and then at most high
dx  = dout where low <= x <= high, else 0

ReLU6 is clip with 0 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class Clip(Layer):
    """x between ``low`` and ``high``, element by element, for any shape; None is no bound."""

    kind = "clip"

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                as_number(getattr(self, name), f"Clip: {name}")

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """First the lower bound, then the upper one, which wins where they cross."""
        out = v["x"]
        if self.low is not None:
            out = np.maximum(out, self.low)
        v["out"] = out if self.high is None else np.minimum(out, self.high)

    def backward(self, v: Values, d: Values) -> None:
        """What was not cut off comes back."""
        kept = np.ones_like(v["x"], dtype=bool)
        if self.low is not None:
            kept &= v["x"] >= self.low
        if self.high is not None:
            kept &= v["x"] <= self.high
        d["x"] = d["out"] * kept

    def forward_cells(self, at: Blocks) -> Rules:
        """MIN(MAX(x,low),high)."""
        x = at["x"]
        before, after = "", ""
        if self.low is not None:
            before, after = "MAX(", f",{literal(self.low)})"
        if self.high is not None:
            before, after = f"MIN({before}", f"{after},{literal(self.high)})"
        return {"out": lambda *i: f"{before}{x[i]}{after}"}

"""Hard swish: every number times its own hard sigmoid.

out = x * s,   s = x / 6 + 1/2, but at least 0 and at most 1
dx  = dout * (0 where x <= -3, 1 where x >= 3, else x / 3 + 1/2)

Source: Howard and others, "Searching for MobileNetV3", arXiv 1905.02244.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class HardSwish(Layer):
    """x times (x / 6 + 1/2, cut off at 0 and 1), element by element, for any shape."""

    kind = "hardswish"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The number, weighed by its gate."""
        v["out"] = v["x"] * np.clip(v["x"] / 6 + 0.5, 0, 1)

    def backward(self, v: Values, d: Values) -> None:
        """Three pieces."""
        x = v["x"]
        d["x"] = d["out"] * np.where(x <= -3, 0, np.where(x >= 3, 1, x / 3 + 0.5))

    def forward_cells(self, at: Blocks) -> Rules:
        """x*MAX(0,MIN(1,x/6+0.5))."""
        x = at["x"]
        return {"out": lambda *i: f"{x[i]}*MAX(0,MIN(1,{x[i]}/6+0.5))"}

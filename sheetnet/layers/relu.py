"""ReLU, the switch: a negative number becomes 0, any other stays.

out = max(x, 0)
dx  = dout where x > 0, else 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class ReLU(Layer):
    """max(x, 0), element by element, for any shape."""

    kind = "relu"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The larger of x and 0."""
        v["out"] = np.maximum(v["x"], 0)

    def backward(self, v: Values, d: Values) -> None:
        """What was let through comes back; at 0 itself nothing does."""
        d["x"] = d["out"] * (v["x"] > 0)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(x,0)."""
        return {"out": Pointwise(lambda x, *i: f"MAX({x},0)", at["x"])}

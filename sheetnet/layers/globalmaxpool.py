"""Global max pooling: of each map only its largest number is left.

out[c] = max over y, x of  x[c, y, x]

Backwards, the gradient goes to the largest pixel, and to the first of them, row by row, where several are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules, Values
from sheetnet.layers.pooling import GlobalPooling
from sheetnet.layers.ranges import call
from sheetnet.layers.sliding import whole_map


@dataclass(frozen=True, slots=True)
class GlobalMaxPool(GlobalPooling):
    """The largest number of every channel; x is (C, H, W), out is (C, 1, 1)."""

    kind = "globalmaxpool"
    role = "sees"
    signs = "kept"
    pools = True

    def forward(self, v: Values) -> None:
        """The largest over both axes of the picture."""
        v["out"] = v["x"].max((-2, -1), keepdims=True)

    def backward(self, v: Values, d: Values) -> None:
        """All of it to one pixel of each map."""
        x = v["x"]
        maps = x.reshape(*x.shape[:-2], -1)
        dx = np.zeros_like(maps)
        np.put_along_axis(dx, maps.argmax(-1)[..., None], d["out"][..., 0], -1)
        d["x"] = dx.reshape(x.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(map); in ``rows`` a map is one range per pixel row."""
        x = at["x"]
        return {"out": lambda c, *_: call("GlobalMaxPool", "MAX", whole_map(x, c))}

"""Global average pooling: of each map one number is left, its mean.

out[c] = sum over y, x of  x[c, y, x] / (H * W)
dx[c, y, x] = dout[c] / (H * W)

Source: Lin, Chen and Yan, "Network In Network", arXiv 1312.4400.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.window import MOST_ARGUMENTS, whole, whole_map


@dataclass(frozen=True, slots=True)
class GlobalAvgPool(Layer):
    """The mean of every channel; x is (C, H, W), out is (C, 1, 1)."""

    kind = "globalavgpool"
    role = "sees"
    signs = "kept"
    pools = True

    def tensors(self, of: Shapes) -> Shapes:
        """(C, 1, 1)."""
        return {"out": whole("GlobalAvgPool", of["x"])}

    def forward(self, v: Values) -> None:
        """The mean over both axes of the picture."""
        v["out"] = v["x"].mean((-2, -1), keepdims=True)

    def backward(self, v: Values, d: Values) -> None:
        """Every pixel has the same share."""
        height, width = v["x"].shape[-2:]
        d["x"] = np.broadcast_to(d["out"] / (height * width), v["x"].shape).copy()

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(map); in ``rows`` a map is one range per pixel row, and of very many the sum is divided."""
        x = at["x"]
        _, height, width = x.shape
        if len(x.strips(0, height, 0)) <= MOST_ARGUMENTS:
            return {"out": lambda c, y, i: f"AVERAGE({whole_map(x, c, 'SUM')})"}
        return {"out": lambda c, y, i: f"SUM({whole_map(x, c, 'SUM')})/{height * width}"}

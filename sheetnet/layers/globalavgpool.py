"""Global average pooling: of each map one number is left, its mean.

out[c] = sum over y, x of  x[c, y, x] / (H * W)
dx[c, y, x] = dout[c] / (H * W)

Source: Lin, Chen and Yan, "Network In Network", arXiv 1312.4400.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules, Values
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.pooling import GlobalPooling
from sheetnet.layers.ranges import MOST_ARGUMENTS, call
from sheetnet.layers.sliding import whole_map


@dataclass(frozen=True, slots=True)
class GlobalAvgPool(GlobalPooling):
    """The mean of every channel; x is (C, H, W), out is (C, 1, 1)."""

    kind = "globalavgpool"
    role = "sees"
    signs = "kept"
    pools = True
    gives_back = ("x",)

    def forward(self, v: Values) -> None:
        """The mean over both axes of the picture."""
        v["out"] = v["x"].mean((-2, -1), keepdims=True)

    def backward(self, v: Values, d: Values) -> None:
        """Every pixel has the same share."""
        height, width = v["x"].shape[-2:]
        d["x"] = np.broadcast_to(d["out"] / (height * width), v["x"].shape).copy()

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(map); in ``rows`` a map is one range per pixel row, and of very many the sum is divided."""
        x, cells = at["x"], at["x"].shape[1] * at["x"].shape[2]

        def rule(c: int, *_: int) -> str:
            strips = whole_map(x, c)
            if len(strips) <= MOST_ARGUMENTS:
                return call("GlobalAvgPool", "AVERAGE", strips)
            return f"{call('GlobalAvgPool', 'SUM', strips)}/{cells}"

        return {"out": rule}

    def backward_cells(self, at: Blocks) -> Rules:
        """dout/cells."""
        cells = at["x"].shape[1] * at["x"].shape[2]
        return {"dx": Pointwise(lambda x, dout: f"{dout}/{cells}", at["x"], at["dout"])}

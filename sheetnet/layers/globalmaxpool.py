"""Global max pooling: of each map only its largest number is left.

out[c] = max over y, x of  x[c, y, x]

Backwards, the gradient goes to the largest pixel, and to the first of them, row by row, where several are equal,
as ``pooling`` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.back.pooling import first_of
from sheetnet.layers.base import TIED, Rules, Shapes, Values
from sheetnet.layers.pointwise import Pointwise
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
    gives_back = ("x",)
    serves: ClassVar = {"mask": ("x",)}

    def forward(self, v: Values) -> None:
        """The largest over both axes of the picture."""
        v["out"] = v["x"].max((-2, -1), keepdims=True)

    def backward(self, v: Values, d: Values) -> None:
        """All of it to one pixel of each map."""
        if "mask" not in v:
            self.shown_backward(v := dict(v), d)
        d["x"] = v["mask"] * d["out"]

    def on_the_way(self, of: Shapes) -> Shapes:
        """Mask: 1 for the first maximum of each map, 0 for all else. It lies as x does."""
        return {"mask": of["x"]}

    def shown_backward(self, v: Values, d: Values) -> None:
        """The first maximum of each map; whether a cell is the first, the cells before it say."""
        x, least = v["x"], v["out"] - TIED * (1 + np.abs(v["out"]))
        maps = (x >= least).reshape(*x.shape[:-2], -1)
        mask = np.zeros(maps.shape, x.dtype)
        np.put_along_axis(mask, maps.argmax(-1)[..., None], 1.0, -1)
        told = v["mask"].reshape(mask.shape) if "mask" in v else mask
        v["mask"] = (maps * (1 - (np.cumsum(told, -1) - told))).reshape(x.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(map); in ``rows`` a map is one range per pixel row."""
        x = at["x"]
        return {"out": lambda c, *_: call("GlobalMaxPool", "MAX", whole_map(x, c))}

    def backward_cells(self, at: Blocks) -> Rules:
        """IF(x>=largest,1-SUM(of the mask before it),0), and mask*dout."""
        x, out, mask = at["x"], at["out"], at["mask"]
        first = first_of("GlobalMaxPool", mask)
        tile = [range(n) for n in x.shape[1:]]
        return {
            "mask": lambda *index: first(index, tile, x[index], out[index[0], 0, 0]),
            "dx": Pointwise("{}*{}".format, mask, at["dout"]),
        }

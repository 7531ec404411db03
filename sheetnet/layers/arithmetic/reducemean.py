"""ReduceMean: along some axes, only the mean is kept.

out = (sum over the axes of x) / n,   n = how many numbers that are
dx  = dout / n
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Rules
from sheetnet.layers.reducing import Reducing


@dataclass(frozen=True, slots=True)
class ReduceMean(Reducing):
    """The mean over ``axes``, for any shape of x; see ``Reducing``."""

    kind = "reducemean"
    function = "AVERAGE"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """The mean."""
        return np.asarray(x.mean(self.axes, keepdims=True))

    def share(self, x: Array, dout: Array) -> Array:
        """An equal share for each."""
        return np.broadcast_to(dout / (x.size / dout.size), x.shape)

    def backward_cells(self, at: Blocks) -> Rules:
        """dout/count."""
        count = prod(at["x"].shape) // prod(at["dout"].shape)
        return {"dx": self.shared(at, f"{{}}/{count}".format)}

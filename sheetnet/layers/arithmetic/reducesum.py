"""ReduceSum: along some axes, the sum stands for all.

out = sum of x over the axes
dx  = dout, to each of them
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Rules
from sheetnet.layers.reducing import Reducing


@dataclass(frozen=True, slots=True)
class ReduceSum(Reducing):
    """The sum over ``axes``, for any shape of x; see ``Reducing``."""

    kind = "reducesum"
    function = "SUM"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """NumPy's sum."""
        return np.asarray(x.sum(self.axes, keepdims=True))

    def share(self, x: Array, dout: Array) -> Array:
        """The same to all."""
        return np.broadcast_to(dout, x.shape)

    def backward_cells(self, at: Blocks) -> Rules:
        """What came back of the sum."""
        return {"dx": self.shared(at, "{}".format)}

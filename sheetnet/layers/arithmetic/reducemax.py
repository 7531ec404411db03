"""ReduceMax: along some axes, only the largest number is kept.

out = max over the axes of x
dx  = dout where x is the largest; shared equally where several are
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.reducing import Reducing


@dataclass(frozen=True, slots=True)
class ReduceMax(Reducing):
    """The largest number over ``axes``, for any shape of x; see ``Reducing``."""

    kind = "reducemax"
    function = "MAX"

    def number(self, x: Array) -> Array:
        """The largest."""
        return np.asarray(x.max(self.axes, keepdims=True))

    def share(self, x: Array, dout: Array) -> Array:
        """To the largest, in equal shares at a tie, as PyTorch's amax."""
        largest = x == self.number(x)
        return np.asarray(dout * largest / largest.sum(self.axes, keepdims=True))

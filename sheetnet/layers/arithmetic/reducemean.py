"""ReduceMean: along some axes, only the mean is kept.

out = (sum over the axes of x) / n,   n = how many numbers that are
dx  = dout / n
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array
from sheetnet.layers.reducing import Reducing


@dataclass(frozen=True, slots=True)
class ReduceMean(Reducing):
    """The mean over ``axes``, for any shape of x; see ``Reducing``."""

    kind = "reducemean"
    function = "AVERAGE"

    def number(self, x: Array) -> Array:
        """The mean."""
        return np.asarray(x.mean(self.axes, keepdims=True))

    def share(self, x: Array, out: Array, dout: Array) -> Array:
        """An equal share for each."""
        return np.broadcast_to(dout / (x.size / dout.size), x.shape)

"""Average pooling along any number of axes: of each window the mean is kept. See ``pooling``.

out[n, c, y...] = (sum over k... of  x[n, c, s*y + d*k - p, ...]) / m[y...]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules
from sheetnet.layers.pooling import AvgPooling
from sheetnet.layers.ranges import call
from sheetnet.layers.sliding import window_ranges
from sheetnet.layers.window import seen


@dataclass(frozen=True, slots=True)
class AvgPool(AvgPooling):
    """Windows of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` (1 where not given) and ``dilation``: a number, or one per axis; ``padding``: a number, one per axis,
    or [begins..., ends...]. ``ceil``: a last window may reach beyond the end. ``count_padding``: the padding counts,
    as 0.
    """

    kind = "avgpool"

    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    ceil: bool = False
    count_padding: bool = False

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(window), or SUM(window)/m where padding counts."""
        x, axes = at["x"], len(self.size)
        space, pads = x.shape[2:], self.padding
        wide = [n + begin + end for n, begin, end in zip(space, pads[:axes], pads[axes:], strict=True)]

        def rule(*index: int) -> str:
            window = window_ranges(self, x, index)
            if self.count_padding:
                each = zip(index[2:], wide, self.size, self.stride, self.dilation, strict=True)
                counted = prod(len(seen(i * step, n, size, apart)) for i, n, size, step, apart in each)
                if counted != prod(map(len, self.seen(index[2:], x.shape))):
                    return f"{call('AvgPool', 'SUM', window)}/{counted}"
            return call("AvgPool", "AVERAGE", window)

        return {"out": rule}

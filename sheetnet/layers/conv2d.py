"""Convolution of a picture: one matrix of the filter per channel, slid over the picture. See ``convolution``.

out[o, y, x] = bias[o] + sum over c, i, j of  x[c, s*y + d*i - p, s*x + d*j - p] * weight[o, c, i, j]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules
from sheetnet.layers.convolution import Convolution
from sheetnet.layers.sliding import Columns, Sliding


@dataclass(frozen=True, slots=True)
class Conv2d(Convolution):
    """``filters`` filters of ``size`` (height, width), moved by ``stride``; x is (C, H, W).

    ``padding``: "valid" (none), "same", a number, [height, width] or [top, left, bottom, right].
    ``dilation``: how far the pixels of a window lie apart, one number or (height, width). ``groups``: divides C and
    ``filters``. Parameters: weight (filters, C / groups, height, width), bias (filters,).
    """

    kind = "conv2d"
    pictures = True
    filter_axis = 0
    near = ("closeup", "closeup_weight")

    filters: int
    size: Any
    stride: Any = 1
    padding: Any = "valid"
    dilation: Any = 1
    groups: int = 1

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window,filter) per channel, or one for all of them in ``rows``, plus the bias.

        A dilated filter lies on as many cells as its window, with blank ones between, which count as 0. In ``rows``
        the channels of a group are no rectangle over several pixel rows: there, one SUMPRODUCT per row of the filter.
        """
        x, weight, bias, out = at["x"], at["weight"], at["bias"], at["out"]
        top, _, _, _ = self.padding_of({"x": x.shape})
        height, _ = self.reach
        per_row = self.groups > 1 and len(x.steps) == 3
        filters = [
            [weight.spread(o, slice(None), i) for i in range(self.size[0])] if per_row else weight.pieces(o)
            for o in range(self.filters)
        ]
        channels, shared = x.shape[0] // self.groups, self.filters // self.groups

        def text(o: int, y: int, columns: Columns) -> str:
            first = self.stride[0] * y - top
            group = range(o // shared * channels, (o // shared + 1) * channels) if self.groups > 1 else None
            if per_row:
                pixels = [(first + i * self.dilation[0], row) for i, row in enumerate(filters[o])]
                pairs = [(x.strips(r, r + 1, columns, group)[0], row) for r, row in pixels if 0 <= r < x.shape[1]]
            elif -height < first < x.shape[1]:
                pairs = list(zip(x.strips(first, first + height, columns, group), filters[o], strict=True))
            else:  # Gnumeric gives an error for a SUMPRODUCT over blank cells only, so the bias is all that is left
                pairs = []
            return "+".join([*(f"SUMPRODUCT({a},{b})" for a, b in pairs), bias[o]])

        return {"out": Sliding(self, x, out.shape[2], text, lambda o, y: bias[o], (weight, bias))}

"""Convolution along any number of axes: of sounds (one), pictures (two) and volumes (three). See ``convolution``.

out[n, o, y...] = bias[o] + sum over c, k... of  x[n, g*C' + c, s*y + d*k - p, ...] * weight[o, c, k...]

Where the cells of a filter lie apart (dilation d), the filter is shown once more, ``spread``, with 0 in its gaps: so
the window and the filter are ranges of equal form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules, Shapes, Values
from sheetnet.layers.convolution import Convolution
from sheetnet.layers.ranges import fitting, together
from sheetnet.layers.window import seen


@dataclass(frozen=True, slots=True)
class Conv(Convolution):
    """``filters`` filters of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` and ``dilation``: a number, or one per axis; ``padding``: a number, one per axis, or
    [begins..., ends...]. Parameters: weight (filters, C / groups, *size), bias (filters,). Shows ``spread``
    (filters, C / groups, *reach) where a dilation is above 1, and out (N, filters, *counts).
    """

    kind = "conv"
    filter_axis = 1

    filters: int
    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: int = 1

    def tensors(self, of: Shapes) -> Shapes:
        """The filters as they are laid on, and what they find."""
        found = Convolution.tensors(self, of)
        spread = (self.filters, of["x"][1] // self.groups, *self.reach)
        return found if max(self.dilation) == 1 else {"spread": spread, **found}

    def batched(self, of: Shapes) -> bool:
        """All but the dilated: the spread filter belongs to no batch."""
        return bool(max(self.dilation) == 1)

    def forward(self, v: Values) -> None:
        """The convolution, and the filters with 0 in their gaps."""
        Convolution.forward(self, v)
        if max(self.dilation) > 1:
            weight = v["weight"]
            spread = np.zeros((*weight.shape[:2], *self.reach))
            places: Any = (..., *(slice(None, None, apart) for apart in self.dilation))
            spread[places] = weight
            v["spread"] = spread

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window,filter), one or one per matrix, plus the bias."""
        x, weight, bias = at["x"], at["weight"], at["bias"]
        dilated = max(self.dilation) > 1
        spread = at["spread"] if dilated else weight
        depth, shared = weight.shape[1], self.filters // self.groups

        def rule(n: int, o: int, *place: int) -> str:
            starts = [i * step - begin for i, step, begin in zip(place, self.stride, self.padding, strict=False)]
            cells = [seen(*one, 1) for one in zip(starts, x.shape[2:], spread.shape[2:], strict=True)]
            if not all(cells):  # the window lies in the padding
                return bias[o]
            first = o // shared * depth
            window = [slice(one.start, one.stop) for one in cells]
            laid = [slice(one.start - start, one.stop - start) for one, start in zip(cells, starts, strict=True)]
            pairs = together((x, (n, slice(first, first + depth), *window)), (spread, (o, slice(0, depth), *laid)))
            terms = [f"SUMPRODUCT({a},{b})" if ":" in a else f"{a}*{b}" for a, b in pairs]
            return fitting("Conv", "+".join([*terms, bias[o]]))

        def gaps(o: int, c: int, *place: int) -> str:
            each = [divmod(i, apart) for i, apart in zip(place, self.dilation, strict=True)]
            return "0" if any(rest for _, rest in each) else weight[(o, c, *(i for i, _ in each))]

        return {"spread": gaps, "out": rule} if dilated else {"out": rule}

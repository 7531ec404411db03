"""Convolution, the magnifying glass: one layer of glass per channel, slid over the picture.

out[o, y, x] = bias[o] + sum over c, i, j of  x[c, s*y + d*i - p, s*x + d*j - p] * weight[o, c, i, j]

The filter is not flipped (cross-correlation), as in PyTorch and ONNX. Padding counts as 0. With a dilation d above 1
the window looks at every d-th pixel only. With groups, filters and channels are dealt into as many heaps, and a
filter sees the channels of its own heap alone; as many groups as channels is a depthwise convolution. Backwards:

dweight[o, c, i, j] = sum over y, x of  dout[o, y, x] * x[c, s*y + d*i - p, s*x + d*j - p]
dx[c, s*y + d*i - p, s*x + d*j - p] += sum over o of  dout[o, y, x] * weight[o, c, i, j]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.options import is_whole
from sheetnet.layers.window import (
    Pads,
    Sliding,
    as_padding,
    as_pair,
    inner,
    output_size,
    padded,
    pads,
    reach,
    shifts,
)


@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """``filters`` filters of ``size`` (height, width), moved by ``stride``; x is (C, H, W).

    ``padding``: "valid" (none), "same", a number, [height, width] or [top, left, bottom, right].
    ``dilation``: how far the pixels of a window lie apart, one number or (height, width). ``groups``: divides C and
    ``filters``. Parameters: weight (filters, C / groups, height, width), bias (filters,).
    """

    kind = "conv2d"
    role = "sees"
    learns = ("weight", "bias")
    starts_random = ("weight",)
    filter_axis = 0
    near = ("closeup",)

    filters: int
    size: Any
    stride: Any = 1
    padding: Any = "valid"
    dilation: Any = 1
    groups: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.filters, int) or isinstance(self.filters, bool) or self.filters < 1:
            raise NetworkError(f"Conv2d: filters is {shown(self.filters)}; use a whole number from 1 on")
        object.__setattr__(self, "size", as_pair(self.size, "Conv2d: size"))
        object.__setattr__(self, "stride", as_pair(self.stride, "Conv2d: stride"))
        object.__setattr__(self, "padding", as_padding(self.padding, "Conv2d: padding"))
        object.__setattr__(self, "dilation", as_pair(self.dilation, "Conv2d: dilation"))
        if not is_whole(self.groups) or self.groups < 1 or self.filters % self.groups:
            raise NetworkError(
                f"Conv2d: groups is {shown(self.groups)}; use a whole number that divides the {self.filters} filters"
            )

    def tensors(self, of: Shapes) -> Shapes:
        """(filters, output height, output width)."""
        who = f"Conv2d(filters={self.filters}, size={list(self.size)})"
        height, width = output_size(who, self.padding, of["x"], reach(self.size, self.dilation), self.stride)
        if of["x"][0] % self.groups:
            raise NetworkError(
                f"{who}: the input has {of['x'][0]} channels, which {self.groups} groups do not divide. "
                "Use another number of groups."
            )
        return {"out": (self.filters, height, width)}

    def params(self, of: Shapes) -> Shapes:
        """Weight and bias."""
        return {"weight": (self.filters, of["x"][0] // self.groups, *self.size), "bias": (self.filters,)}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """He normal: standard deviation sqrt(2 / inputs of one output); bias 0. Source: arXiv 1502.01852."""
        return rng.standard_normal(shape) * sqrt(2 / prod(shape[1:])) if name == "weight" else np.zeros(shape)

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around x; SUMPRODUCT counts them as 0."""
        return pads(self.padding, of["x"], reach(self.size, self.dilation), self.stride)

    def forward(self, v: Values) -> None:
        """Sum of shifted pictures, one per cell of the filter.

        Sums run in a fixed order and not through BLAS, whose order depends on the processor: the numbers go
        into the file, and the same inputs must give the same bytes everywhere.
        """
        x, weight = v["x"], v["weight"]
        of = output_size("Conv2d", self.padding, x.shape[-3:], reach(self.size, self.dilation), self.stride)
        x = self._grouped(padded(x, self.padding_of({"x": x.shape[-3:]}), 0))
        filters = self._grouped(weight, -4)
        out = np.zeros((*x.shape[:-4], *filters.shape[:2], *of)) + v["bias"].reshape(self.groups, -1, 1, 1)
        for i, j, seen in shifts(self.size, self.stride, of, self.dilation):
            for c in range(x.shape[-3]):
                out += x[seen][..., c, None, :, :] * filters[:, :, c, i, j, None, None]
        v["out"] = out.reshape(*out.shape[:-4], self.filters, *of)

    def backward(self, v: Values, d: Values) -> None:
        """Each pixel gets back from every window that saw it, each weight from every place that it was laid on.

        In a fixed order, as ``forward``.
        """
        weight, dout = v["weight"], self._grouped(d["out"])
        around = self.padding_of({"x": v["x"].shape[-3:]})
        wide = padded(v["x"], around, 0)
        x, filters = self._grouped(wide), self._grouped(weight, -4)
        dx, dfilters = np.zeros_like(x), np.zeros_like(filters)
        places = (*range(dout.ndim - 4), -2, -1)  # all axes but those of the filters
        for i, j, seen in shifts(self.size, self.stride, dout.shape[-2:], self.dilation):
            for c in range(x.shape[-3]):
                dfilters[:, :, c, i, j] = (dout * x[seen][..., c, None, :, :]).sum(places)
                dx[seen][..., c, :, :] += (dout * filters[:, :, c, i, j, None, None]).sum(-3)
        d["x"], d["weight"] = inner(dx.reshape(wide.shape), around), dfilters.reshape(weight.shape)
        d["bias"] = dout.sum(places).reshape(-1)

    def _grouped(self, whole: Array, axis: int = -3) -> Array:
        """An axis of channels or of filters as two: groups, and what is in each."""
        before, after = whole.shape[: whole.ndim + axis], whole.shape[whole.ndim + axis + 1 :]
        return whole.reshape(*before, self.groups, -1, *after)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window,filter) per channel, or one for all of them in ``rows``, plus the bias.

        A dilated filter lies on as many cells as its window, with blank ones between, which count as 0. In ``rows``
        the channels of a group are no rectangle over several pixel rows: there, one SUMPRODUCT per row of the filter.
        """
        x, weight, bias, out = at["x"], at["weight"], at["bias"], at["out"]
        top, left, _, _ = self.padding_of({"x": x.shape})
        (height, width), (down, across) = reach(self.size, self.dilation), self.stride
        per_row = self.groups > 1 and len(x.steps) == 3
        texts = [
            [weight.spread(o, slice(None), i) for i in range(self.size[0])] if per_row else weight.pieces(o)
            for o in range(self.filters)
        ]
        filters = [[text.replace("%", "%%") for text in one] for one in texts]
        channels, shared = x.shape[0] // self.groups, self.filters // self.groups
        starts = [across * i - left for i in range(out.shape[2])]
        letters = 2 * len(filters[0])
        # Gnumeric gives an error for a SUMPRODUCT over blank cells only: there, the bias is all that is left.
        windows = [
            x.columns(start, start + width) * len(filters[0]) if -width < start < x.shape[2] else None
            for start in starts
        ]

        def line(o: int, y: int) -> str:  # what the formulas along one line share: all but the column letters
            handle, first = bias[o].replace("%", "%%"), down * y - top
            group = range(o // shared * channels, (o // shared + 1) * channels) if self.groups > 1 else None
            if per_row:
                pixels = [(first + i * self.dilation[0], glass) for i, glass in enumerate(filters[o])]
                pairs = [(x.strips(r, r + 1, group)[0], glass) for r, glass in pixels if 0 <= r < x.shape[1]]
            elif -height < first < x.shape[1]:
                pairs = list(zip(x.strips(first, first + height, group), filters[o], strict=True))
            else:
                pairs = []
            rest = "%.0s" * (letters - 2 * len(pairs))  # takes the other letters, and writes none
            return "+".join([*(f"SUMPRODUCT({a},{b})" for a, b in pairs), handle]) + rest

        return {"out": Sliding(line, windows, lambda o, y: bias[o])}

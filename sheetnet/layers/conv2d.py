"""Convolution, the magnifying glass: one layer of glass per channel, slid over the picture.

out[o, y, x] = bias[o] + sum over c, i, j of  x[c, s*y + i - p, s*x + j - p] * weight[o, c, i, j]

The filter is not flipped (cross-correlation), as in PyTorch and ONNX. Padding counts as 0. Backwards:

dweight[o, c, i, j] = sum over y, x of  dout[o, y, x] * x[c, s*y + i - p, s*x + j - p]
dx[c, s*y + i - p, s*x + j - p] += sum over o of  dout[o, y, x] * weight[o, c, i, j]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.window import Pads, Sliding, as_padding, as_pair, inner, output_size, padded, pads, shifts


@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """``filters`` filters of ``size`` (height, width), moved by ``stride``; x is (C, H, W).

    ``padding``: "valid" (none), "same", a number, [height, width] or [top, left, bottom, right].
    Parameters: weight (filters, C, height, width), bias (filters,).
    """

    kind = "conv2d"
    drawn = ("weight",)

    filters: int
    size: Any
    stride: Any = 1
    padding: Any = "valid"

    def __post_init__(self) -> None:
        if not isinstance(self.filters, int) or isinstance(self.filters, bool) or self.filters < 1:
            raise NetworkError(f"Conv2d: filters is {shown(self.filters)}; use a whole number from 1 on")
        object.__setattr__(self, "size", as_pair(self.size, "Conv2d: size"))
        object.__setattr__(self, "stride", as_pair(self.stride, "Conv2d: stride"))
        object.__setattr__(self, "padding", as_padding(self.padding, "Conv2d: padding"))

    def tensors(self, of: Shapes) -> Shapes:
        """(filters, output height, output width)."""
        who = f"Conv2d(filters={self.filters}, size={list(self.size)})"
        height, width = output_size(who, self.padding, of["x"], self.size, self.stride)
        return {"out": (self.filters, height, width)}

    def params(self, of: Shapes) -> Shapes:
        """Weight and bias."""
        return {"weight": (self.filters, of["x"][0], *self.size), "bias": (self.filters,)}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """He normal: standard deviation sqrt(2 / inputs of one output); bias 0. Source: arXiv 1502.01852."""
        return rng.standard_normal(shape) * sqrt(2 / prod(shape[1:])) if name == "weight" else np.zeros(shape)

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around x; SUMPRODUCT counts them as 0."""
        return pads(self.padding, of["x"], self.size, self.stride)

    def forward(self, v: Values) -> None:
        """Sum of shifted pictures, one per cell of the filter.

        Sums run in a fixed order and not through BLAS, whose order depends on the processor: the numbers go
        into the file, and the same inputs must give the same bytes everywhere.
        """
        x, weight = v["x"], v["weight"]
        of = output_size("Conv2d", self.padding, x.shape[-3:], self.size, self.stride)
        x = padded(x, self.padding_of({"x": x.shape[-3:]}), 0)
        out = np.zeros((*x.shape[:-3], len(weight), *of)) + v["bias"][:, None, None]
        for i, j, seen in shifts(self.size, self.stride, of):
            for c in range(x.shape[-3]):
                out += x[seen][..., c, None, :, :] * weight[:, c, i, j, None, None]
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """Each pixel gets back from every window that saw it, each weight from every place that it was laid on.

        In a fixed order, as ``forward``.
        """
        weight, dout = v["weight"], d["out"]
        around = self.padding_of({"x": v["x"].shape[-3:]})
        x = padded(v["x"], around, 0)
        dx, dweight = np.zeros_like(x), np.zeros_like(weight)
        places = (*range(dout.ndim - 3), -2, -1)  # all axes but that of the filters
        for i, j, seen in shifts(self.size, self.stride, dout.shape[-2:]):
            for c in range(x.shape[-3]):
                dweight[:, c, i, j] = (dout * x[seen][..., c, None, :, :]).sum(places)
                dx[seen][..., c, :, :] += (dout * weight[:, c, i, j, None, None]).sum(-3)
        d["x"], d["weight"], d["bias"] = inner(dx, around), dweight, dout.sum(places)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window,filter) per channel, or one for all of them in ``rows``, plus the bias."""
        x, weight, bias, out = at["x"], at["weight"], at["bias"], at["out"]
        top, left, _, _ = self.padding_of({"x": x.shape})
        (height, width), (down, across) = self.size, self.stride
        filters = [[piece.replace("%", "%%") for piece in weight.pieces(o)] for o in range(self.filters)]
        starts = [across * i - left for i in range(out.shape[2])]
        letters = 2 * len(filters[0])
        # Gnumeric gives an error for a SUMPRODUCT over blank cells only: there, the bias is all that is left.
        windows = [
            x.columns(start, start + width) * len(filters[0]) if -width < start < x.shape[2] else None
            for start in starts
        ]

        def line(o: int, y: int) -> str:  # what the formulas along one line share: all but the column letters
            if not -height < down * y - top < x.shape[1]:
                return bias[o].replace("%", "%%") + "%.0s" * letters  # takes the letters, and writes none
            strips = x.strips(down * y - top, down * y - top + height)
            terms = [f"SUMPRODUCT({a},{b})" for a, b in zip(strips, filters[o], strict=True)]
            return "+".join([*terms, bias[o].replace("%", "%%")])

        return {"out": Sliding(line, windows, lambda o, y: bias[o])}

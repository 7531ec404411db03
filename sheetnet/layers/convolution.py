"""Convolution along one to three axes: filters slide over x, and each place gets the sum of what they meet.

out[o, y...] = bias[o] + sum over c, k... of  x[g*C' + c, s*y + d*k - p, ...] * weight[o, c, k...]

The filter is not flipped (cross-correlation), as in PyTorch and ONNX. Padding counts as 0. With a dilation d above 1
the window looks at every d-th cell only. With groups, a filter o sees the C' = C / groups channels of its own group
g = o // (filters / groups) alone; as many groups as channels is a depthwise convolution. Backwards:

dweight[o, c, k...] = sum over y... of  dout[o, y...] * x[g*C' + c, s*y + d*k - p, ...]
dx[g*C' + c, s*y + d*k - p, ...] += sum over o of  dout[o, y...] * weight[o, c, k...]

The cells show two things on the way: ``spaced`` is dout with 0 between, where a stride passed over places, and
``turned`` has the filters of each channel, turned by 180 degrees, with 0 in the gaps of dilated ones. With these both
are sums over windows that move one cell at a time, see ``back.convolution``.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any, ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.convolution import backward_rules
from sheetnet.layers.base import Array, Rules, Shapes, Values
from sheetnet.layers.options import as_count, is_whole
from sheetnet.layers.window import Windowed, Windows, inner, padded, windows_over

MOST_FILTERS = 1 << 14  # a sheet has no more columns
ALL = slice(None)


class Convolution(Windowed):
    """``filters`` filters of ``size``; ``groups`` divides them and the channels C of x.

    Parameters: weight (filters, C / groups, *size), bias (filters,).
    """

    role = "sees"
    learns = ("weight", "bias")
    starts_random = ("weight",)
    gives_back = ("weight", "bias", "x")
    serves: ClassVar = {"spaced": ("weight", "x"), "turned": ("x",)}

    filters: int
    groups: int

    def __post_init__(self) -> None:
        who = type(self).__name__
        as_count(self.filters, f"{who}: filters", MOST_FILTERS)
        Windowed.__post_init__(self)
        if not is_whole(self.groups) or self.groups < 1 or self.filters % self.groups:
            raise NetworkError(
                f"{who}: groups is {shown(self.groups)}; use a whole number that divides the {self.filters} filters"
            )

    def tensors(self, of: Shapes) -> Shapes:
        """A map per filter."""
        out, axis = self.output_size(of["x"]), -len(self.size) - 1
        if out[axis] % self.groups:
            raise NetworkError(
                f"{type(self).__name__}(size={list(self.size)}): the input has {out[axis]} channels, which "
                f"{self.groups} groups do not divide. Use another number of groups."
            )
        return {"out": (*out[:axis], self.filters, *out[axis + 1 :])}

    def params(self, of: Shapes) -> Shapes:
        """Weight and bias."""
        channels = of["x"][-len(self.size) - 1]
        return {"weight": (self.filters, channels // self.groups, *self.size), "bias": (self.filters,)}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """He normal: standard deviation sqrt(2 / inputs of one output); bias 0. Source: arXiv 1502.01852."""
        return rng.standard_normal(shape) * sqrt(2 / prod(shape[1:])) if name == "weight" else np.zeros(shape)

    def forward(self, v: Values) -> None:
        """Sum of shifted inputs, one per cell of the filter.

        Sums run in a fixed order and not through BLAS, whose order depends on the processor: the numbers go
        into the file, and the same inputs must give the same bytes everywhere.
        """
        x, weight, axes = v["x"], self._grouped(v["weight"]), len(self.size)
        windows, stretched = self.windows(x.shape), (np.newaxis,) * axes
        shape = (*x.shape[: -axes - 1], *weight.shape[:2], *windows.counts)
        out = np.zeros(shape) + v["bias"].reshape(*weight.shape[:2], *[1] * axes)
        for index, met in windows.views(self._by_channel(padded(x, windows.room, 0))):
            for c in range(len(met)):
                here: Any = (ALL, ALL, c, *index, *stretched)
                out += met[c] * weight[here]
        v["out"] = out.reshape(*x.shape[: -axes - 1], self.filters, *windows.counts)

    # Backwards

    def on_the_way(self, of: Shapes) -> Shapes:
        """Spaced, where it is not dout itself, and turned (C, filters / groups, *reach).

        Spaced lies as dout does, and turned as the weight of a layer that reads dout: in ``rows`` all filters of a
        channel are one matrix.
        """
        out, axes = self.tensors(of)["out"], len(self.size)
        spaced = tuple((n - 1) * step + 1 for n, step in zip(out[-axes:], self.stride, strict=True))
        turned = (of["x"][-axes - 1], self.filters // self.groups, *self.reach)
        return ({} if spaced == out[-axes:] else {"spaced": (*out[:-axes], *spaced)}) | {"turned": turned}

    def backward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window of x,dout), SUM(dout), SUMPRODUCT(window of dout,turned filters)."""
        return backward_rules(self, self.groups, at)

    def shown_backward(self, v: Values, d: Values) -> None:
        """Dout with its gaps, and the filters turned, with theirs."""
        for own, shape in self.on_the_way({"x": v["x"].shape}).items():
            apart, inside = (self.stride, d["out"]) if own == "spaced" else (self.dilation, self._turned(v["weight"]))
            places: Any = (..., *(slice(None, None, step) for step in apart))
            shown = np.zeros(shape)
            shown[places] = inside
            v[own] = shown

    def backward(self, v: Values, d: Values) -> None:
        """Each number gets back from every window that saw it, each weight from every place that it was laid on."""
        x, weight, dout = v["x"], v["weight"], d["out"]
        windows, axes = self.windows(x.shape), len(self.size)
        stride, ones = self.stride, (1,) * axes
        d["bias"] = dout.sum((*range(dout.ndim - axes - 1), *range(-axes, 0)))
        if "spaced" in v:  # windows at every place, and 0 for those that there were not
            stride = ones
            pads = windows.pads
            windows = windows_over(x.shape[-axes:], self.size, stride, pads, self.dilation, False)
            more = (m - n for m, n in zip(windows.counts, v["spaced"].shape[-axes:], strict=True))
            dout = padded(v["spaced"], (*(0,) * axes, *more), 0)
        d["x"], d["weight"] = self._shared_out(x, weight, dout, windows)
        if "turned" in v:  # filters with their gaps, so that nothing lies apart
            windows = windows_over(x.shape[-axes:], self.reach, stride, windows.pads, ones, False)
            d["x"], _ = self._shared_out(x, self._turned(v["turned"]), dout, windows)

    def _shared_out(self, x: Array, filters: Array, dout: Array, windows: Windows) -> tuple[Array, Array]:
        """The gradients of x and of the filters. In a fixed order, as ``forward``."""
        weight, axes = self._grouped(filters), len(self.size)
        dout = dout.reshape(*x.shape[: -axes - 1], *weight.shape[:2], *dout.shape[-axes:])
        places = (*range(dout.ndim - axes - 2), *range(-axes, 0))  # all axes but those of the filters
        wide = padded(x, windows.room, 0)
        dwide, dweight = np.zeros_like(wide), np.zeros_like(weight)
        forth, home = (windows.views(self._by_channel(one)) for one in (wide, dwide))
        for (index, met), (_, dmet) in zip(forth, home, strict=True):
            for c in range(len(met)):
                here: Any = (ALL, ALL, c, *index)
                dweight[here] = (dout * met[c]).sum(places)
                dmet[c] += (dout * weight[(*here, *(np.newaxis,) * axes)]).sum(-axes - 1, keepdims=True)
        return inner(dwide, windows.room), dweight.reshape(filters.shape)

    def _turned(self, filters: Array) -> Array:
        """Those of each channel together instead of those of each filter, turned by 180 degrees; and the way back."""
        weight = self._grouped(filters).swapaxes(1, 2)
        return np.flip(weight.reshape(-1, *weight.shape[2:]), tuple(range(-len(self.size), 0)))

    def _grouped(self, weight: Array) -> Array:
        """(groups, filters / groups, C', *size)."""
        return weight.reshape(self.groups, -1, *weight.shape[1:])

    def _by_channel(self, x: Array) -> Array:
        """A view of x (..., C, *space), group by group: (C', ..., groups, 1, *space)."""
        axis = x.ndim - len(self.size)
        grouped = x.reshape(1, *x.shape[: axis - 1], self.groups, -1, *x.shape[axis:])
        return grouped.swapaxes(0, axis + 1)  # an axis of 1, to which filters are stretched, for that of the channels

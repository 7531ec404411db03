"""Convolution along any number of axes: the same glass for sounds (one), pictures (two) and volumes (three).

out[n, o, y...] = bias[o] + sum over c, k... of  x[n, g*C' + c, s*y + d*k - p, ...] * weight[o, c, k...]

C' = C / groups channels belong to a group, and o is in group g = o // (filters / groups). The filter is not flipped
(cross-correlation), as in PyTorch and ONNX. Padding counts as 0. Backwards, as in ``conv2d``. Where the cells of a
filter lie apart (dilation d), the filter is shown once more, ``spread``, with 0 in its gaps: so the window and the
filter are ranges of equal form.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_count
from sheetnet.layers.ranges import fitting, together
from sheetnet.layers.windows.slide import check_options, inside, output_sizes, seen, shifts, surrounded

MOST_FILTERS = 1 << 14


@dataclass(frozen=True, slots=True)
class Conv(Layer):
    """``filters`` filters of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` and ``dilation``: a number, or one per axis; ``padding``: a number, or [begins..., ends...].
    Parameters: weight (filters, C / groups, *size), bias (filters,). Shows ``spread`` (filters, C / groups, *reach)
    where a dilation is above 1, and out (N, filters, *counts).
    """

    kind = "conv"
    role = "sees"
    learns = ("weight", "bias")
    starts_random = ("weight",)
    filter_axis = 1

    filters: int
    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: int = 1

    def __post_init__(self) -> None:
        as_count(self.filters, "Conv: filters", MOST_FILTERS)
        as_count(self.groups, "Conv: groups", MOST_FILTERS)
        check_options(self, "Conv")

    def tensors(self, of: Shapes) -> Shapes:
        """The filters as they are laid on, and what they find."""
        who = f"Conv(filters={self.filters}, size={list(self.size)})"
        counts = output_sizes(who, of["x"], self.size, self.stride, self.padding, self.dilation)
        if of["x"][1] % self.groups or self.filters % self.groups:
            many = f"{of['x'][1]} channels and {self.filters} filters"
            raise NetworkError(f"{who}: {many} cannot be shared out among {self.groups} groups")
        out = (of["x"][0], self.filters, *counts)
        if max(self.dilation) == 1:
            return {"out": out}
        reach = (d * (k - 1) + 1 for d, k in zip(self.dilation, self.size, strict=True))
        return {"spread": (self.filters, of["x"][1] // self.groups, *reach), "out": out}

    def params(self, of: Shapes) -> Shapes:
        """Weight and bias."""
        return {"weight": (self.filters, of["x"][1] // self.groups, *self.size), "bias": (self.filters,)}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """He normal: standard deviation sqrt(2 / inputs of one output); bias 0. Source: arXiv 1502.01852."""
        return rng.standard_normal(shape) * sqrt(2 / prod(shape[1:])) if name == "weight" else np.zeros(shape)

    def batched(self, of: Shapes) -> bool:
        """All but the dilated: the spread filter belongs to no batch."""
        return bool(max(self.dilation) == 1)

    def _shifted(self, x: Array) -> tuple[Array, Shape]:
        """X by group, padded: (..., groups, C', *spatial), and how many windows there are."""
        axes = len(self.size)
        counts = output_sizes("Conv", x.shape[-axes - 2 :], self.size, self.stride, self.padding, self.dilation)
        x = surrounded(x, self.size, self.stride, self.padding, self.dilation, counts, 0)
        return x.reshape(*x.shape[: -axes - 1], self.groups, -1, *x.shape[-axes:]), counts

    def forward(self, v: Values) -> None:
        """Sum of shifted inputs, one per cell of the filter, in a fixed order (see Conv2d.forward)."""
        x, counts = self._shifted(v["x"])
        axes, groups = len(self.size), self.groups
        weight = v["weight"].reshape(groups, -1, *v["weight"].shape[1:])
        out = np.zeros((*x.shape[: -axes - 2], *weight.shape[:2], *counts))
        for index, met in shifts(self.size, self.stride, self.dilation, counts):
            for c in range(weight.shape[2]):
                channel: Any = (..., c, *[slice(None)] * axes)
                here: Any = (slice(None), slice(None), c, *index)
                one = weight[here].reshape(*weight.shape[:2], *[1] * axes)
                out += np.expand_dims(x[met][channel], -axes - 1) * one
        out = out.reshape(*out.shape[: -axes - 2], self.filters, *counts)
        v["out"] = out + v["bias"].reshape(-1, *[1] * axes)
        if max(self.dilation) > 1:
            reach = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.size, strict=True)]
            spread = np.zeros((*v["weight"].shape[:2], *reach))
            gaps: Any = (..., *(slice(None, None, d) for d in self.dilation))
            spread[gaps] = v["weight"]
            v["spread"] = spread

    def backward(self, v: Values, d: Values) -> None:
        """Each number gets back from every window that saw it, each weight from every place it was laid on."""
        x, counts = self._shifted(v["x"])
        axes, groups = len(self.size), self.groups
        weight = v["weight"].reshape(groups, -1, *v["weight"].shape[1:])
        dout = d["out"].reshape(*d["out"].shape[: -axes - 1], *weight.shape[:2], *counts)
        dx, dweight = np.zeros_like(x), np.zeros_like(weight)
        others = (*range(dout.ndim - axes - 2), *range(-axes, 0))  # all axes but those of group and filter
        for index, met in shifts(self.size, self.stride, self.dilation, counts):
            for c in range(weight.shape[2]):
                channel: Any = (..., c, *[slice(None)] * axes)
                here: Any = (slice(None), slice(None), c, *index)
                one = weight[here].reshape(*weight.shape[:2], *[1] * axes)
                dweight[here] = (dout * np.expand_dims(x[met][channel], -axes - 1)).sum(others)
                dx[met][channel] += (dout * one).sum(-axes - 1)
        dx = dx.reshape(*dx.shape[: -axes - 2], -1, *dx.shape[-axes:])
        d["x"], d["weight"] = inside(dx, v["x"].shape, self.padding), dweight.reshape(v["weight"].shape)
        d["bias"] = dout.sum(others).reshape(-1)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(window,filter), one or one per matrix, plus the bias."""
        x, weight, bias, out = at["x"], at["weight"], at["bias"], at["out"]
        spread = at["spread"] if max(self.dilation) > 1 else weight
        depth = weight.shape[1]
        axes = [
            [seen(i, n, reach, s, begin, 1) for i in range(many)]
            for n, reach, s, begin, many in zip(
                x.shape[2:], spread.shape[2:], self.stride, self.padding, out.shape[2:], strict=False
            )
        ]

        def rule(n: int, o: int, *place: int) -> str:
            cells = [axis[i] for axis, i in zip(axes, place, strict=True)]
            if not all(cells):  # the window lies in the padding
                return bias[o]
            first = o // (self.filters // self.groups) * depth
            window = [slice(one[0][1], one[-1][1] + 1) for one in cells]
            glass = [slice(one[0][0], one[-1][0] + 1) for one in cells]
            pairs = together((x, (n, slice(first, first + depth), *window)), (spread, (o, slice(0, depth), *glass)))
            terms = [f"SUMPRODUCT({a},{b})" if ":" in a else f"{a}*{b}" for a, b in pairs]
            return fitting("Conv", "+".join([*terms, bias[o]]))

        def laid(o: int, c: int, *place: int) -> str:
            if any(i % d for i, d in zip(place, self.dilation, strict=True)):
                return "0"
            return weight[(o, c, *(i // d for i, d in zip(place, self.dilation, strict=True)))]

        return {"out": rule} if max(self.dilation) == 1 else {"spread": laid, "out": rule}

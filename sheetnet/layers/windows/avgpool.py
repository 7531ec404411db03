"""Average pooling along any number of axes: of each window the mean is kept.

out[n, c, y...] = (sum over k... of  x[n, c, s*y + d*k - p, ...]) / m

m counts the numbers of x that the window sees; with ``count_padding`` the padding, too, but never what lies beyond
it, where a last window of ``ceil`` may reach. Backwards, each number gets its share from every window that saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_flag
from sheetnet.layers.ranges import call, ranges
from sheetnet.layers.windows.slide import (
    blind,
    check_options,
    inside,
    output_sizes,
    seen,
    shifts,
    strides_over,
    surrounded,
)


@dataclass(frozen=True, slots=True)
class AvgPool(Layer):
    """Windows of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` (1 where not given) and ``dilation``: a number, or one per axis; ``padding``: a number, or
    [begins..., ends...]. ``ceil``: a last window may reach beyond the end. ``count_padding``: the padding counts,
    as 0.
    """

    kind = "avgpool"
    role = "sees"
    signs = "kept"
    pools = True

    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    ceil: bool = False
    count_padding: bool = False

    def __post_init__(self) -> None:
        check_options(self, "AvgPool")
        as_flag(self.ceil, "AvgPool: ceil")
        as_flag(self.count_padding, "AvgPool: count_padding")

    def tensors(self, of: Shapes) -> Shapes:
        """The mean of each window."""
        who = f"AvgPool(size={list(self.size)})"
        counts = output_sizes(who, of["x"], self.size, self.stride, self.padding, self.dilation, self.ceil)
        if blind(of["x"], self.size, self.stride, self.padding, self.dilation, counts):
            raise NetworkError(f"{who}: padding {list(self.padding)} leaves windows that see no number; use less")
        return {"out": (*of["x"][:2], *counts)}

    def _wide(self, x: Array) -> tuple[Array, Shape]:
        axes = len(self.size)
        of = x.shape[-axes - 2 :]
        counts = output_sizes("AvgPool", of, self.size, self.stride, self.padding, self.dilation, self.ceil)
        return surrounded(x, self.size, self.stride, self.padding, self.dilation, counts, 0), counts

    def _divisor(self, shape: Shape) -> Array:
        """How many numbers each window counts (*counts)."""
        axes, ones = len(self.size), np.ones(shape[-len(self.size) :])
        if self.count_padding:
            ones = np.pad(ones, list(zip(self.padding[:axes], self.padding[axes:], strict=True)), constant_values=1)
        counts = output_sizes(
            "AvgPool", (1, 1, *shape[-axes:]), self.size, self.stride, self.padding, self.dilation, self.ceil
        )
        padding = (0,) * (2 * axes) if self.count_padding else self.padding
        ones = surrounded(ones, self.size, self.stride, padding, self.dilation, counts, 0)
        met = shifts(self.size, self.stride, self.dilation, counts)
        return np.asarray(sum((ones[span] for _, span in met), start=np.zeros(counts)))

    def forward(self, v: Values) -> None:
        """The sum of the shifted inputs, and how many of them count."""
        x, counts = self._wide(v["x"])
        out = np.zeros((*x.shape[: -len(counts)], *counts))
        for _, span in shifts(self.size, self.stride, self.dilation, counts):
            out += x[span]
        v["out"] = out / self._divisor(v["x"].shape)

    def backward(self, v: Values, d: Values) -> None:
        """An equal share for each number of the window."""
        wide, counts = self._wide(v["x"])
        dx, share = np.zeros_like(wide), d["out"] / self._divisor(v["x"].shape)
        for _, span in shifts(self.size, self.stride, self.dilation, counts):
            dx[span] += share
        d["x"] = inside(dx, v["x"].shape, self.padding)

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(window), or SUM(window)/m where padding counts."""
        x, axes = at["x"], len(self.size)

        def rule(n: int, c: int, *place: int) -> str:
            cells, counted = [], 1
            for k, i in enumerate(place):
                size, step = self.size[k], self.dilation[k]
                begin, end, length = self.padding[k], self.padding[axes + k], x.shape[2 + k]
                cells.append(seen(i, length, size, self.stride[k], begin, step))
                counted *= len(seen(i, length + begin + end, size, self.stride[k], 0, step))
            parts = product(*(strides_over(one, d) for one, d in zip(cells, self.dilation, strict=True)))
            window = [r for part in parts for r in ranges(x, (n, c, *part))]
            if not self.count_padding or counted == prod(map(len, cells)):
                return call("AvgPool", "AVERAGE", window)
            return f"{call('AvgPool', 'SUM', window)}/{counted}"

        return {"out": rule}

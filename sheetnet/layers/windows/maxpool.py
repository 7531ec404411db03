"""Max pooling along any number of axes: of each window the largest number is kept.

out[n, c, y...] = max over k... of  x[n, c, s*y + d*k - p, ...]

Padding counts as minus infinity: the ranges leave it out. ``indices`` says where each largest number stands, counted
row by row through all of x from 0 on; of several, the first. Backwards, the gradient goes there.
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
from sheetnet.layers.ranges import call, fitting, ranges
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

MOST_NESTED = 64  # IFs in each other; Excel takes no more


@dataclass(frozen=True, slots=True)
class MaxPool(Layer):
    """Windows of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` (1 where not given) and ``dilation``: a number, or one per axis; ``padding``: a number, or
    [begins..., ends...]. ``ceil``: a last window may reach beyond the end. Shows out
    (N, C, *counts), and with ``indices`` = true that as well.
    """

    kind = "maxpool"
    role = "sees"
    signs = "kept"
    pools = True

    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    ceil: bool = False
    indices: bool = False

    def __post_init__(self) -> None:
        check_options(self, "MaxPool")
        as_flag(self.ceil, "MaxPool: ceil")
        as_flag(self.indices, "MaxPool: indices")

    def tensors(self, of: Shapes) -> Shapes:
        """The largest of each window, and where it stands."""
        who = f"MaxPool(size={list(self.size)})"
        counts = output_sizes(who, of["x"], self.size, self.stride, self.padding, self.dilation, self.ceil)
        if blind(of["x"], self.size, self.stride, self.padding, self.dilation, counts):
            raise NetworkError(f"{who}: padding {list(self.padding)} leaves windows that see no number; use less")
        out = (*of["x"][:2], *counts)
        if not self.indices:
            return {"out": out}
        if prod(self.size) > MOST_NESTED:
            raise NetworkError(f"{who}: indices of more than {MOST_NESTED} numbers; use a smaller window")
        return {"indices": out, "out": out}

    def batched(self, of: Shapes) -> bool:
        """All but the indices, which count through all of x."""
        return not self.indices

    def _wide(self, x: Array) -> tuple[Array, Shape]:
        axes = len(self.size)
        of = x.shape[-axes - 2 :]
        counts = output_sizes("MaxPool", of, self.size, self.stride, self.padding, self.dilation, self.ceil)
        return surrounded(x, self.size, self.stride, self.padding, self.dilation, counts, -np.inf), counts

    def forward(self, v: Values) -> None:
        """The largest of the shifted inputs, one per cell of the window."""
        x, counts = self._wide(v["x"])
        out = np.full((*x.shape[: -len(counts)], *counts), -np.inf)
        met = [span for _, span in shifts(self.size, self.stride, self.dilation, counts)]
        for span in met:
            np.maximum(out, x[span], out=out)
        v["out"] = out
        if self.indices:
            wide, _ = self._wide(np.arange(v["x"].size, dtype=np.float64).reshape(v["x"].shape))
            found = np.zeros_like(out)
            for span in reversed(met):  # the first one comes last, and stays
                found = np.where(x[span] == out, wide[span], found)
            v["indices"] = found

    def backward(self, v: Values, d: Values) -> None:
        """To the first number that equals the maximum; overlapping windows add up."""
        x, counts = self._wide(v["x"])
        dx, waiting = np.zeros_like(x), np.ones_like(v["out"], dtype=bool)
        for _, span in shifts(self.size, self.stride, self.dilation, counts):
            first = waiting & (x[span] == v["out"])
            dx[span] += d["out"] * first
            waiting ^= first
        d["x"] = inside(dx, v["x"].shape, self.padding)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(window), and IF(first=out,its place,IF(second=out,...))."""
        x, out = at["x"], at["out"]

        def cells(place: tuple[int, ...]) -> list[list[tuple[int, int]]]:
            spatial = zip(place, x.shape[2:], self.size, self.stride, self.padding, self.dilation, strict=False)
            return [seen(*one) for one in spatial]

        def rule(n: int, c: int, *place: int) -> str:
            axes = [strides_over(one, d) for one, d in zip(cells(place), self.dilation, strict=True)]
            return call("MaxPool", "MAX", [r for part in product(*axes) for r in ranges(x, (n, c, *part))])

        def where(n: int, c: int, *place: int) -> str:
            top, text = out[(n, c, *place)], ""
            window = product(*([k for _, k in one] for one in cells(place)))
            for part in reversed(list(window)):
                index, number = (n, c, *part), 0
                for i, size in zip(index, x.shape, strict=True):
                    number = number * size + i
                text = f"IF({x[index]}={top},{number},{text})" if text else str(number)
            return fitting("MaxPool", text)

        return {"indices": where, "out": rule} if self.indices else {"out": rule}

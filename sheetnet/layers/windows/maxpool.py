"""Max pooling along any number of axes: of each window the largest number is kept. See ``pooling``.

out[n, c, y...] = max over k... of  x[n, c, s*y + d*k - p, ...]

``indices`` says where each largest number stands, counted row by row through all of x from 0 on; where several are
equal, the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules, Shapes, Values
from sheetnet.layers.options import as_flag
from sheetnet.layers.pooling import MaxPooling, firsts
from sheetnet.layers.ranges import call, fitting
from sheetnet.layers.sliding import window_ranges
from sheetnet.layers.window import padded

MOST_NESTED = 64  # IFs in each other; Excel takes no more


@dataclass(frozen=True, slots=True)
class MaxPool(MaxPooling):
    """Windows of ``size`` (a list) over x (N, C, *spatial), with one to three spatial axes.

    ``stride`` (1 where not given) and ``dilation``: a number, or one per axis; ``padding``: a number, one per axis,
    or [begins..., ends...]. ``ceil``: a last window may reach beyond the end. Shows out (N, C, *counts), and with
    ``indices`` = true that as well.
    """

    kind = "maxpool"

    size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    ceil: bool = False
    indices: bool = False

    def __post_init__(self) -> None:
        MaxPooling.__post_init__(self)
        as_flag(self.indices, "MaxPool: indices")

    def tensors(self, of: Shapes) -> Shapes:
        """The largest of each window, and where it stands."""
        found = MaxPooling.tensors(self, of)
        if self.indices and prod(self.size) > MOST_NESTED:
            raise NetworkError(
                f"MaxPool(size={list(self.size)}): indices of more than {MOST_NESTED} numbers; use a smaller window"
            )
        return {"indices": found["out"], **found} if self.indices else found

    def batched(self, of: Shapes) -> bool:
        """All but the indices, which count through all of x."""
        return not self.indices

    def forward(self, v: Values) -> None:
        """The maximum, and the place of the first number that equals it."""
        MaxPooling.forward(self, v)
        if self.indices:
            x, windows, found = v["x"], self.windows(v["x"].shape), np.zeros_like(v["out"])
            places = padded(np.arange(x.size, dtype=np.float64).reshape(x.shape), windows.room, 0)
            views = windows.views(padded(x, windows.room, -np.inf))
            for (_, place), first in zip(windows.views(places), firsts(views, v["out"]), strict=True):
                found += place * first
            v["indices"] = found

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(window), and IF(first=out,its place,IF(second=out,...))."""
        x, out = at["x"], at["out"]

        def rule(*index: int) -> str:
            return call("MaxPool", "MAX", window_ranges(self, x, index))

        def where(*index: int) -> str:
            largest, text = out[index], ""
            for place in reversed(list(product(*self.seen(index[2:], x.shape)))):
                number = 0
                for i, size in zip((*index[:2], *place), x.shape, strict=True):
                    number = number * size + i
                text = f"IF({x[(*index[:2], *place)]}={largest},{number},{text})" if text else str(number)
            return fitting("MaxPool", text)

        return {"indices": where, "out": rule} if self.indices else {"out": rule}

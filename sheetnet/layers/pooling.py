"""Pooling along one to three axes: of each window of a channel one number is kept, the largest or the mean.

max    out[c, y...] = max over k... of  x[c, s*y + d*k - p, ...]            padding counts as minus infinity
mean   out[c, y...] = sum over k... of  x[c, s*y + d*k - p, ...] / n[y...]  padding counts as 0

n counts the cells of the window that lie on x, and with ``count_padding`` those on padding as well; what a window of
``ceil`` hangs over beyond the padding never counts, as in ONNX and PyTorch. Backwards, the gradient of a window goes
to its largest number, and to the first of them, row by row, where several are equal; so are those that differ by less
than ``TIED``, since spreadsheets disagree about the last digit. The gradient of a mean is shared out:

max    dx[c, s*y + d*k - p, ...] += dout[c, y...]    for that one k
mean   dx[c, s*y + d*k - p, ...] += dout[c, y...] / n[y...]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.pooling import counted_by, mask_rules, mean_rules
from sheetnet.layers.base import TIED, Array, Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_flag
from sheetnet.layers.window import Windowed, inner, padded, seen


class Pooling(Windowed):
    """Windows that see at least one number each."""

    role = "sees"
    signs = "kept"
    pools = True

    def __post_init__(self) -> None:
        if self.pictures and self.stride is None:
            object.__setattr__(self, "stride", self.size)
        Windowed.__post_init__(self)
        as_flag(self.ceil, f"{type(self).__name__}: ceil")

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each window."""
        axes, out = len(self.size), self.output_size(of["x"])
        pads = self.windows(of["x"]).pads
        each = zip(of["x"][-axes:], self.size, self.stride, self.dilation, pads, out[-axes:], strict=False)
        if not all(seen(i * step - b, n, size, apart) for n, size, step, apart, b, many in each for i in range(many)):
            raise NetworkError(
                f"{type(self).__name__}(size={list(self.size)}): padding {list(pads)} leaves windows that see no "
                "number. Use less padding."
            )
        return {"out": out}


class MaxPooling(Pooling):
    """The largest number of each window."""

    gives_back = ("x",)
    serves: ClassVar = {"mask": ("x",)}

    def forward(self, v: Values) -> None:
        """The largest of the shifted inputs, one per cell of the window."""
        x, windows = v["x"], self.windows(v["x"].shape)
        out = np.full_like(x, -np.inf, shape=(*x.shape[: -len(windows.counts)], *windows.counts))
        for _, met in windows.views(padded(x, windows.room, -np.inf)):
            np.maximum(out, met, out=out)
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """To the first number that equals the maximum; overlapping windows add up."""
        windows, dout = self.windows(v["x"].shape), d["out"]
        wide = padded(v["x"], windows.room, -np.inf)
        dwide = np.zeros_like(wide)
        least = v["out"] - TIED * (1 + np.abs(v["out"]))
        firsts_of = self._tiles(v["mask"]) if "mask" in v else firsts(windows.views(wide), least)
        for (_, dmet), first in zip(windows.views(dwide), firsts_of, strict=True):
            dmet += dout * first
        d["x"] = inner(dwide, windows.room)

    def on_the_way(self, of: Shapes) -> Shapes:
        """Mask: a tile for each window, in which its first maximum is 1 and all else 0. It lies as x does."""
        out, axes = self.tensors(of)["out"], len(self.size)
        return {"mask": (*out[:-axes], *(n * size for n, size in zip(out[-axes:], self.size, strict=True)))}

    def shown_backward(self, v: Values, d: Values) -> None:
        """The first maximum of each window; whether a cell is the first, the cells before it say."""
        windows = self.windows(v["x"].shape)
        least = v["out"] - TIED * (1 + np.abs(v["out"]))
        views = [met >= least for _, met in windows.views(padded(v["x"], windows.room, -np.inf))]
        mask = np.zeros(self.on_the_way({"x": v["x"].shape})["mask"])
        for equal, tile in zip(views, self._tiles(mask), strict=True):
            tile[...] = equal
        before = np.zeros(v["out"].shape)
        for equal, tile, told in zip(views, self._tiles(mask), self._tiles(v.get("mask", mask)), strict=True):
            tile[...] = equal * (1 - before)
            before += told
        v["mask"] = mask

    def _tiles(self, mask: Array) -> Iterator[Array]:
        """For every cell of the window, row by row: its place in the tiles of all windows, a view."""
        for index in np.ndindex(*self.size):
            spans: Any = [slice(i, None, size) for i, size in zip(index, self.size, strict=True)]
            yield mask[(..., *spans)]

    def backward_cells(self, at: Blocks) -> Rules:
        """IF(x>=largest,1-SUM(of the mask before it),0), and mask*dout."""
        return mask_rules(self, at)


def firsts(views: Iterable[tuple[Shape, Array]], least: Array) -> Iterator[NDArray[np.bool_]]:
    """For every cell of the window, row by row: in which windows it is the first that is not below ``least``."""
    waiting = np.ones_like(least, dtype=bool)
    for _, met in views:
        first = waiting & (met >= least)
        yield first
        waiting ^= first


class AvgPooling(Pooling):
    """The mean of each window. ``count_padding``: padding counts in it, as 0."""

    gives_back = ("x",)

    count_padding: bool

    def __post_init__(self) -> None:
        Pooling.__post_init__(self)
        as_flag(self.count_padding, f"{type(self).__name__}: count_padding")

    def forward(self, v: Values) -> None:
        """The sum of the shifted inputs, one per cell of the window, over how many cells count."""
        x, windows = v["x"], self.windows(v["x"].shape)
        out = np.zeros_like(x, shape=(*x.shape[: -len(windows.counts)], *windows.counts))
        for _, met in windows.views(padded(x, windows.room, 0)):
            out += met
        v["out"] = out / self._counted(x)

    def backward(self, v: Values, d: Values) -> None:
        """To every number of a window the same share; overlapping windows add up."""
        windows, share = self.windows(v["x"].shape), d["out"] / self._counted(v["x"])
        dwide = padded(np.zeros_like(v["x"]), windows.room, 0)
        for _, dmet in windows.views(dwide):
            dmet += share
        d["x"] = inner(dwide, windows.room)

    def backward_cells(self, at: Blocks) -> Rules:
        """SUM(dout)/n, of all windows that saw the number."""
        return mean_rules(self, counted_by(self, at["x"].shape, padding=self.count_padding), at)

    def _counted(self, x: Array) -> Array:
        """How many cells of each window count, (*counts)."""
        windows, space = self.windows(x.shape), x.shape[-len(self.size) :]
        beyond = tuple(room - pad for room, pad in zip(windows.room, windows.pads, strict=True))
        ones = padded(np.ones_like(x, shape=space), windows.pads, 1 if self.count_padding else 0)
        number = np.zeros_like(x, shape=windows.counts)
        for _, met in windows.views(padded(ones, beyond, 0)):
            number += met
        return number


class GlobalPooling(Layer):
    """One number for all of each map of x (C, H, W): out (C, 1, 1)."""

    def tensors(self, of: Shapes) -> Shapes:
        """(C, 1, 1)."""
        if len(of["x"]) != 3:
            raise NetworkError(
                f"{type(self).__name__}: the input has shape {list(of['x'])}; it must be channels x height x width"
            )
        return {"out": (of["x"][0], 1, 1)}

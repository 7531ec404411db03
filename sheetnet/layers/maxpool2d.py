"""Max pooling, the attic: of each window keep only what matters most.

out[c, y, x] = max over i, j of  x[c, s*y + i - p, s*x + j - p]

Padding counts as minus infinity: blank cells, which MAX passes over. Backwards, the gradient of a window goes to its
largest pixel, and to the first of them, row by row, where several are equal:

dx[c, s*y + i - p, s*x + j - p] += dout[c, y, x]   for that one (i, j)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.window import Pads, Sliding, as_padding, as_pair, inner, output_size, padded, pads, shifts


@dataclass(frozen=True, slots=True)
class MaxPool2d(Layer):
    """Windows of ``size`` (height, width), moved by ``stride`` (``size`` where not given); x is (C, H, W).

    Windows may overlap. ``padding`` as in Conv2d; each side must be smaller than the window, or a window
    would see nothing but padding.
    """

    kind = "maxpool2d"

    size: Any
    stride: Any = None
    padding: Any = "valid"

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", as_pair(self.size, "MaxPool2d: size"))
        stride = self.size if self.stride is None else self.stride
        object.__setattr__(self, "stride", as_pair(stride, "MaxPool2d: stride"))
        object.__setattr__(self, "padding", as_padding(self.padding, "MaxPool2d: padding"))

    def tensors(self, of: Shapes) -> Shapes:
        """(C, output height, output width)."""
        who = f"MaxPool2d(size={list(self.size)})"
        height, width = output_size(who, self.padding, of["x"], self.size, self.stride)
        if any(p >= k for p, k in zip(self.padding_of(of), self.size * 2, strict=True)):
            raise NetworkError(f"{who}: padding {self.padding} leaves windows that see no pixel. Use less padding.")
        return {"out": (of["x"][0], height, width)}

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around x; MAX passes over them."""
        return pads(self.padding, of["x"], self.size, self.stride)

    def forward(self, v: Values) -> None:
        """The largest of the shifted pictures, one per cell of the window."""
        x = v["x"]
        of = output_size("MaxPool2d", self.padding, x.shape[-3:], self.size, self.stride)
        x = padded(x, self.padding_of({"x": x.shape[-3:]}), -np.inf)
        out = np.full_like(x, -np.inf, shape=(*x.shape[:-2], *of))
        for _, _, seen in shifts(self.size, self.stride, of):
            np.maximum(out, x[seen], out=out)
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """To the first pixel that equals the maximum; overlapping windows add up."""
        out, dout = v["out"], d["out"]
        around = self.padding_of({"x": v["x"].shape[-3:]})
        x = padded(v["x"], around, -np.inf)
        dx, waiting = np.zeros_like(x), np.ones_like(out, dtype=bool)
        for _, _, seen in shifts(self.size, self.stride, out.shape[-2:]):
            first = waiting & (x[seen] == out)
            dx[seen] += dout * first
            waiting ^= first
        d["x"] = inner(dx, around)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(window); in ``rows`` a channel's window is one range per pixel row."""
        x, out = at["x"], at["out"]
        top, left, _, _ = self.padding_of({"x": x.shape})
        (height, width), (down, across) = self.size, self.stride
        ranges = len(x.strips(0, height, 0))
        windows = [x.columns(across * i - left, across * i - left + width) * ranges for i in range(out.shape[2])]

        def line(c: int, y: int) -> str:
            return f"MAX({','.join(x.strips(down * y - top, down * y - top + height, c))})"

        return {"out": Sliding(line, windows)}

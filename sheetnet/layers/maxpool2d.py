"""Max pooling, the attic: of each window keep only what matters most.

out[c, y, x] = max over i, j of  x[c, s*y + i - p, s*x + j - p]

Padding counts as minus infinity: blank cells, which MAX passes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.window import Pads, Sliding, as_padding, as_pair, output_size, pads


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
        height, width = output_size("MaxPool2d", self.padding, x.shape[-3:], self.size, self.stride)
        top, left, bottom, right = self.padding_of({"x": x.shape[-3:]})
        edges = [(0, 0)] * (x.ndim - 2) + [(top, bottom), (left, right)]
        x = np.pad(x, edges, constant_values=-np.inf)
        down, across = self.stride
        out = np.full((*x.shape[:-2], height, width), -np.inf)
        for i, j in np.ndindex(*self.size):
            shifted = x[..., i : i + down * (height - 1) + 1 : down, j : j + across * (width - 1) + 1 : across]
            np.maximum(out, shifted, out=out)
        v["out"] = out

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

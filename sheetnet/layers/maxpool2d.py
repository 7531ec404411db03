"""Max pooling, the attic: of each window keep only what matters most.

out[c, y, x] = max over i, j of  x[c, s*y + d*i - p, s*x + d*j - p]

Padding counts as minus infinity: blank cells, which MAX passes over. With a dilation d above 1 the window looks at
every d-th pixel only. Backwards, the gradient of a window goes to its
largest pixel, and to the first of them, row by row, where several are equal:

dx[c, s*y + d*i - p, s*x + d*j - p] += dout[c, y, x]   for that one (i, j)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks
from sheetnet.layers.base import Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.options import as_flag
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
    refuse_blind,
    room,
    shifts,
)

MOST_APART = 100  # cells of a dilated window: each is named, and a formula has 8,192 characters


@dataclass(frozen=True, slots=True)
class MaxPool2d(Layer):
    """Windows of ``size`` (height, width), moved by ``stride`` (``size`` where not given); x is (C, H, W).

    Windows may overlap. ``padding`` as in Conv2d; each side must be smaller than the window, or a window
    would see nothing but padding. ``dilation``: how far the pixels of a window lie apart. ``ceil``: a last window
    that does not fit is kept, if it begins on the picture or the padding before it.
    """

    kind = "maxpool2d"
    role = "sees"
    signs = "kept"
    pools = True
    near = ("closeup_pool",)

    size: Any
    stride: Any = None
    padding: Any = "valid"
    dilation: Any = 1
    ceil: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", as_pair(self.size, "MaxPool2d: size"))
        stride = self.size if self.stride is None else self.stride
        object.__setattr__(self, "stride", as_pair(stride, "MaxPool2d: stride"))
        object.__setattr__(self, "padding", as_padding(self.padding, "MaxPool2d: padding"))
        object.__setattr__(self, "dilation", as_pair(self.dilation, "MaxPool2d: dilation"))
        as_flag(self.ceil, "MaxPool2d: ceil")
        if self.dilation != (1, 1) and prod(self.size) > MOST_APART:
            raise NetworkError(
                f"MaxPool2d: a dilated window of {self.size[0]}x{self.size[1]} names more than {MOST_APART} cells "
                "one by one. Use a smaller window, or no dilation."
            )

    def tensors(self, of: Shapes) -> Shapes:
        """(C, output height, output width)."""
        who, x = f"MaxPool2d(size={list(self.size)})", of["x"]
        size = reach(self.size, self.dilation)
        height, width = output_size(who, self.padding, x, size, self.stride, self.ceil)
        around = pads(self.padding, x, size, self.stride)
        refuse_blind(who, around, x, self.size, self.stride, (height, width), self.dilation)
        return {"out": (x[0], height, width)}

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around x, and where a last window hangs over; MAX passes over them."""
        size = reach(self.size, self.dilation)
        number = output_size("MaxPool2d", self.padding, of["x"], size, self.stride, self.ceil)
        return room(pads(self.padding, of["x"], size, self.stride), of["x"], size, self.stride, number)

    def forward(self, v: Values) -> None:
        """The largest of the shifted pictures, one per cell of the window."""
        x = v["x"]
        size = reach(self.size, self.dilation)
        of = output_size("MaxPool2d", self.padding, x.shape[-3:], size, self.stride, self.ceil)
        x = padded(x, self.padding_of({"x": x.shape[-3:]}), -np.inf)
        out = np.full_like(x, -np.inf, shape=(*x.shape[:-2], *of))
        for _, _, seen in shifts(self.size, self.stride, of, self.dilation):
            np.maximum(out, x[seen], out=out)
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """To the first pixel that equals the maximum; overlapping windows add up."""
        out, dout = v["out"], d["out"]
        around = self.padding_of({"x": v["x"].shape[-3:]})
        x = padded(v["x"], around, -np.inf)
        dx, waiting = np.zeros_like(x), np.ones_like(out, dtype=bool)
        for _, _, seen in shifts(self.size, self.stride, out.shape[-2:], self.dilation):
            first = waiting & (x[seen] == out)
            dx[seen] += dout * first
            waiting ^= first
        d["x"] = inner(dx, around)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(window); in ``rows`` a channel's window is one range per pixel row.

        Of a dilated window every cell is named: MAX(D9,F9,D11,F11), those of padding left out.
        """
        x, out = at["x"], at["out"]
        if self.dilation != (1, 1):
            return {"out": self._one_by_one(x)}
        top, left, _, _ = self.padding_of({"x": x.shape})
        (height, width), (down, across) = self.size, self.stride
        ranges = len(x.strips(0, height, 0))
        windows = [x.columns(across * i - left, across * i - left + width) * ranges for i in range(out.shape[2])]

        def line(c: int, y: int) -> str:
            return f"MAX({','.join(x.strips(down * y - top, down * y - top + height, c))})"

        return {"out": Sliding(line, windows)}

    def _one_by_one(self, x: Block) -> Rule:
        """The rule of a dilated window."""
        top, left, _, _ = self.padding_of({"x": x.shape})

        def cells(c: int, y: int, i: int) -> str:
            rows = (self.stride[0] * y - top + self.dilation[0] * k for k in range(self.size[0]))
            columns = [self.stride[1] * i - left + self.dilation[1] * k for k in range(self.size[1])]
            inside = [k for k in columns if 0 <= k < x.shape[2]]
            return f"MAX({','.join(x[c, r, k] for r in rows if 0 <= r < x.shape[1] for k in inside)})"

        return cells

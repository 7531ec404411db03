"""Average pooling: of each window its mean is kept.

out[c, y, x] = sum over i, j of  x[c, s*y + i - p, s*x + j - p] / n[y, x]

n counts the pixels of the window. Padding counts as 0 in the sum, and in n only with ``count_padding``; what a window
of ``ceil`` hangs over beyond the padding never counts, as in ONNX and PyTorch. Backwards:

dx[c, s*y + i - p, s*x + j - p] += dout[c, y, x] / n[y, x]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.options import as_flag
from sheetnet.layers.window import (
    Pads,
    Pair,
    Sliding,
    as_padding,
    as_pair,
    inner,
    output_size,
    padded,
    pads,
    refuse_blind,
    room,
    shifts,
)


@dataclass(frozen=True, slots=True)
class AvgPool2d(Layer):
    """Windows of ``size`` (height, width), moved by ``stride`` (``size`` where not given); x is (C, H, W).

    ``padding`` as in Conv2d; each side must be smaller than the window, or a window would see nothing but padding.
    ``ceil``: a last window that does not fit is kept, if it begins on the picture or the padding before it.
    ``count_padding``: padding counts in the mean, as 0.
    """

    kind = "avgpool2d"
    role = "sees"
    signs = "kept"
    pools = True

    size: Any
    stride: Any = None
    padding: Any = "valid"
    ceil: bool = False
    count_padding: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", as_pair(self.size, "AvgPool2d: size"))
        stride = self.size if self.stride is None else self.stride
        object.__setattr__(self, "stride", as_pair(stride, "AvgPool2d: stride"))
        object.__setattr__(self, "padding", as_padding(self.padding, "AvgPool2d: padding"))
        as_flag(self.ceil, "AvgPool2d: ceil")
        as_flag(self.count_padding, "AvgPool2d: count_padding")

    def tensors(self, of: Shapes) -> Shapes:
        """(C, output height, output width)."""
        who, x = f"AvgPool2d(size={list(self.size)})", of["x"]
        height, width = output_size(who, self.padding, x, self.size, self.stride, self.ceil)
        refuse_blind(who, pads(self.padding, x, self.size, self.stride), x, self.size, self.stride, (height, width))
        return {"out": (x[0], height, width)}

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around x, and where a last window hangs over; AVERAGE passes over them."""
        number = output_size("AvgPool2d", self.padding, of["x"], self.size, self.stride, self.ceil)
        around = pads(self.padding, of["x"], self.size, self.stride)
        return room(around, of["x"], self.size, self.stride, number)

    def forward(self, v: Values) -> None:
        """The sum of the shifted pictures, one per cell of the window, over how many cells count."""
        x = v["x"]
        of = output_size("AvgPool2d", self.padding, x.shape[-3:], self.size, self.stride, self.ceil)
        wide = padded(x, self.padding_of({"x": x.shape[-3:]}), 0)
        out = np.zeros_like(x, shape=(*x.shape[:-2], *of))
        for _, _, seen in shifts(self.size, self.stride, of):
            out += wide[seen]
        v["out"] = out / self._counted(x, of)

    def backward(self, v: Values, d: Values) -> None:
        """To every pixel of a window the same share; overlapping windows add up."""
        x, dout = v["x"], d["out"]
        of: Pair = dout.shape[-2], dout.shape[-1]
        around = self.padding_of({"x": x.shape[-3:]})
        share = dout / self._counted(x, of)
        dx = padded(np.zeros_like(x), around, 0)
        for _, _, seen in shifts(self.size, self.stride, of):
            dx[seen] += share
        d["x"] = inner(dx, around)

    def _counted(self, x: Array, of: Pair) -> Array:
        """How many cells of each window count, (output height, output width)."""
        shape = x.shape[-3:]
        around = pads(self.padding, shape, self.size, self.stride)
        ones = np.ones_like(x, shape=shape[1:])
        if self.count_padding:
            ones = padded(ones, around, 1)
            around = (0, 0, 0, 0)
        top, left, bottom, right = self.padding_of({"x": shape})
        height, width = shape[1] + top + bottom, shape[2] + left + right
        after = height - around[0] - ones.shape[0], width - around[1] - ones.shape[1]
        ones = padded(ones, (around[0], around[1], *after), 0)
        number = np.zeros_like(ones, shape=of)
        for _, _, seen in shifts(self.size, self.stride, of):
            number += ones[seen]
        return number

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(window), which passes over padding; where padding counts, SUM(window)/number of cells.

        In ``rows`` a channel's window is one range per pixel row.
        """
        x, out = at["x"], at["out"]
        top, left, bottom, right = pads(self.padding, x.shape, self.size, self.stride)
        (height, width), (down, across) = self.size, self.stride
        ranges = len(x.strips(0, height, 0))
        starts = [across * i - left for i in range(out.shape[2])]
        letters = [x.columns(start, start + width) * ranges for start in starts]
        if not self.count_padding:

            def mean(c: int, y: int) -> str:
                return f"AVERAGE({','.join(x.strips(down * y - top, down * y - top + height, c))})"

            return {"out": Sliding(mean, letters)}
        wide = [min(start + width, x.shape[2] + right) - start for start in starts]

        def shared(c: int, y: int) -> str:
            high = min(height, x.shape[1] + bottom - (down * y - top))
            cells = f"({high}*%s)" if min(wide) < width else f"{high * width}%.0s"
            return f"SUM({','.join(x.strips(down * y - top, down * y - top + height, c))})/{cells}"

        return {"out": Sliding(shared, [(*a, str(n)) for a, n in zip(letters, wide, strict=True)])}

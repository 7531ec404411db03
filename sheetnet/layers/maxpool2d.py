"""Max pooling of a picture: of each window keep only what matters most. See ``pooling``.

out[c, y, x] = max over i, j of  x[c, s*y + d*i - p, s*x + d*j - p]
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules
from sheetnet.layers.pooling import MaxPooling
from sheetnet.layers.sliding import Columns, Sliding

MOST_APART = 100  # cells of a dilated window: each is named, and a formula has 8,192 characters


@dataclass(frozen=True, slots=True)
class MaxPool2d(MaxPooling):
    """Windows of ``size`` (height, width), moved by ``stride`` (``size`` where not given); x is (C, H, W).

    Windows may overlap. ``padding`` as in Conv2d; each side must be smaller than the window, or a window
    would see nothing but padding. ``dilation``: how far the pixels of a window lie apart. ``ceil``: a last window
    that does not fit is kept, if it begins on the picture or the padding before it.
    """

    kind = "maxpool2d"
    pictures = True
    near = ("closeup_pool",)

    size: Any
    stride: Any = None
    padding: Any = "valid"
    dilation: Any = 1
    ceil: bool = False

    def __post_init__(self) -> None:
        MaxPooling.__post_init__(self)
        if self.dilation != (1, 1) and prod(self.size) > MOST_APART:
            raise NetworkError(
                f"MaxPool2d: a dilated window of {self.size[0]}x{self.size[1]} names more than {MOST_APART} cells "
                "one by one. Use a smaller window, or no dilation."
            )

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(window); in ``rows`` a channel's window is one range per pixel row.

        Blank cells of padding count as nothing. Of a dilated window every cell is named: MAX(D9,F9,D11,F11), those
        of padding left out.
        """
        x, out = at["x"], at["out"]
        top, _, _, _ = self.padding_of({"x": x.shape})

        def one_by_one(c: int, *place: int) -> str:
            cells = product(*self.seen(place, x.shape))
            return f"MAX({','.join(x[c, row, column] for row, column in cells)})"

        def text(c: int, y: int, columns: Columns) -> str:
            first = self.stride[0] * y - top
            return f"MAX({','.join(x.strips(first, first + self.size[0], columns, c))})"

        return {"out": Sliding(self, x, out.shape[2], text) if self.dilation == (1, 1) else one_by_one}

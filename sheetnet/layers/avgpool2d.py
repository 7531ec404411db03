"""Average pooling of a picture: of each window its mean is kept. See ``pooling``.

out[c, y, x] = sum over i, j of  x[c, s*y + i - p, s*x + j - p] / n[y, x]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheetnet.grid import Blocks
from sheetnet.layers.base import Rules
from sheetnet.layers.line import ByLine
from sheetnet.layers.pooling import AvgPooling
from sheetnet.layers.sliding import Columns, Sliding


@dataclass(frozen=True, slots=True)
class AvgPool2d(AvgPooling):
    """Windows of ``size`` (height, width), moved by ``stride`` (``size`` where not given); x is (C, H, W).

    ``padding`` as in Conv2d; each side must be smaller than the window, or a window would see nothing but padding.
    ``ceil``: a last window that does not fit is kept, if it begins on the picture or the padding before it.
    ``count_padding``: padding counts in the mean, as 0.
    """

    kind = "avgpool2d"
    pictures = True
    dilation = (1, 1)

    size: Any
    stride: Any = None
    padding: Any = "valid"
    ceil: bool = False
    count_padding: bool = False

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(window), which passes over padding; where padding counts, SUM(window)/number of cells.

        In ``rows`` a channel's window is one range per pixel row.
        """
        x, out = at["x"], at["out"]
        (height, width), (down, across) = self.size, self.stride
        top, left, bottom, right = self.windows(x.shape).pads
        function = "SUM" if self.count_padding else "AVERAGE"

        def text(c: int, y: int, columns: Columns) -> str:
            first = down * y - top
            return f"{function}({','.join(x.strips(first, first + height, columns, c))})"

        window = Sliding(self, x, out.shape[2], text)
        if not self.count_padding:
            return {"out": window}
        wide = [min(width, x.shape[2] + right - (across * i - left)) for i in range(out.shape[2])]

        def counted(y: int) -> list[str]:  # the cells of each window along a line
            high = min(height, x.shape[1] + bottom - (down * y - top))
            return [f"({high}*{n})" if min(wide) < width else str(high * width) for n in wide]

        def along(c: int, y: int) -> list[str]:
            return [f"{total}/{n}" for total, n in zip(window.along(c, y), counted(y), strict=True)]

        return {"out": ByLine(lambda c, y, i: f"{window(c, y, i)}/{counted(y)[i]}", along)}

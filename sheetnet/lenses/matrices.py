"""Lenses of a convolution as a matrix: a row for each window, a column for each pixel, blank where nothing is seen.

unrolled    out[w, i] = the weight by which window w sees pixel i, or ""
each_row    out[w] = bias + sum over i of weight[w, i] * x[i]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Values
from sheetnet.lenses.elements import present, summands


@dataclass(frozen=True, slots=True)
class Unrolled(Lens):
    """out (windows, pixels): the filter ``weight`` (1, 1, h, w) at each of its places in a picture of ``shape``.

    Windows and pixels are counted row by row; no padding, stride 1. Nothing stands where a window does not see
    a pixel.
    """

    kind = "unrolled"

    shape: tuple[int, int]

    def tensors(self, of: Shapes) -> Shapes:
        """A row for each window."""
        if len(of["weight"]) != 4 or of["weight"][:2] != (1, 1):
            raise NetworkError(f"unrolled: weight is {list(of['weight'])}; it needs one filter of one channel")
        (height, width), (high, wide) = self.shape, of["weight"][2:]
        if high > height or wide > width:
            raise NetworkError(f"unrolled: a filter of {high} x {wide} does not fit into {height} x {width}")
        return {"out": ((height - high + 1) * (width - wide + 1), height * width)}

    def forward(self, v: Values) -> None:
        """Lays the whole filter at one place after the other."""
        weight = present(v["weight"])[0, 0]
        (height, width), (high, wide) = self.shape, weight.shape
        rows = []
        for top in range(height - high + 1):
            for left in range(width - wide + 1):
                one = np.full((height, width), "", dtype=object)
                one[top : top + high, left : left + wide] = weight
                rows.append(one.ravel())
        v["out"] = np.array(rows, dtype=object)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the weight, or an empty text."""
        weight, width = at["weight"], self.shape[1]
        _, _, high, wide = weight.shape
        per_row = width - wide + 1

        def out(window: int, pixel: int) -> str:
            row, column = pixel // width - window // per_row, pixel % width - window % per_row
            return weight[0, 0, row, column] if 0 <= row < high and 0 <= column < wide else '""'

        return {"out": out}


@dataclass(frozen=True, slots=True)
class EachRow(Lens):
    """out (n,): each row of ``weight`` (n, m) times the row x (1, m), plus ``bias`` (1,); blank cells count as 0."""

    kind = "each_row"

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each row."""
        weight = of["weight"]
        if len(weight) != 2 or of["x"] != (1, weight[1]) or of["bias"] != (1,):
            raise NetworkError(
                f"each_row: weight is {list(weight)}, x {list(of['x'])}, bias {list(of['bias'])}; "
                "they need (n, m), (1, m) and (1,)"
            )
        return {"out": weight[:1]}

    def forward(self, v: Values) -> None:
        """A product of matrices."""
        weight, x, bias = (summands(v[own]) for own in ("weight", "x", "bias"))
        v["out"] = weight @ x[0] + bias[0]

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT of two rows."""
        weight, x, bias = at["weight"], at["x"], at["bias"]
        return {"out": lambda row: f"SUMPRODUCT({weight[row, :]},{x[0, :]})+{bias[0]}"}

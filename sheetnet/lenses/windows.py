"""Lenses of windows: a filter at each place of a map, the size of a map, and what one pixel does to a sum.

    windows       out[y, x] = sum of weight * the window around x[y, x]
    output_size   out = INT((x + 2 * padding - window) / stride) + 1
    slope         out = (F(x + step) - F(x)) / step

Cells beyond a map are blank and count as 0. The slope says how one sum rises with the pixel in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import TIED, Array, Lens, Rules, Shapes, Values, decimal, ranges
from sheetnet.lenses.elements import About, number, numbers, summands, words
from sheetnet.lenses.measures import places


@dataclass(frozen=True, slots=True)
class Windows(Lens):
    """out (H, W): the filter ``weight`` (h, w) laid on each element of ``x`` (H, W); its middle lies on the element.

    The sheet must have room around x for the windows at its edges: blank cells, (h - 1) / 2 rows above, and so on.
    """

    kind = "windows"

    def tensors(self, of: Shapes) -> Shapes:
        """As large as x."""
        if len(of["x"]) != 2 or len(of["weight"]) != 2:
            raise NetworkError(f"windows: {list(of['x'])} and {list(of['weight'])} are not two rectangles")
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """All windows of the padded map at once."""
        x, weight = summands(v["x"]), summands(v["weight"])
        before = [(size - 1) // 2 for size in weight.shape]
        padding = [(first, size - 1 - first) for first, size in zip(before, weight.shape, strict=True)]
        seen = sliding_window_view(np.pad(x, padding), weight.shape)
        v["out"] = np.einsum("yxij,ij->yx", seen, weight)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT of the window, which moves with the formula, and of the filter, which does not."""
        x, weight = at["x"], at["weight"]
        [filter_] = ranges(weight)
        height, width = weight.shape
        up, left = (height - 1) // 2, (width - 1) // 2

        def out(row: int, column: int) -> str:
            first, start = row - up, column - left
            return f"SUMPRODUCT({x[first : first + height, start : start + width]},{filter_})"

        return {"out": out}


def fitting(steps: Array, least: float = -inf) -> Any:
    """Numbers: how many windows fit side by side, where behind the first one there is room for so many steps.

    There are at least ``least``, and a part of a step is none. Where engines may find a whole number of steps or
    slightly less, both sizes are right.
    """
    near = np.round(steps)
    sizes, fewer, more = (np.maximum(size, least) for size in (np.floor(steps) + 1, near, near + 1))
    unsure = (steps != near) & (np.abs(steps - near) <= TIED * (1 + np.abs(steps)))
    if not unsure.any():
        return sizes
    each = zip(*(one.ravel().tolist() for one in (sizes, fewer, more, unsure)), strict=True)
    return words([About(size, low, high) if both else size for size, low, high, both in each], steps.shape)


@dataclass(frozen=True, slots=True)
class OutputSize(Lens):
    """out: how many windows fit side by side into ``x`` pixels; x is a number, or several."""

    kind = "output_size"

    window: int
    stride: int = 1
    padding: int = 0

    def tensors(self, of: Shapes) -> Shapes:
        """A size for each."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Rounds down. Where engines may find a whole number of steps or slightly less, both sizes are right."""
        v["out"] = fitting((numbers(v["x"]) + (2 * self.padding - self.window)) / self.stride)

    def forward_cells(self, at: Blocks) -> Rules:
        """INT."""
        x = at["x"]
        return {"out": lambda *i: f"INT(({x[i]}+2*{self.padding}-{self.window})/{self.stride})+1"}


@dataclass(frozen=True, slots=True)
class Slope(Lens):
    """out (): by how much a sum rises where the pixel in the middle of the window ``x`` (h, w) rises by 1.

    The sum is that of x times the filter ``weight`` (h, w); with ``shortcut``, the pixel is added to it. ``before``
    (): the sum as it stands in the sheet. ``step``: by how much the pixel rises; a power of 2 is exact.
    """

    kind = "slope"

    step: float
    shortcut: bool = False

    def tensors(self, of: Shapes) -> Shapes:
        """One number."""
        if of["x"] != of["weight"] or len(of["x"]) != 2:
            raise NetworkError(f"slope: {list(of['x'])} and {list(of['weight'])} are not two rectangles of one size")
        return {"out": ()}

    def forward(self, v: Values) -> None:
        """Computes the sum again, of a window whose middle is raised."""
        x, weight = summands(v["x"]).copy(), summands(v["weight"])
        middle = tuple((size - 1) // 2 for size in x.shape)
        x[middle] += self.step
        after = (x * weight).sum() + (x[middle] if self.shortcut else 0.0)
        v["out"] = np.array((after - number(v["before"])) / self.step)

    def forward_cells(self, at: Blocks) -> Rules:
        """(SUMPRODUCT(x,weight)+step*weight of the middle+x+step-before)/step."""
        x, weight, before = at["x"], at["weight"], at["before"][()]
        height, width = x.shape
        row, column = (height - 1) // 2, (width - 1) // 2
        step = decimal(self.step)
        risen = f"SUMPRODUCT({places(x)[0]},{places(weight)[0]})+{step}*{weight[row, column]}"
        passed = f"+{x[row, column]}+{step}" if self.shortcut else ""
        return {"out": lambda: f"({risen}{passed}-{before})/{step}"}

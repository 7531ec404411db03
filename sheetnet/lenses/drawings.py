"""Lenses of the canvas: which picture the network sees, and what its numbers mean.

picture   out[y, x] = pictures[number, y - down, x - right], moved into 0 to most; 0 where there is no such pixel
painted   out[c, y, x] = palette[seen[y, x], c]
moved     out[c, y, x] = x[c, y - down, x - right]; 0 where there is no such element
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, letters, sheet_prefix
from sheetnet.lenses.base import Array, Lens, Rules, Shapes, Values
from sheetnet.lenses.elements import is_lost, is_number, number, numbers, present


@dataclass(frozen=True, slots=True)
class Picture(Lens):
    """out (H, W): the one of the ``pictures`` (n, H, W) that has the ``number``, from 1 on.

    It is moved by whole numbers of pixels, ``right`` and ``down``; what comes in at the edge is 0.
    Blank cells, texts and numbers below 0 count as 0, and a number above ``most`` counts as ``most``. ``whole``: the
    numbers are those of colours, so they are rounded down.
    """

    kind = "picture"

    most: int
    whole: bool = False

    def tensors(self, of: Shapes) -> Shapes:
        """One picture."""
        return {"out": of["pictures"][1:]}

    def forward(self, v: Values) -> None:
        """The picture, with every pixel between 0 and most, and all of them moved."""
        pictures, chosen = np.asarray(v["pictures"], dtype=object), number(v["number"])
        right, down = number(v["right"]), number(v["down"])
        if not 1 <= chosen < len(pictures) + 1 or not np.isfinite([right, down]).all():
            v["out"] = np.full(pictures.shape[1:], nan)
            return
        pixels = np.vectorize(as_pixel, otypes=[np.float64])(pictures[int(chosen) - 1])
        kept = np.clip(pixels, 0, self.most)
        v["out"] = moved(np.floor(kept) if self.whole else kept, int(right), int(down))

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX in the rectangle of all pictures, kept between 0 and most; 0 beyond the edge of the one picture."""
        pictures, chosen = at["pictures"], at["number"][()]
        right, down = at["right"][()], at["down"][()]
        count, height, width = pictures.shape
        apart = pictures.steps[0][0]
        first, last = pictures.cell(0, 0, 0), pictures.cell(count - 1, height - 1, width - 1)
        corners = (f"${letters(cell.column)}${cell.row}" for cell in (first, last))
        where = pictures.prefix(first.sheet) + ":".join(corners)

        def out(y: int, x: int) -> str:
            one = f"INDEX({where},{apart}*{chosen}{y + 1 - apart:+d}-{down},{x + 1}-{right})"
            kept = f"MIN({self.most},MAX(0,{one}))"
            inside = f"{y}-{down}>=0,{y}-{down}<={height - 1},{x}-{right}>=0,{x}-{right}<={width - 1}"
            return f"IF(AND({inside}),{f'INT({kept})' if self.whole else kept},0)"

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Painted(Lens):
    """out (C, H, W): the light of each pixel of ``seen`` (H, W), which is the number of a colour.

    Reads ``palette`` (colours, C), the numbers of the colours counting from 0.
    """

    kind = "painted"

    def tensors(self, of: Shapes) -> Shapes:
        """A picture per channel."""
        return {"out": (of["palette"][1], *of["seen"])}

    def forward(self, v: Values) -> None:
        """The row of the palette for each pixel."""
        seen, palette = numbers(v["seen"]), numbers(v["palette"])
        known = (seen >= 0) & (seen < len(palette))
        colors = palette[np.where(known, seen, 0).astype(np.intp)]
        v["out"] = np.where(known, np.moveaxis(colors, -1, 0), nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX in a column of the palette."""
        seen, palette = at["seen"], at["palette"]
        last = palette.shape[0] - 1

        def out(c: int, y: int, x: int) -> str:
            top, bottom = palette.cell(0, c), palette.cell(last, c)
            column = letters(top.column)
            colors = f"{sheet_prefix(top.sheet)}{column}${top.row}:{column}${bottom.row}"
            return f"INDEX({colors},{seen[y, x]}+1)"

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Moved(Lens):
    """out (..., H, W): the maps ``x``, moved by whole numbers of cells, ``right`` and ``down``; 0 comes in."""

    kind = "moved"

    def tensors(self, of: Shapes) -> Shapes:
        """As large as x."""
        if len(of["x"]) < 2:
            raise NetworkError(f"moved: x is {list(of['x'])}; it needs rows and columns")
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Map by map. A blank cell gives nan, since a formula that names it shows 0."""
        x, steps = present(v["x"]), [number(v["right"]), number(v["down"])]
        if not np.isfinite(steps).all():
            v["out"] = np.full(x.shape, nan)
            return
        right, down = map(int, steps)
        maps = [moved(one, right, down) for one in x.reshape(-1, *x.shape[-2:])]
        v["out"] = np.stack(maps).reshape(x.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX in the rectangle of the map, 0 beyond its edge."""
        x, right, down = at["x"], at["right"][()], at["down"][()]
        height, width = x.shape[-2:]

        def out(*index: int) -> str:
            (*lead, row, column) = index
            first, last = x.corners(*lead)
            corners = dict.fromkeys(f"${letters(cell.column)}${cell.row}" for cell in (first, last))
            where = x.prefix(first.sheet) + ":".join(corners)
            inside = f"{row}-{down}>=0,{row}-{down}<={height - 1},{column}-{right}>=0,{column}-{right}<={width - 1}"
            # Gnumeric fails on INDEX over one cell.
            value = f"INDEX({where},{row + 1}-{down},{column + 1}-{right})" if len(corners) > 1 else where
            return f"IF(AND({inside}),{value},0)"

        return {"out": out}


def moved(picture: Array, right: int, down: int) -> Array:
    """A picture (H, W) moved by whole pixels; what comes in at the edge is 0."""
    (height, width), out = picture.shape, np.full_like(picture, 0.0)
    if abs(down) < height and abs(right) < width:
        here = picture[max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
        out[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = here
    return out


def as_pixel(value: Any) -> float:
    """The number of a cell of a picture: 0 for blank cells and texts, as MAX takes them.

    nan for an error, and for a truth value, about which spreadsheets differ.
    """
    if is_lost(value) or isinstance(value, bool):
        return nan
    return float(value) if is_number(value) else 0.0

"""How a sheet looks: square cells for pictures, the style of numbers, the colours of a tensor."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Block, Shape, a1
from sheetnet.layers import Array
from sheetnet.layout import COLORS, FIRST
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

SQUARE_WIDTH, SQUARE_HEIGHT = 5.29, 27.75  # characters and points: 37 x 37 pixels


def times(shape: Shape) -> str:
    """A shape as people write it: 3 x 28 x 28."""
    return " x ".join(map(str, shape)) if shape else "1"


def color_of(network: Network, channel: int) -> str:
    """The colour of a channel of the photo; grey where there is no colour to it."""
    return COLORS.get(network.shape[0], ("grey",) * network.shape[0])[channel]


def picture_sheet(lesson: Lesson, title: str) -> Sheet:
    """A new sheet of square cells, its head in view while the reader scrolls."""
    return lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=f"A{FIRST}", repeat_rows="1:3")


def largest_at(lesson: Lesson, node: Node) -> tuple[int, ...]:
    """Where a layer answered most: a place worth looking at first."""
    out = lesson.values[f"{node.name}.out"]
    return tuple(int(i) for i in np.unravel_index(int(out.argmax()), out.shape))


def number_style(style: str, values: Array) -> str:
    """Numbers with fixed decimals, or as they are where all are whole, or too large for the cell."""
    most = 1e7 if style == "number" else 100
    fixed = bool(np.abs(values).max(initial=0.0) < most and (values % 1 != 0).any())
    return style if fixed else f"{style}.general"


def signed_stops(lesson: Lesson, values: Array) -> list[tuple[str, float | None]]:
    """Negative, white, positive, with 0 in the middle: the colours mean the same on both sides of it."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    theme = lesson.theme
    return [(theme.negative, -most), (theme.paper, 0.0), (theme.positive, most)]


def add_scale(sheet: Sheet, block: Block, stops: list[tuple[str, float | None]], *more: Block) -> None:
    """One colour scale for all of a tensor that lies on the sheet, and for those that it is compared with."""
    areas = [area for one in (block, *more) for area in one.rectangles()]
    ranges = [f"{a1(a.row, a.column)}:{a1(b.row, b.column)}" for a, b in areas if a.sheet == sheet.title]
    sheet.scales.append(Scale(ranges, stops))

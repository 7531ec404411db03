"""How a sheet looks: square cells for pictures, the style of numbers, the colours of a tensor."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import MAX_ROWS, Anchor, Block, Shape
from sheetnet.layers import Array
from sheetnet.layers.window import Pads
from sheetnet.layout import COLORS
from sheetnet.layout.addresses import areas
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW
from sheetnet.network import Network
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

EXACT = 1e-9  # 5.6 from a sum of tenths is 5.6000000000000005
SQUARE_WIDTH, SQUARE_HEIGHT = 5.29, 27.75  # characters and points: 37 x 37 pixels
MOST_READ = 10  # columns of a map whose numbers can be read with two others beside it on the first screen
DOT = 1.65  # characters of a column of a larger map, of which the colours are seen
# The height of a row of a map with at most so many rows: all of a map is to lie on the first screen.
LOWER = ((6, SQUARE_HEIGHT), (14, 20.25), (MAX_ROWS, 14.25))


def times(shape: Shape) -> str:
    """A shape as people write it: 3 × 28 × 28; 1 for a single number."""
    return " × ".join(map(str, shape)) if shape else "1"


def color_of(network: Network, channel: int) -> str:
    """The colour of a channel of the photo; grey where there is no colour to it."""
    return COLORS.get(network.shape[0], ("grey",) * network.shape[0])[channel]


def picture_sheet(lesson: Lesson, title: str) -> Sheet:
    """A new sheet of square cells, its title and links in view while the reader scrolls."""
    return lesson.book.add(title, default_width=SQUARE_WIDTH, freeze=BELOW, repeat_rows="1:1")


def row_height(rows: int) -> float:
    """The height of a row of a map of so many ``rows``, in points."""
    return next(height for most, height in LOWER if rows <= most)


def number_style(style: str, values: Array) -> str:
    """The style of numbers: with fixed decimals, but "general" where none has more than one decimal, or one is large.

    "General" shows 5.6 as a person writes it. What is too large for a cell with decimals depends on the style.
    """
    most = 1e7 if style in ("number", "weight.wide", "answer.number") else 100
    fixed = bool(np.abs(values).max(initial=0.0) < most and (np.abs(values - values.round(1)) > EXACT).any())
    return style if fixed else f"{style}.general"


def signed_stops(lesson: Lesson, values: Array) -> list[tuple[str, float | None]]:
    """The colours of signed numbers, with white at 0: equal distances from 0 have equally strong colours."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    theme = lesson.theme
    return [(theme.negative, -most), (theme.paper, 0.0), (theme.positive, most)]


def add_scale(sheet: Sheet, block: Block, stops: list[tuple[str, float | None]], *more: Block) -> None:
    """One colour scale for all of a tensor that lies on the sheet, and for those that it is compared with."""
    sheet.scales.append(Scale([area for one in (block, *more) for area in areas(one, sheet.title)], stops))


def tint_padding(sheet: Sheet, first: Anchor, rows: int, columns: int, margin: Pads) -> None:
    """Tint the blank cells around a rectangle of ``rows`` x ``columns`` cells that begins at ``first``."""
    top, left, bottom, right = margin
    for row in range(-top, rows + bottom):
        for column in range(-left, columns + right):
            if not (0 <= row < rows and 0 <= column < columns):
                sheet.blank(first.row + row, first.column + column, "tape")

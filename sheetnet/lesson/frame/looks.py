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
from sheetnet.workbook.style import DECIMALS, ZEROS

EXACT = 1e-9  # 5.6 from a sum of tenths is 5.6000000000000005
TINY = 0.005  # below it four decimals say next to nothing
LARGE = {"number": 1e7, "weight.wide": 1e7, "answer.number": 1e7, "sum": 1e5}  # has no room for decimals; others: 100
SQUARE_WIDTH, SQUARE_HEIGHT = 5.29, 27.75  # characters and points: 37 x 37 pixels
TINIES = ("number", "map", "sum")  # the styles that have a form for tiny numbers
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
    """The style of numbers: with fixed decimals, or as a person would write all of them.

    "general" shows whole numbers, and rounds what is too large for a cell with decimals, which depends on the style;
    "tenths" shows numbers of which none has more than one decimal, "tiny" those that are next to 0 as powers of ten.
    Squares and inputs show tenths as they come: 5.6 beside 4.
    """
    most = float(np.abs(values).max(initial=0.0))
    if most >= LARGE.get(style, 100) or not bool((np.abs(values - values.round()) > EXACT).any()):
        listed = style in TINIES and 0 < most < EXACT  # whole, as far as rounding can tell
        return f"{style}.tiny" if listed else f"{style}.general"
    if style in TINIES and most < TINY:
        return f"{style}.tiny"
    if (np.abs(values - values.round(1)) > EXACT).any():
        return with_zeros(style, values)
    return f"{style}.tenths" if style in ("number", "sum") else f"{style}.general"


def with_zeros(style: str, values: Array) -> str:
    """The form of a style that shows 0 as 0, where some number is 0 and none would be shown as -0.00."""
    below = (values < 0) & (values.round(DECIMALS.get(style, 0)) == 0)
    return f"{style}{ZEROS}" if style in DECIMALS and (values == 0).any() and not below.any() else style


def signed_stops(lesson: Lesson, values: Array) -> list[tuple[str, float | None]]:
    """The colours of signed numbers, with white at 0: equal distances from 0 have equally strong colours."""
    most = float(f"{np.abs(values).max(initial=0.0):.3g}") or 1.0
    theme = lesson.theme
    return [(theme.negative, -most), (theme.paper, 0.0), (theme.positive, most)]


def channel_stops(lesson: Lesson, channel: int) -> list[tuple[str, float | None]]:
    """The colours of a channel of the photo. White is no light; in a grey photo, and only there, it is full light."""
    network, theme = lesson.network, lesson.theme
    ends = [theme.paper, theme.channel[color_of(network, channel)]]
    if network.shape[0] == 1 and not network.ink:
        ends.reverse()
    return [(ends[0], 0.0), (ends[1], float(network.levels))]


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

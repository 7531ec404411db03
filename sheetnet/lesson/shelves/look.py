"""How the cells of a lesson look: the style of each tensor, its colours, the widths of columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.case.lessons.script import LAMPS, Given, Picture, Script, Shown
from sheetnet.grid import Block, a1
from sheetnet.layout.addresses import area, areas
from sheetnet.lenses.elements import numbers
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import number_style, signed_stops
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.shelves.arrange import Arranged, Placed
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Mark, Scale
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER
from sheetnet.workbook.style import MINI

# The style of cells by the name that a lesson.toml gives it.
STYLES = {
    "general": "number.general",
    "percent": "percent",
    "chance": "chance",
    "count": "count",
    "small": "small",
    "text": "text",
    "answer": "answer",
    "big": "verdict",
    "mini": "mini",
}
BRIGHTEST = 255.0
READABLE = "FFA0A0A0"  # the darkest grey on which digits can be read
POINTS_PER_PIXEL = 72 / 96
STRONG = 0.97  # the share of small squares that are paler than the strongest colour
LIGHTS = ("FFFF4040", "FF40FF40", "FF4040FF")  # of the lamps of a pixel: a little white makes all of it brighter
NUMBER_WIDTH, MAP_WIDTH, WIDEST = 11.0, 7.0, 60.0  # characters
FIRST_WIDTH, GAP_WIDTH, SPARE = 10.0, 2.7, 0.5  # widths of letters are estimates


def style_of(piece: Shown, value: Any, given: Given | None) -> str:
    """The style of the cells of a tensor. ``value``: its elements; ``given``: where the reader may change them."""
    words = any(isinstance(one, str) for one in np.asarray(value, dtype=object).ravel().tolist())
    if given is not None and given.open:
        if words:
            return "choice.text" if given.choices else "sample"
        return "pixel" if len(given.value.shape) > 1 and (piece.colors or piece.style == "map") else "input"
    if piece.style == "map" or (not piece.style and piece.colors and len(np.shape(value)) > 1):
        return number_style("map", numbers(value))
    if piece.style == "tiny":
        return "tiny" if piece.colors == "grey" else "tiny.light"
    if piece.style == "answer" and (not words or not np.shape(value)):
        return "answer.line" if words else "answer.number"
    if piece.style in STYLES:
        return STYLES[piece.style]
    if given is not None:
        return "text" if words else "number.general"
    return "text" if words else number_style("number", numbers(value))


def color(lesson: Lesson, sheet: Sheet, piece: Shown) -> None:
    """The colour scale of a tensor, and frames where its mask is not blank."""
    block, theme = lesson.plan.blocks[piece.of], lesson.theme
    if piece.colors == LAMPS:
        for channel, light in enumerate(LIGHTS):
            sheet.scales.append(Scale(_lamp(block, channel), [("FF000000", 0.0), (light, BRIGHTEST)]))
    elif piece.colors:
        ranges = [one for full in (piece.of, *piece.like) for one in areas(lesson.plan.blocks[full], sheet.title)]
        values = [numbers(lesson.value(full)).ravel() for full in (piece.of, *piece.like)]
        known = np.concatenate(values)  # nan where nothing stands
        stops: dict[str, list[tuple[str, float | None]]] = {
            "signed": signed_stops(lesson, _strong(known[np.isfinite(known)], small=bool(piece.square))),
            "warm": [(theme.paper, None), (theme.warm, None)],
            "grey": [("FF000000" if piece.style in ("tiny", MINI) else READABLE, 0.0), ("FFFFFFFF", BRIGHTEST)],
        }
        sheet.scales.append(Scale(ranges, stops[piece.colors]))
    if piece.framed:
        first = lesson.plan.blocks[piece.framed].anchors[0]
        mark = f'{a1(first.row, first.column)}<>""'
        sheet.marks.append(
            Mark([area(block)], mark, font=theme.mark_line, bold=True, border=theme.mark_line, stop=False)
        )


def _strong(values: Any, *, small: bool) -> Any:
    """The numbers that decide how strong colours are. The few largest do not make all other small squares pale."""
    return np.quantile(np.abs(values), STRONG) if small else values


def _lamp(block: Block, channel: int) -> list[str]:
    """The cells of one colour, where a pixel is three cells side by side: a column for each pixel of a row."""
    _, height, width = block.shape
    ends = [(block.cell(channel, 0, x), block.cell(channel, height - 1, x)) for x in range(width)]
    return [f"{a1(first.row, first.column)}:{a1(last.row, last.column)}" for first, last in ends]


def set_widths(lesson: Lesson, sheet: Sheet, arranged: Arranged, script: Script) -> None:
    """Make each column as wide as what stands in it needs."""
    for placed in arranged.blocks:
        if isinstance(placed.piece, Shown):
            _widen(lesson, sheet, placed, script)
    sheet.widths.setdefault(1, FIRST_WIDTH)
    sheet.default_width = 9.0
    if any(isinstance(placed.piece, Shown) and placed.piece.square for placed in arranged.blocks):
        _narrow_gaps(sheet, arranged)


def _narrow_gaps(sheet: Sheet, arranged: Arranged) -> None:
    """Make the free columns between blocks as narrow as a gap needs, so that small squares stay on the screen."""
    blocks = [one for one in arranged.blocks if not isinstance(one.piece, Picture)]
    taken = {c for one in blocks for c in range(one.column, one.column + one.columns)}
    for column in set(range(1, max(taken))) - taken:
        sheet.widths[column] = GAP_WIDTH


def _widen(lesson: Lesson, sheet: Sheet, placed: Placed, script: Script) -> None:
    piece, shape = placed.piece, script.shapes[placed.piece.of] if isinstance(placed.piece, Shown) else ()
    if not isinstance(piece, Shown):
        return
    if piece.square:
        _square(sheet, placed, piece)
        return
    own = piece.width or (MAP_WIDTH if len(shape) > 1 else _needs(lesson, piece, shape, script))
    block = lesson.plan.blocks[piece.of]
    for column in _columns(block, sheet.title):
        _at_least(sheet, column, own)
    if piece.left:
        _at_least(sheet, placed.column, NUMBER_WIDTH if not piece.width else piece.width)
    if not piece.width and placed.column == 1:
        _at_least(sheet, 1, FIRST_WIDTH)
    if piece.label and (not shape or (len(shape) == 1 and not piece.across)):
        _at_least(sheet, placed.column, min(characters(piece.label, bold=bool(shape)) + SPARE, WIDEST))


def _square(sheet: Sheet, placed: Placed, piece: Shown) -> None:
    """Make small squares of the cells of a block and of the blank ones around them; wider ones for long numbers."""
    for column in range(placed.column, placed.column + placed.columns):
        _at_least(sheet, column, piece.width or piece.square / PIXELS_PER_CHARACTER)
    for row in range(placed.row + (1 if piece.label else 0), placed.row + placed.rows):
        sheet.heights[row] = max(sheet.heights.get(row, 0.0), piece.square * POINTS_PER_PIXEL)


def _needs(lesson: Lesson, piece: Shown, shape: tuple[int, ...], script: Script) -> float:
    """The width that the elements of a column need; a single text may run on into the columns behind it.

    What can be chosen stays in its cell, whatever is chosen.
    """
    given, value = script.givens.get(piece.of.removesuffix(".out")), lesson.value(piece.of)
    texts = [one for one in np.asarray(value, dtype=object).ravel().tolist() if isinstance(one, str)]
    if given is not None and given.choices and given.words:
        texts = [str(one) for one in given.choices]
    elif texts and not shape:
        return 0.0
    return min(max([characters(one) for one in texts], default=NUMBER_WIDTH), WIDEST)


def _columns(block: Block, title: str) -> list[int]:
    return sorted(
        {
            column
            for first, last in block.rectangles()
            if first.sheet == title
            for column in range(first.column, last.column + 1)
        }
    )


def _at_least(sheet: Sheet, column: int, width: float) -> None:
    if width:
        sheet.widths[column] = max(sheet.widths.get(column, 0.0), width)

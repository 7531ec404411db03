"""The bottleneck, the block of ResNet-50: a tile per layer from top to bottom, x passing by on the right."""

from __future__ import annotations

from sheetnet.layers.arithmetic.div import Div
from sheetnet.layers.arithmetic.sum import Sum
from sheetnet.layout import FIRST, NUMBER
from sheetnet.layout.sheets.shortcuts import (
    BY,
    MAPS_IN,
    MAPS_OUT,
    NAME,
    TILES,
    WEIGHTS,
    WINDOW,
    block_cell,
    block_choice,
)
from sheetnet.lenses import Area, Copy, Factors, Source
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet

WIDE, NARROW = 256, 64  # maps outside and inside the block of ResNet-50
LAYERS = (  # name, window, what is read, what says how many maps it makes, where that is not its own choice
    ("narrower", 1, "residual.wide", ""),
    ("middle", 3, "residual.narrow", "residual.narrow"),
    ("wider", 1, "residual.narrow", "residual.wide"),
)


def draw_block(lesson: Lesson, sheet: Sheet) -> None:
    """The tiles, the shortcut, and how many weights there are."""
    words, here = lesson.words, sheet.title
    sheet.text(FIRST, NAME, words("residual.block"), "heading.plain")
    for number, key in enumerate(("layer", "window", "maps_in", "maps_out", "weights", "shortcut")):
        style = "heading" if number == 0 else "heading.center"
        sheet.text(FIRST + 1, NAME + number, words(f"residual.{key}"), style)
    sheet.text(TILES, NAME, words("residual.x"), "tile.input.small")
    lesson.put("residual.wide", NUMBER, block_choice(here, 0), WIDE, "choice")
    lesson.put("residual.narrow", NUMBER, block_choice(here, 1), NARROW, "choice")
    for line, layer in enumerate(LAYERS, 1):
        _draw_layer(lesson, sheet, line, *layer)
    for line, sign in enumerate(("──┐", "│", "│", "│", "←──┘")):
        sheet.text(TILES + line, BY, sign, "sign")
    sheet.text(TILES + 4, NAME, words("residual.sum"), "tile.decides.small")
    sheet.text(TILES + 5, NAME, words("residual.relu"), "tile.sees.small")
    _draw_weights(lesson, sheet)


def _draw_layer(lesson: Lesson, sheet: Sheet, line: int, key: str, size: int, before: str, after: str) -> None:
    """A layer: its window, the maps it reads and makes, its weights."""
    here, name = sheet.title, f"residual.{key}"
    sheet.text(TILES + line, NAME, lesson.words(name), "tile.sees.small")
    lesson.put(f"{name}_window", NUMBER, block_cell(here, line, WINDOW), [size], "origin")
    lesson.look(f"{name}_in", Copy((1,)), {"x": before}, "origin", out=block_cell(here, line, MAPS_IN))
    if after:
        lesson.look(f"{name}_out", Copy((1,)), {"x": after}, "origin", out=block_cell(here, line, MAPS_OUT))
    made: Source = f"{name}_out.out" if after else Area("residual.narrow", shape=(1,))
    reads = {"k": f"{name}_window", "a": f"{name}_in.out", "b": made}
    product = Factors(("k", "k", "a", "b"))
    lesson.look(f"{name}_weights", product, reads, "count", out=block_cell(here, line, WEIGHTS))


def _draw_weights(lesson: Lesson, sheet: Sheet) -> None:
    """The weights of all three layers, those of two 3x3 layers as wide as x, and the share of the first in those."""
    words, here = lesson.words, sheet.title
    counted: dict[str, Source] = {f"x{k}": f"residual.{key}_weights.out" for k, (key, *_) in enumerate(LAYERS, 1)}
    maps: dict[str, Source] = {"maps": Area("residual.wide", shape=(1,))}
    share: dict[str, Source] = {"x": "residual.all_three.out", "y": "residual.both.out"}
    lines = (
        ("residual.all_three", Sum(3), counted, "count"),
        ("residual.both", Factors((2, 3, 3, "maps", "maps")), maps, "count"),
        ("residual.share", Div(), share, "percent"),
    )
    for line, (name, lens, reads, style) in enumerate(lines, 6):
        sheet.text(TILES + line, NAME, words(name), "text")
        lesson.look(name, lens, reads, style, out=block_cell(here, line, WEIGHTS))

"""A filter of zeros, F(x), x in its padding, and their sum; what is measured on them."""

from __future__ import annotations

import numpy as np

from sheetnet.layers.arithmetic.add import Add
from sheetnet.layout import FIRST, NUMBER
from sheetnet.layout.addresses import area
from sheetnet.layout.sheets.shortcuts import PICTURES, SIDE, below_pictures, filter_of_zeros, picture
from sheetnet.lenses import Area, Slope, Source, SquaredDifferences, When, Windows, element, inline
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

HEART = ("09090", "99999", "99999", "09990", "00900")
STEP = 0.5  # by which x rises: exact in a spreadsheet


def draw_zeros(lesson: Lesson, sheet: Sheet) -> None:
    """The pictures."""
    words, theme, here, side = lesson.words, lesson.theme, sheet.title, len(HEART)
    weights = filter_of_zeros(here)
    found, x, out = maps = [picture(here, number, side) for number in range(3)]
    sheet.text(FIRST, SIDE, words("residual.zeros"), "heading.plain")
    for block, key in zip((weights, *maps), ("filter", "found_short", "x", "sum"), strict=True):
        sheet.text(PICTURES - 2, block.anchors[0].column, words(f"residual.{key}"), "note")
    first = x.anchors[0]
    for y in range(-1, side + 1):
        for column in range(-1, side + 1):
            if not (0 <= y < side and 0 <= column < side):
                sheet.blank(first.row + y, first.column + column, "tape")
    heart = np.array([list(map(float, line)) for line in HEART])
    lesson.put("residual.filter", NUMBER, weights, np.zeros(weights.shape), "weight.general")
    lesson.put("residual.x", NUMBER, x, heart, "weight.general")
    reads: dict[str, Source] = {"x": "residual.x", "weight": "residual.filter"}
    lesson.look("residual.found", Windows(), reads, "seen", out=found)
    lesson.look("residual.sum", Add(), {"x": "residual.found.out", "y": "residual.x"}, "seen", out=out)
    for block, sign in ((found, "+"), (x, "=")):
        sheet.text(PICTURES + side // 2, block.anchors[0].column + side + 1, sign, "sign")
    for blocks, most in ((maps, 9.0), ([weights], 1.0)):
        ranges = [area(block) for block in blocks]
        sheet.scales.append(Scale(ranges, [(theme.negative, -most), (theme.paper, 0.0), (theme.positive, most)]))
    _draw_measures(lesson, sheet, reads, x.anchors[0].column)


def _draw_measures(lesson: Lesson, sheet: Sheet, reads: dict[str, Source], column: int) -> None:
    """Whether the sum is x, and by how much the sum and F(x) rise where x rises in the middle."""
    words, here, side = lesson.words, sheet.title, len(HEART)
    same = When(1e-9, words("residual.same"), words("residual.other"))
    apart = inline(SquaredDifferences(), x="residual.x", y="residual.sum.out")
    lesson.look("residual.same", same, {"x": apart}, "heading.plain", out=below_pictures(here, 0, SIDE, side))
    half = side // 2
    around = Area("residual.x", row=half - 1, column=half - 1, shape=(3, 3))
    for line, (key, shown, passes) in enumerate((("out", "sum", True), ("found", "found", False)), 1):
        name, full = f"residual.slope_{key}", f"residual.{shown}.out"
        place = below_pictures(here, line, column, side)
        sheet.text(place.anchors[0].row, SIDE, words(name), "text")
        before = element(full, lesson.plan.blocks[full], half, half)
        slope = Slope(STEP, shortcut=passes)
        lesson.look(name, slope, {**reads, "x": around, "before": before}, "sum.general", out=place)

"""What is left of a gradient after some blocks, with the shortcuts and without."""

from __future__ import annotations

from sheetnet.layout import NUMBER
from sheetnet.layout.sheets.shortcuts import NAME, SLOPES, depths, slope
from sheetnet.lenses import Power
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet

SLOPE, DEPTHS = 0.1, (1, 2, 5, 10, 20, 50)


def draw_gradient(lesson: Lesson, sheet: Sheet) -> None:
    """A table: numbers of blocks, and the slope of all of them together."""
    words, here, count = lesson.words, sheet.title, len(DEPTHS)
    sheet.text(SLOPES, NAME, words("residual.slopes"), "heading.plain")
    sheet.text(SLOPES + 1, NAME, words("residual.slope"), "text")
    lesson.put("residual.slope", NUMBER, slope(here), SLOPE, "input")
    for row, key in enumerate(("blocks", "with", "without"), SLOPES + 2):
        sheet.text(row, NAME, words(f"residual.{key}"), "heading" if key == "blocks" else "text")
    lesson.put("residual.depths", NUMBER, depths(here, 0, count), DEPTHS, "heading.center")
    reads = {"base": "residual.slope", "exponent": "residual.depths"}
    for line, (key, start) in enumerate((("with", 1), ("without", 0)), 1):
        lesson.look(f"residual.{key}", Power(start), reads, "short", out=depths(here, line, count))

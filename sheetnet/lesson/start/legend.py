"""The end of Start: how to read the cells, a sample of each kind beside what it means."""

from __future__ import annotations

from sheetnet.grid import a1
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import FRAMED

STYLES = {"input": "sample", "formula": "text", "answer": "answer", "tape": "tape"}
# Numbers side by side, by the colour of a theme that they take. With more lines Start would print a page more.
COLORS = {"signed": {"negative": -1.0, "positive": 1.0}, "warm": {"warm": 1.0}}
ONE = 1.0
ROLES = ("input", "sees", "rearranges", "decides")  # of tiles


def draw_legend(lesson: Lesson, sheet: Sheet, row: int) -> None:
    """A line for each kind of cell, for each colour of numbers, and for each colour of tiles."""
    words, theme = lesson.words, lesson.theme
    sheet.text(row, 2, words("start.legend"), "heading.plain")
    sheet.heights[row] = 20.0
    for key, style in STYLES.items():
        row += 1
        if key == "tape":
            sheet.blank(row, 2, style)
        else:
            sheet.text(row, 2, words(f"start.legend_{key}"), style)
        sheet.text(row, 4, words(f"start.legend_{key}_text"), "text")
    for key, samples in COLORS.items():
        row += 1
        for column, (name, value) in enumerate(samples.items(), 2):
            sheet.number(row, column, value, "map.general")
            stops: list[tuple[str, float | None]] = [(theme.paper, 0.0), (getattr(theme, name), value)]
            where = a1(row, column)
            sheet.scales.append(Scale([where], stops if value > 0 else stops[::-1]))
        sheet.text(row, 4, words(f"start.legend_{key}_text"), "text")
    if any(key.startswith("closeup") for key in lesson.extras):
        row += 1
        sheet.number(row, 2, ONE, "marked")
        sheet.text(row, 4, words("start.legend_marked_text"), "text")
    row += 1
    sheet.number(row, 2, ONE, f"map.general{FRAMED}")
    sheet.text(row, 4, words("start.legend_followed"), "text")
    for role in ROLES:
        row += 1
        sheet.text(row, 2, words(f"start.legend_tile_{role}"), f"tile.{role}.small")
        sheet.text(row, 4, words(f"start.legend_tile_{role}_text"), "text")

"""The end of Start: how to read the cells, a sample of each kind beside what it means."""

from __future__ import annotations

from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import FRAMED

STYLES = {"input": "sample", "formula": "text", "answer": "answer", "tape": "tape"}
COLORS = {"negative": -1.0, "positive": 1.0, "warm": 1.0}  # numbers, by the colour of a theme that they take
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
    for key, value in COLORS.items():
        row += 1
        sheet.number(row, 2, value, "map.general")
        stops: list[tuple[str, float | None]] = [(theme.paper, 0.0), (getattr(theme, key), value)]
        sheet.scales.append(Scale([f"B{row}"], stops if value > 0 else stops[::-1]))
        sheet.text(row, 4, words(f"start.legend_{key}_text"), "text")
    if any(key.startswith("closeup") for key in lesson.extras):
        row += 1
        sheet.number(row, 2, COLORS["warm"], "marked")
        sheet.text(row, 4, words("start.legend_marked_text"), "text")
    row += 1
    sheet.number(row, 2, COLORS["warm"], f"map.general{FRAMED}")
    sheet.text(row, 4, words("start.legend_followed"), "text")
    for role in ROLES:
        row += 1
        sheet.text(row, 2, words(f"start.legend_tile_{role}"), f"tile.{role}.small")
        sheet.text(row, 4, words(f"start.legend_tile_{role}_text"), "text")

"""The first sheet of a key: what counts of every worksheet in one row, for whoever has thirty of them to mark."""

from __future__ import annotations

from collections.abc import Sequence

from sheetnet.classroom.worksheet.numbers import WINDOW
from sheetnet.layout.places import across, cell
from sheetnet.lenses import Copy
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.workbook.book import Sheet

HEAD, FIRST = 3, 4  # rows
NUMBER, MAP, CLUES, LOGITS, SINGLES = 1, 3, 13, 18, 21  # columns
NAME_WIDTH = 24.0  # characters
ROW = 18.0  # points
STYLE = "box"
LEARNED = ("gradient", "weight")


def draw_overview(
    lesson: Lesson, sheet: Sheet, prefixes: Sequence[str], names: Sequence[str], *, learns: bool
) -> None:
    """A row for each worksheet. ``prefixes``: how its looks are called; ``learns``: whether it has step 12."""
    words, title = lesson.words, sheet.title
    sheet.text(1, 1, words("handout.overview.lead"), "heading.plain")
    singles = ("p_true", "loss", *(LEARNED if learns else ()))
    heads = {NUMBER: "number", NUMBER + 1: "name", MAP: "map", CLUES: "clues", LOGITS: "logits"}
    heads |= {SINGLES + place: own for place, own in enumerate(singles)}
    for column, key in heads.items():
        sheet.text(HEAD, column, words(f"handout.overview.{key}"), "heading.small")
    sheet.widths |= {NUMBER + 1: NAME_WIDTH, MAP + WINDOW**2: 1.0, CLUES + 4: 1.0, LOGITS + 2: 1.0}
    sheet.widths |= {SINGLES + place: 12.5 for place in range(len(singles))}
    sheet.repeat_rows, sheet.freeze = f"{HEAD}:{HEAD}", f"A{FIRST}"
    for number, (prefix, name) in enumerate(zip(prefixes, names, strict=True)):
        row = FIRST + number
        sheet.heights[row] = ROW
        sheet.number(row, NUMBER, number + 1.0, "index")
        sheet.text(row, NUMBER + 1, name or "–")
        for own, column, count in (("map", MAP, WINDOW**2), ("evidence", CLUES, 4), ("logits", LOGITS, 2)):
            block = across(title, row, column, count)
            lesson.look(f"{prefix}all_{own}", Copy((count,)), {"x": f"{prefix}{own}.out"}, STYLE, out=block)
        for place, own in enumerate(singles):
            block = cell(title, row, SINGLES + place)
            lesson.look(f"{prefix}all_{own}", Copy(), {"x": f"{prefix}{own}.out"}, STYLE, out=block)

"""The sheet Checks: the workbook checks itself, live, without any tool.

Two kinds of checks. The arithmetic must always agree: probabilities sum to 1, the readings of a loss are one number,
no number is missing. The seal is broken once the reader edits something: each tensor's fingerprint, taken when the
workbook was made, stands beside the same of the live cells; see ``lenses.fingerprints``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetnet.grid import Anchor
from sheetnet.layout import FIRST
from sheetnet.layout.sheets.checks import APART, LAST, NAME, STATE, STORED, Checks, first_print
from sheetnet.lenses import When
from sheetnet.lesson.beside.checks.agreement import REFERENCE, agreement, checks_of, names_of_checks
from sheetnet.lesson.beside.checks.seals import Print, pattern, pattern_size, prints
from sheetnet.lesson.beside.checks.table import PATTERN, SAME, draw_table, write_constants
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import times
from sheetnet.lesson.frame.measure import characters
from sheetnet.workbook.book import Sheet

ALL = "checks.all"
ZOOM = 80  # percent; at this all columns are seen on the first screen
NUMBER_WIDTH, LEAST_WIDTH = 12.5, 9.0  # characters of a column of numbers, and of any other one at least


def draw_checks(lesson: Lesson, title: str) -> None:
    """The sheet: first the checks, then the table of fingerprints, then the pattern of their seals."""
    words, lines = lesson.words, len(names_of_checks(lesson))
    sheet = lesson.book.add(title, freeze=BELOW, repeat_rows="1:1", aside=True)
    sheet.widths |= {1: 2.0} | dict.fromkeys(range(STORED, LAST + 1), NUMBER_WIDTH)
    draw_head(lesson, sheet, Head(words("checks.title"), words("checks.lead"), words("checks.remark")))
    near = Anchor(title, first_print(lines), NAME)  # how long a formula becomes depends on where it reads the pattern
    found = [one for one in prints(lesson.plan, near) if _is_finite(lesson, one.full)]
    places = Checks(title, lines, len(found))
    sheet.widths |= dict(_widths(lesson, found))
    sheet.zoom = ZOOM
    _draw_pattern(lesson, sheet, places, found)
    draw_table(lesson, sheet, places, found)
    _draw_lines(lesson, sheet, places, found)
    lens, reads = agreement(lesson, "checks.all_state", "checks.edited")
    sheet.text(places.first_line + lines, NAME, words("checks.all"), "text")
    lesson.look(ALL, lens, reads, "answer", out=places.together())
    sheet.print_rows, sheet.print_columns = places.first_print + places.prints - 1, LAST
    draw_links(lesson, sheet)


def _widths(lesson: Lesson, found: list[Print]) -> Iterator[tuple[int, float]]:
    """How wide each column of words is, by number."""
    words, blocks = lesson.words, lesson.plan.blocks
    names = [one.full for one in found]
    listed = {
        "name": names,
        "sheet": [blocks[name].anchors[0].sheet for name in names],
        "shape": [times(blocks[name].shape) for name in names],
        "count": [],
        "counted": [],
        "state": [words(f"checks.{key}") for key in ("same", "other", "changed", "sums_agree")],
        "apart": [],
    }
    for column, (key, texts) in enumerate(listed.items(), NAME):
        bold = characters(words(f"checks.{key}"), bold=True)
        yield column, max(LEAST_WIDTH, bold, *(characters(text, bold=key == "state") for text in texts))


def _is_finite(lesson: Lesson, full: str) -> bool:
    """Whether the sum of squares of a tensor is a number that a cell can hold."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite((lesson.values[full] ** 2).sum()))


def _draw_pattern(lesson: Lesson, sheet: Sheet, places: Checks, found: list[Print]) -> None:
    """The pattern of the seals, below the table and not printed."""
    numbers = pattern(*pattern_size(found))
    block = places.pattern(*numbers.shape)
    sheet.text(block.anchors[0].row - 1, NAME, lesson.words("checks.pattern"), "note")
    write_constants(lesson, sheet, PATTERN, block, numbers, ["index"] * numbers.size)


def _draw_lines(lesson: Lesson, sheet: Sheet, places: Checks, found: list[Print]) -> None:
    """A line per check."""
    words = lesson.words
    for column, key, style in ((NAME, "what", ""), (STATE, "state", ".center"), (APART, "apart", ".right")):
        sheet.text(FIRST, column, words(f"checks.{key}"), f"heading{style}")
    for column in range(NAME + 1, STATE):
        sheet.blank(FIRST, column, "heading")
    for number, check in enumerate(checks_of(lesson, found)):
        sheet.text(places.first_line + number, NAME, check.text, "text")
        apart = f"checks.{check.name}"
        lesson.look(apart, check.lens, check.reads, "small", out=places.line_apart(number))
        other = words("checks.changed" if check.name == REFERENCE else "checks.other")
        state, x = When(SAME, words("checks.same"), other), {"x": f"{apart}.out"}
        lesson.look(f"checks.agrees.{check.name}", state, x, "state", out=places.line_state(number))

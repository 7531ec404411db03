"""A sheet of paper while it is filled from top to bottom: headings, sentences, boxes.

A page has 17 columns, which are as many as three patches side by side need, and is so large that it fits on A4 and on
US Letter at full size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import NUMBER
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.lenses import Source
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.shelves.lines import lines_of
from sheetnet.operation import Operation
from sheetnet.words import Words
from sheetnet.workbook.book import Sheet

COLUMNS, WIDTH = 17, 5.58  # of a page; characters
PIXELS = 39  # of a column
BOX, LINE, HEADING = 25.0, 15.0, 21.0  # points of a row of boxes, of a sentence, of a heading
GIVEN, ASKED, BLANK = "box", "box.answer", "box.blank"  # styles


class Paper:
    """A worksheet. ``row``: the first row that is free; ``name``: what the names of its looks begin with."""

    def __init__(self, lesson: Lesson, sheet: Sheet, name: str) -> None:
        self.lesson, self.sheet, self.name, self.row = lesson, sheet, name, 1
        sheet.default_width, sheet.portrait = WIDTH, True

    @property
    def words(self) -> Words:
        """The words of the language."""
        return self.lesson.words

    @property
    def title(self) -> str:
        """The title of the sheet."""
        return self.sheet.title

    # What stands on it

    def heading(self, text: str) -> None:
        """A heading in a row of its own."""
        self.sheet.text(self.row, 1, text, "heading.plain")
        self._end(HEADING)

    def say(self, text: str, style: str = "text") -> None:
        """A sentence over the whole width, in as many rows as it needs."""
        for line in lines_of(text, COLUMNS * PIXELS - 8):
            self.sheet.text(self.row, 1, line, style)
            self._end(LINE)

    def label(self, column: int, text: str, row: int | None = None) -> None:
        """A few words in a cell."""
        self.sheet.text(self.row if row is None else row, column, text)

    def skip(self, points: float = 8.0) -> None:
        """Leave a gap."""
        self._end(points)

    def rows(self, count: int, height: float = BOX) -> None:
        """Go on below ``count`` rows of boxes."""
        for _ in range(count):
            self._end(height)

    def turn(self) -> None:
        """Begin a new page."""
        self.sheet.breaks.append(self.row - 1)

    def _end(self, height: float) -> None:
        self.sheet.heights[self.row] = height
        self.row += 1

    # Boxes

    def cell(self, column: int, row: int | None = None, *, wide: bool = False) -> Block:
        """One box; a wide one takes two columns."""
        row = self.row if row is None else row
        if wide:
            self.widen(row, column)
        return Block((), (Anchor(self.title, row, column),), ())

    def widen(self, row: int, column: int, style: str = ASKED) -> None:
        """Let a box take the column behind it as well."""
        self.sheet.merges.append(f"{a1(row, column)}:{a1(row, column + 1)}")
        self.sheet.blank(row, column + 1, style)

    def line(self, column: int, count: int, row: int | None = None) -> Block:
        """Boxes side by side."""
        return Block((count,), (Anchor(self.title, self.row if row is None else row, column),), (ACROSS,))

    def pile(self, column: int, count: int, row: int | None = None, *, wide: bool = False) -> Block:
        """Boxes below each other."""
        first = self.row if row is None else row
        for number in range(count if wide else 0):
            self.widen(first + number, column)
        return Block((count,), (Anchor(self.title, first, column),), (DOWN,))

    def grids(self, columns: list[int], high: int, wide: int, lead: tuple[int, ...] | None = None) -> Block:
        """Rectangles of boxes, side by side, one for each of ``columns``."""
        shape = (*((len(columns),) if lead is None else lead), high, wide)
        return Block(shape, tuple(Anchor(self.title, self.row, column) for column in columns), (DOWN, ACROSS))

    # What stands in them

    def given(self, own: str, block: Block, value: Any) -> str:
        """Numbers that are printed; returns their full name."""
        full = f"{self.name}{own}.out"
        self.lesson.put(full, NUMBER, block, value, GIVEN)
        return full

    def ask(
        self,
        own: str,
        operation: Operation,
        reads: Mapping[str, Source],
        style: str | Mapping[str, str] = ASKED,
        **blocks: Block,
    ) -> str:
        """Numbers that the pupil finds; returns the full name of what the operation gives."""
        self.lesson.look(f"{self.name}{own}", operation, reads, style, **blocks)
        return f"{self.name}{own}.out"

    def block(self, full: str) -> Block:
        """The boxes of a full name."""
        return self.lesson.plan.blocks[full]

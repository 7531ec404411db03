"""Where things stand in the panel of a close-up, on the left of its sheet: lines, and lists for the choices below."""

from __future__ import annotations

from collections.abc import Iterator

from sheetnet.grid import Block
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import FIRST, Plan

LABELS, CHOSEN, USED, OF = 2, 3, 4, 5  # columns
RIGHT = 7  # the first column beside the panel


class Lines:
    """The lines of a panel, from top to bottom. ``row``: that of the next line; ``lists``: where the lists begin."""

    def __init__(self, title: str, lists: int) -> None:
        """``title``: of the sheet."""
        self.title, self.lists, self.row = title, lists, FIRST

    def next(self) -> int:
        """The row of the next line, which is then taken."""
        self.row += 1
        return self.row - 1

    def result(self, row: int) -> Block:
        """The cell beside the label of a line: a result, or what the reader chooses."""
        return cell(self.title, row, CHOSEN)

    def used(self, row: int) -> Block:
        """What is used of a choice."""
        return cell(self.title, row, USED)

    def of(self, row: int) -> Block:
        """How many there are to choose from."""
        return cell(self.title, row, OF)

    def layers(self, count: int) -> Block:
        """The list of the layers, by name."""
        return down(self.title, self.lists + 1, LABELS, count)

    def picks(self, count: int) -> Block:
        """Beside that list: which of them is chosen."""
        return down(self.title, self.lists + 1, USED, count)

    def numbers(self, count: int) -> Block:
        """The list of numbers from 1 on."""
        return down(self.title, self.lists + 1, CHOSEN, count)

    def rows_above(self, plan: Plan) -> Iterator[int]:
        """The last row, above the lists, of each rectangle that lies on the sheet."""
        for block in plan.blocks.values():
            for first, last in block.rectangles():
                if first.sheet == self.title and first.row < self.lists:
                    yield min(last.row, self.lists - 1)

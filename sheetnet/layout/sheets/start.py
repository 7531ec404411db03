"""Where things stand on the sheet Start: the verdict beside the photo, and the classes below it."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Block, a1
from sheetnet.layout.places import cell, down
from sheetnet.layout.sheets.outcome import ROW_PIXELS

NAMES, CHANCES, CHART, LAST = 6, 10, 12, 12  # columns of the names of classes, probabilities, the chart; the last one
ANSWER, TRUTH_ROW, CHECKS = 6, 7, 8  # rows of the verdict
FIRST_CLASS = 11  # the row of the first class
MOST_CLASSES = 12  # listed on Start; more are on the sheet of the softmax
ALONE = 10  # the first row below a verdict without a list


@dataclass(frozen=True, slots=True)
class Start:
    """The sheet Start. ``classes``: how many are listed."""

    title: str
    classes: int

    def answer(self) -> Block:
        """What the network says."""
        return cell(self.title, ANSWER, NAMES)

    def truth(self) -> Block:
        """Whether that is right."""
        return cell(self.title, TRUTH_ROW, NAMES)

    def checks(self) -> Block:
        """Whether the workbook agrees with itself."""
        return cell(self.title, CHECKS, NAMES)

    def names(self) -> Block:
        """The names of the classes."""
        return down(self.title, FIRST_CLASS, NAMES, self.classes)

    def chances(self) -> Block:
        """Their probabilities."""
        return down(self.title, FIRST_CLASS, CHANCES, self.classes)

    def chart(self) -> str:
        """Where the chart of the probabilities begins."""
        return a1(FIRST_CLASS - 2, CHART)

    @property
    def chart_height(self) -> int:
        """Pixels of that chart."""
        return 60 + 26 * self.classes

    @property
    def below(self) -> int:
        """The first row below the verdict, the list and the chart."""
        if not self.classes:
            return ALONE
        return FIRST_CLASS - 2 + max(self.classes + 3, self.chart_height // ROW_PIXELS + 2)

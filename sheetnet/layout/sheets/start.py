"""Where things stand on the sheet Start: the verdict, and below it the photo, the classes and the story side by side.

From left to right: the photo itself, what the network gets of it, the verdict in numbers, the story. Below: the
tiles of the network, things to try, a closer look, how to read the cells. What matters is on the first screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Block
from sheetnet.layout.places import cell, down

PHOTO_COLUMN, SEEN = 2, 4  # columns of the photo itself, and of what the network gets
NAMES, CHANCES, BARS, STORY = 8, 10, 11, 14  # columns of the classes, their probabilities, bars, and of the story
LAST = 16  # the last column of tiles
ANSWER, CAPTIONS, PICTURES = 4, 5, 6  # rows
TRUTH_ROW, CHECKS, FIRST_CLASS = 5, 6, 8  # rows beside the pictures
MOST_CLASSES = 12  # listed on Start; more are on the sheet of the softmax
LINE, LINE_PIXELS = 12.0, 16  # the height of a row beside the pictures, in points and in pixels
TALLEST = 198  # pixels of a picture

DO, WATCH, MADE, NOW, CHANGE = 4, 10, 12, 14, 16  # columns of the things to try, behind their links


@dataclass(frozen=True, slots=True)
class Start:
    """The sheet Start. ``classes``: how many are listed."""

    title: str
    classes: int

    def answer(self) -> Block:
        """What the network says."""
        return cell(self.title, ANSWER, SEEN)

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

    def bars(self) -> Block:
        """A bar for each of these."""
        return down(self.title, FIRST_CLASS, BARS, self.classes)

    @property
    def below(self) -> int:
        """The first row below the list of classes."""
        return FIRST_CLASS + self.classes

    def tried(self, row: int, column: int) -> Block:
        """A cell of the things to try."""
        return cell(self.title, row, column)

"""Where things stand on the sheet Checks: a line per check, a table of fingerprints, and the pattern of the seals."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Block
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.layout.plan import FIRST

NAME, SHEET, SHAPE, COUNT, COUNTED, STATE, APART, STORED, LIVE = 2, 3, 4, 5, 6, 7, 8, 9, 14  # columns
LAST = LIVE + 4  # the last column


@dataclass(frozen=True, slots=True)
class Checks:
    """The sheet of some checks and fingerprints. ``lines``: how many checks; ``prints``: how many fingerprints."""

    title: str
    lines: int
    prints: int

    # The checks

    @property
    def first_line(self) -> int:
        """The row of the first check."""
        return FIRST + 1

    def line_apart(self, number: int) -> Block:
        """How far apart the numbers of a check are."""
        return cell(self.title, self.first_line + number, APART)

    def line_state(self, number: int) -> Block:
        """Whether a check agrees."""
        return cell(self.title, self.first_line + number, STATE)

    def together(self) -> Block:
        """The result of all checks together, one line below them."""
        return self.line_state(self.lines)

    # The fingerprints

    @property
    def first_print(self) -> int:
        """The row of the first fingerprint."""
        return first_print(self.lines)

    def sizes(self) -> Block:
        """How many numbers each tensor should have."""
        return down(self.title, self.first_print, COUNT, self.prints)

    def counted(self, number: int) -> Block:
        """How many numbers a tensor has."""
        return cell(self.title, self.first_print + number, COUNTED)

    def stored(self, number: int, count: int) -> Block:
        """A fingerprint as it was when the workbook was made; ``count``: with a seal, or without."""
        return across(self.title, self.first_print + number, STORED, count)

    def live(self, number: int, part: int) -> Block:
        """One of the numbers of a fingerprint as it is now."""
        return cell(self.title, self.first_print + number, LIVE + part)

    def apart(self, number: int) -> Block:
        """How far a fingerprint is from the one that is stored."""
        return cell(self.title, self.first_print + number, APART)

    def state(self, number: int) -> Block:
        """Whether both agree."""
        return cell(self.title, self.first_print + number, STATE)

    # The pattern

    def pattern(self, rows: int, columns: int) -> Block:
        """The pattern of the seals, below the table; the row above it says what it is."""
        return grid(self.title, self.first_print + self.prints + 3, NAME, rows, columns)


def first_print(lines: int) -> int:
    """The row of the first fingerprint below some checks."""
    return FIRST + lines + 6

"""Where things stand on the first sheet of a workbook that is made for a number, and on that of the whole picture.

The workbook of the pupils has the number in the same cells, so that its formulas are those that were proven.
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout.places import cell
from sheetnet.layout.plan import ACROSS, DOWN, FIRST

VALUE, SAID = 3, 4  # columns
TYPED, COUNTS, NAME, ID, STATUS, ITEMS = 3, 4, 5, 6, 11, 14  # rows; ITEMS: of the first cell that is asked for
TOP, LEFT = FIRST, FIRST + 1  # rows on the sheet of the whole picture
BEGINS, AT = 1, 6  # columns of the words beside these, and of the numbers
MAPS = FIRST + 4  # the first row of the picture


@dataclass(frozen=True, slots=True)
class NumberSheet:
    """The first sheet."""

    title: str

    def typed(self) -> Block:
        """Where the number is typed."""
        return cell(self.title, TYPED, VALUE)

    def counts(self) -> Block:
        """The number that counts."""
        return cell(self.title, COUNTS, VALUE)

    def said(self) -> Block:
        """What is said where no number is typed."""
        return cell(self.title, TYPED, SAID)


def whole_block(title: str, shape: Shape) -> Block:
    """The whole picture (C, H, W), its channels below each other."""
    anchors = tuple(Anchor(title, MAPS + c * (shape[1] + 2), 2) for c in range(shape[0]))
    return Block(shape, anchors, (DOWN, ACROSS))

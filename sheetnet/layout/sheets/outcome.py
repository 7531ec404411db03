"""Where things stand on the last sheets of the story: around the probabilities, and around a loss."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Block, a1
from sheetnet.layout.places import across, cell, down, grid
from sheetnet.layout.plan import FIRST, Plan, names_at
from sheetnet.network import Node

MOST_CHARTED = 30  # classes; a chart of more cannot be read
POINTS = 21  # of the curves of e^x and of -ln p
ONES, TENTHS = 7, 10  # columns and rows of the table of e^x
NUMBERS, LABELS, VALUES = 1, 2, 3  # columns of numbers of rows, of words, and of what stands beside them
UNSEEN = FIRST + 24  # the first row that lies below the first screen
NOTES = 3  # lines that say what e and ln are


@dataclass(frozen=True, slots=True)
class Softmax:
    """The sheet of a softmax. ``chances``: its probabilities. ``below``: the first row below all its numbers."""

    chances: Block
    below: int

    @property
    def title(self) -> str:
        """The sheet."""
        return self.chances.anchors[0].sheet

    @property
    def count(self) -> int:
        """How many classes there are."""
        return self.chances.shape[0]

    def beside(self) -> Block:
        """A column beside the probabilities: the hard maximum, or bars of text where there are many classes."""
        first = self.chances.anchors[0]
        return down(self.title, first.row, first.column + 1, self.count)

    # The charts, beside the table

    @property
    def gap(self) -> int:
        """The column before the charts."""
        return self.chances.anchors[0].column + 2

    def chart(self, number: int) -> str:
        """Where a chart begins: 0 is that of the probabilities, 1 that of the curve; each has a column of its own."""
        return a1(FIRST, self.gap + 1 + number)

    # Below the numbers of the layer

    def note(self, number: int) -> int:
        """The row of a line that explains something."""
        return self.below + 1 + number

    def told(self) -> Block:
        """A line for each class that says its exponential in numbers."""
        return down(self.title, self.note(NOTES), LABELS, self.count)

    @property
    def powers_head(self) -> int:
        """The row of the heading of the table of e^x."""
        return self.note(NOTES) + self.count + 1

    def ones(self) -> Block:
        """The whole numbers over the table of e^x."""
        return across(self.title, self.powers_head + 1, LABELS, ONES)

    def tenths(self) -> Block:
        """The tenths to the left of it."""
        return down(self.title, self.powers_head + 2, NUMBERS, TENTHS)

    def powers(self) -> Block:
        """The table of e^x."""
        return grid(self.title, self.powers_head + 2, LABELS, TENTHS, ONES)

    @property
    def end(self) -> int:
        """The last row that is printed."""
        return self.powers_head + 1 + TENTHS

    def points(self, column: int) -> Block:
        """The points of the curve: 0 has x, 1 has e^x; one row above stands what they are."""
        return down(self.title, self.end + 4, VALUES + column, POINTS)


def softmax_of(plan: Plan, node: Node) -> Softmax:
    """The sheet of a softmax that is placed."""
    single = [plan.blocks[f"{node.name}.{own}"].anchors[0].row for own in ("sum", "top")]
    return Softmax(plan.blocks[f"{node.name}.out"], max(single) + 1)


@dataclass(frozen=True, slots=True)
class Loss:
    """The sheet of a loss on which the truth is chosen. ``choice``: the cell of the choice.

    ``names``: the names of the classes. ``right``: the last column of its table.
    """

    choice: Block
    names: Block
    right: int

    @property
    def title(self) -> str:
        """The sheet."""
        return self.choice.anchors[0].sheet

    def nobody(self) -> Block:
        """The last choice, below the names: that nobody is the truth."""
        first = self.names.anchors[0]
        return cell(first.sheet, first.row + self.names.shape[0], first.column)

    def choices(self) -> Block:
        """The list of all choices: the names, and nobody."""
        first = self.names.anchors[0]
        return down(first.sheet, first.row, first.column, self.names.shape[0] + 1)

    def answer(self) -> Block:
        """The answer, below the choice."""
        return cell(self.title, FIRST + 1, VALUES)

    def right_or_wrong(self) -> Block:
        """Whether it is the truth, beside it."""
        return cell(self.title, FIRST + 1, VALUES + 1)

    def told(self, reading: Block) -> Block:
        """The line below a reading that says it in numbers."""
        return cell(self.title, reading.anchors[0].row + 1, VALUES + 1)

    # The chart, beside all of it, and what it shows, below the table

    @property
    def gap(self) -> int:
        """The column before the chart."""
        return self.right + 1

    def chart(self) -> str:
        """Where the chart begins."""
        return a1(FIRST, self.gap + 1)

    @property
    def end(self) -> int:
        """The last row that is printed."""
        return self.nobody().anchors[0].row

    def point(self, column: int) -> Block:
        """The answer on the curve: 0 has its probability, 1 its loss; two rows above stands what they are."""
        return cell(self.title, max(self.end + 5, UNSEEN + 2), VALUES + column)

    def points(self, column: int) -> Block:
        """The points of the curve."""
        return down(self.title, self.point(column).anchors[0].row + 1, VALUES + column, POINTS)


def loss_of(plan: Plan, node: Node) -> Loss | None:
    """The sheet of a loss that is placed; None where the truth is chosen on another sheet, or on none."""
    choice = plan.truth
    if choice is None or choice.anchors[0].sheet != plan.sheets[node.name]:
        return None
    ends = [block.anchors[0].column for full, block in plan.blocks.items() if full.startswith(f"{node.name}.")]
    return Loss(choice, plan.blocks[names_at(plan, node)], max(ends))

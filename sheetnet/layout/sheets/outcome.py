"""Where things stand on the last sheets of the story: around the probabilities, and below a loss."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Block, a1
from sheetnet.layout.places import cell, down
from sheetnet.layout.plan import Plan, names_at
from sheetnet.network import Node

MOST_CHARTED = 30  # classes; a chart of more cannot be read
POINTS = 21  # of the curve of e^x
LABELS, VALUES = 2, 3  # columns of words, and of what stands beside them
ROW_PIXELS = 20  # of a row that has no height of its own


@dataclass(frozen=True, slots=True)
class Softmax:
    """The sheet of a softmax. ``chances``: its probabilities. ``table``: the row where the table begins."""

    chances: Block
    table: int

    @property
    def count(self) -> int:
        """How many classes there are."""
        return self.chances.shape[0]

    # Beside the probabilities

    def bars(self) -> Block:
        """Bars of text, where there are too many classes for a chart."""
        first = self.chances.anchors[0]
        return down(first.sheet, first.row, first.column + 1, self.count)

    @property
    def chart_height(self) -> int:
        """Pixels of the chart of the probabilities."""
        return max(220, 70 + 32 * self.count)

    def chart(self) -> str:
        """Where the chart of the probabilities begins."""
        first = self.chances.anchors[0]
        return a1(first.row - 1, first.column + 2)

    def curve_chart(self) -> str:
        """Where the chart of the curve begins, below the other one."""
        first = self.chances.anchors[0]
        return a1(first.row + self.chart_height // ROW_PIXELS + 1, first.column + 2)

    # The table of the curve, below the single numbers of the layer: classes, then points

    def classes(self, column: int) -> Block:
        """The classes in the table: 0 has their names, 1 their logits less the largest, 2 e^x of these."""
        return down(self.chances.anchors[0].sheet, self.table + 2, LABELS + column, self.count)

    def points(self, column: int) -> Block:
        """The points of the curve in the table: 1 has x, 2 has e^x."""
        return down(self.chances.anchors[0].sheet, self.table + 3 + self.count, LABELS + column, POINTS)


def softmax_of(plan: Plan, node: Node) -> Softmax:
    """The sheet of a softmax that is placed."""
    single = [plan.blocks[f"{node.name}.{own}"].anchors[0].row for own in ("sum", "top")]
    return Softmax(plan.blocks[f"{node.name}.out"], max(single) + 3)


@dataclass(frozen=True, slots=True)
class Loss:
    """The sheet of a loss on which the truth is chosen. ``choice``: the cell of the choice.

    ``names``: the names of the classes. ``verdict``: the row of the answer, below the numbers of the layer.
    """

    choice: Block
    names: Block
    verdict: int

    def nobody(self) -> Block:
        """The last choice, below the names: that nobody is the truth."""
        first = self.names.anchors[0]
        return cell(first.sheet, first.row + self.names.shape[0], first.column)

    def choices(self) -> Block:
        """The list of all choices: the names, and nobody."""
        first = self.names.anchors[0]
        return down(first.sheet, first.row, first.column, self.names.shape[0] + 1)

    def line(self, number: int) -> Block:
        """A line of the verdict: 0 has the answer, 1 the truth, 2 whether they are the same."""
        return cell(self.choice.anchors[0].sheet, self.verdict + number, VALUES)


def loss_of(plan: Plan, node: Node) -> Loss | None:
    """The sheet of a loss that is placed; None where the truth is chosen on another sheet, or on none."""
    choice = plan.truth
    if choice is None or choice.anchors[0].sheet != plan.sheets[node.name]:
        return None
    rows = [block.anchors[0].row for full, block in plan.blocks.items() if full.startswith(f"{node.name}.")]
    return Loss(choice, plan.blocks[names_at(plan, node)], max(rows) + 2)

"""Where everything lies on the sheet of a step: a column for each layer, a band of rows for each picture.

The bands lie below each other: the weights before the step, each picture forwards and, below it, backwards, the
picture that is held out, and at last the mean gradient, the velocity and the new weights. A gradient lies in the
columns of what it belongs to; that of a first filter lies below the picture that the filter saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sheetnet.case.course import Course, chain, losses
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout import FIRST
from sheetnet.layout.places import across, cell, down
from sheetnet.network import PHOTO, Network, Node

DOWN, ACROSS = (1, 0), (0, 1)
LABELS = 1  # the column of the names of the bands
TABLES = 3  # of numbers per class: logits and probabilities, losses, other readings of the losses
READINGS = ("ratio", "likelihood", "divergence")  # of a loss, which nothing else reads
BAND, SQUARE, NUMBER, GAP = 12.0, 6.4, 8.4, 2.0  # widths in characters: of names of bands, of cells, of gaps
NAMES = (15.0, 19.0, 18.0)  # of what stands in the lines of each table


@dataclass(frozen=True)
class Bench:
    """The places on the sheets of the steps. ``count``: pictures, the last of them is held out."""

    network: Network
    course: Course

    # Columns

    @cached_property
    def columns(self) -> dict[str, int]:
        """The first column of the picture, of each layer with maps or a column, and of each table, by name."""
        network, found = self.network, {PHOTO: LABELS + 1}
        column = found[PHOTO] + max(network.shape[2], self._filter_width(chain(network)[0])) + 1
        for node in chain(network):
            shape = network.shapes[f"{node.name}.out"]
            if len(shape) == 3:
                found[node.name] = column
                wide = max(shape[2], self._filter_width(node))
                wide += network.input_shapes(node)["x"][2] + 1 if node.layer.pools else 0
            elif node.layer.unrolls:
                found[node.name], wide = column, 1
            else:
                continue
            column += wide + 1
        for number in range(TABLES):
            found[f"table{number}"] = column
            column += len(network.classes) + 2
        return found

    def _filter_width(self, node: Node) -> int:
        """Cells that the filters of a layer and their biases take side by side; 0 where it has none."""
        shape = node.layer.params(self.network.input_shapes(node)).get("weight", ())
        return shape[1] * (shape[3] + 1) if len(shape) == 4 else 0

    def widths(self) -> dict[int, float]:
        """The width of each column."""
        first, count = self.columns["table0"], len(self.network.classes) + 1
        found = {LABELS: BAND} | dict.fromkeys(range(LABELS + 1, first), SQUARE)
        found |= {at - 1: GAP for name, at in self.columns.items() if name != PHOTO}
        for number, name in enumerate(NAMES):
            at = self.columns[f"table{number}"]
            found |= {at: name} | dict.fromkeys(range(at + 1, at + count), NUMBER)
        return found

    # Rows

    @cached_property
    def band(self) -> int:
        """Rows of a band, its heading and a blank row included."""
        network = self.network
        shapes = [network.shape, *(network.shapes[f"{node.name}.out"] for node in chain(network))]
        high = [s[0] * (s[1] + 1) - 1 for s in shapes if len(s) == 3]
        filters = [s for s in network.parameters.values() if len(s) == 4]
        high += [s[0] * (s[2] + 1) - 1 for s in filters]
        matrices = [s[1] + 3 for s in network.parameters.values() if len(s) == 2]
        head = network.line_up
        table = 1 + len(head.layer.tensors(network.input_shapes(head))) if head is not None else 1
        judged = 3 + sum(len(self.told(node)) for node in losses(network))
        return max(*high, *matrices, table, judged) + 2

    def weights(self) -> int:
        """The heading of the weights before the step."""
        return FIRST

    def forward(self, picture: int) -> int:
        """The heading of a picture, by its number from 0 on."""
        return FIRST + self.band * (1 + 2 * picture)

    def backward(self, picture: int) -> int:
        """The heading of its gradients."""
        return self.forward(picture) + self.band

    def update(self, number: int) -> int:
        """The heading of the mean gradient (0), the velocity (1), the new weights (2)."""
        return self.forward(self.course.learned) + self.band * (1 + number)

    # Blocks; ``head`` is the heading of a band

    def told(self, node: Node) -> list[str]:
        """The tensors of a loss that lead to it."""
        return [own for own in node.layer.tensors(self.network.input_shapes(node)) if own not in READINGS]

    def maps(self, sheet: str, head: int, name: str, shape: Shape, aside: int = 0) -> Block:
        """Maps (C, H, W) below each other; ``aside``: columns to the right."""
        column = self.columns[name] + aside
        anchors = tuple(Anchor(sheet, head + 1 + c * (shape[1] + 1), column) for c in range(shape[0]))
        return Block(shape, anchors, (DOWN, ACROSS))

    def column(self, sheet: str, head: int, name: str, count: int) -> Block:
        """A flattened tensor."""
        return down(sheet, head + 1, self.columns[name], count)

    def row(self, sheet: str, head: int, table: int, line: int, shape: Shape) -> Block:
        """A line of a table: a number per class, or a single one."""
        column = self.columns[f"table{table}"] + 1
        return across(sheet, head + 1 + line, column, shape[0]) if shape else cell(sheet, head + 1 + line, column)

    def parameter(self, sheet: str, head: int, node: Node, own: str, at: str = "") -> Block:
        """A parameter of a layer, or what belongs to it; ``at``: the name of other columns."""
        of = self.network.input_shapes(node)
        shape, weight = node.layer.params(of)[own], node.layer.params(of)["weight"]
        if len(weight) == 4:
            column, high, wide = self.columns[at or node.name], weight[2] + 1, weight[3] + 1
            if own == "weight":
                places = [(o, c) for o in range(weight[0]) for c in range(weight[1])]
                anchors = tuple(Anchor(sheet, head + 1 + o * high, column + c * wide) for o, c in places)
                return Block(shape, anchors, (DOWN, ACROSS))
            return Block(shape, (Anchor(sheet, head + 1, column + weight[1] * wide - 1),), ((high, 0),))
        column = self.columns["table0"] + 1
        if own == "weight":
            return Block(shape, (Anchor(sheet, head + 2, column),), (ACROSS, DOWN))
        return across(sheet, head + 2 + weight[1], column, shape[0])

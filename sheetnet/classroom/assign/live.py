"""A pupil's whole network on one sheet of the key, from the pixels down to the loss, all of it live formulas.

given numbers    photo, truth, weights          blue
each layer       its parameters, its tensors    below each other, a map beside the next one
what is asked    in a thick frame
"""

from __future__ import annotations

from math import ceil, prod

from sheetnet.classroom.assign.item import Item
from sheetnet.classroom.assign.manifest import Pupil
from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout import NUMBER, layer_names
from sheetnet.layout.plan import margins
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import add_scale, signed_stops
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.network import TRUTH, Network, Node
from sheetnet.words import Words
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import pixels

DOWN, ACROSS = (1, 0), (0, 1)
GIVEN, MADE, PIXEL = "weight.general", "map.general", "pixel"  # styles
MOST_FORMULAS = 2_000  # of a pupil
MOST_IN_ALL = 60_000  # of a key
MOST_ROWS = 400  # of a sheet
LONG = 8  # elements of a vector that lies
WIDTH = 6.0  # characters of a column


def is_small(network: Network, pupils: int) -> bool:
    """Whether the networks of so many pupils fit into a key, each on its sheet."""
    tensors = {full: shape for full, shape in network.shapes.items() if full not in network.inputs}
    high = sum(_form(shape)[0] * (_form(shape)[2] + 4) for shape in (*tensors.values(), *network.parameters.values()))
    made = sum(map(prod, tensors.values()))
    plain = all(len(shape) in (0, 1, 3) for shape in tensors.values())
    return plain and made <= MOST_FORMULAS and made * pupils <= MOST_IN_ALL and high <= MOST_ROWS


def _form(shape: Shape) -> tuple[int, int, int, int]:
    """How a tensor lies: so many rectangles below each other and side by side, each so high and so wide.

    Maps lie side by side; filters as well, those of a map in a row. A vector stands, and so does each row of weights;
    long ones lie.
    """
    if len(shape) < 3:
        high, wide = (*shape[::-1], 1, 1)[:2]
        return (1, 1, wide, high) if _lies(shape) else (1, 1, high, wide)
    down = shape[0] if len(shape) == 4 else 1
    return down, shape[-3], shape[-2], shape[-1]


def _lies(shape: Shape) -> bool:
    return bool(shape) and shape[-1] > LONG


class Live:
    """Draws the network of a pupil on a sheet. ``prefix``: of the full names, which are those of nobody else."""

    def __init__(self, lesson: Lesson, sheet: Sheet, prefix: str, network: Network, pupil: Pupil, row: int) -> None:
        self._lesson, self._sheet, self._prefix, self._row = lesson, sheet, prefix, row
        self._network, self._pupil = network, pupil
        self._column = 1
        self._blocks: dict[str, Block] = {}
        self._padding = margins(network)

    def draw(self) -> None:
        """Draw it from the row on that was given."""
        network, words = self._network, self._lesson.words
        names = layer_names(network, words)
        for full in network.inputs:
            own = full.removesuffix(".out")
            self._head(words("labels.crossentropy.truth") if own == TRUTH else names.get(own, own))
            self._give(full, "", PIXEL if own != TRUTH else GIVEN)
            self._turn()
        for node in network.nodes:
            self._head(names[node.name])
            for own in node.layer.params(network.input_shapes(node)):
                self._give(f"{node.name}.{own}", _label(words, node, own), GIVEN)
            self._make(node)
            self._turn()
        for full, block in self._blocks.items():
            if len(block.shape) > 2:  # maps and filters
                add_scale(self._sheet, block, signed_stops(self._lesson, self._lesson.value(self._full(full))))
        for one in self._pupil.items:
            if (place := self._blocks.get(one.full)) is not None:
                at = place.cell(*one.index)
                self._sheet.frame(at.row, at.column)

    def of(self, item: Item) -> str | None:
        """The full name of the tensor of which an element is asked; None where it has no cells here."""
        return self._full(item.full) if item.full in self._blocks else None

    def _full(self, full: str) -> str:
        """What a tensor of the network is called in the key: a parameter is an input like any other."""
        if full in self._network.parameters:
            return f"{self._prefix}{full.replace('.', '_')}.out"
        return f"{self._prefix}{full}"

    # What is on it

    def _head(self, text: str) -> None:
        self._sheet.text(self._row, 1, text, "heading.plain")
        self._row += 1
        self._below = self._row

    def _turn(self) -> None:
        self._row, self._column = self._below + 1, 1

    def _give(self, full: str, label: str, style: str) -> None:
        value = self._pupil.given[full]
        self._lesson.put(self._full(full), NUMBER, self._lay(full, value.shape, label), value, style)

    def _make(self, node: Node) -> None:
        network, layer = self._network, node.layer
        of = network.input_shapes(node)
        blocks = {
            own: self._lay(f"{node.name}.{own}", shape, "" if own == "out" else _label(self._lesson.words, node, own))
            for own, shape in layer.tensors(of).items()
        }
        reads = {own: self._full(full) for own, full in network.sources(node).items()}
        reads |= {own: self._full(f"{node.name}.{own}") for own in layer.params(of)}
        self._lesson.look(f"{self._prefix}{node.name}", layer, reads, MADE, **blocks)

    def _lay(self, full: str, shape: Shape, label: str) -> Block:
        """Cells for a tensor to the right of the last one, with room around each map for its padding."""
        around = max(self._padding.get(full, (0,)))
        down, across, high, wide = _form(shape)
        title, top, left = self._sheet.title, self._row + 1 + around, self._column + around
        if label:
            self._sheet.text(self._row, self._column, label, "note")
        apart = wide + 1 + 2 * around
        anchors = tuple(
            Anchor(title, top + (high + 1) * i, left + apart * j) for i in range(down) for j in range(across)
        )
        along = (DOWN, ACROSS) if len(shape) > 2 or _lies(shape) else (ACROSS, DOWN)
        steps = along[2 - min(2, len(shape)) :]
        self._below = max(self._below, top + (high + 1) * down + around)
        self._column += max(apart * across, ceil((pixels(label) + 12) / column_pixels(WIDTH)))
        self._blocks[full] = block = Block(shape, anchors, steps)
        return block


def _label(words: Words, node: Node, own: str) -> str:
    """What a tensor or parameter of a layer is called."""
    for key in (f"labels.{node.layer.kind}.{own}", f"labels.{own}"):
        if key in words:
            return words(key)
    return own

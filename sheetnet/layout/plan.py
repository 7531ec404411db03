"""The plan of a workbook: where everything lies, what is shown of it, and what of it is a step of the proof.

A plan is blocks and nodes: the network with its layers, looks at it, and the cells of each of their tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sheetnet.grid import Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.lenses import Look, Source
from sheetnet.network import TRUTH, Network, Node
from sheetnet.operation import Operation
from sheetnet.steps import Step, of_look, of_node

MOST_PLANES = 8  # channels; above it the formulas and the sheet grow too long
CHOSEN = "chosen"  # the view of one channel, no name of an input
PICTURES = "draw.pictures"  # what the reader draws, and the samples
CLASSES = "classes.names"  # the one place where the names of the classes stand
NUMBER, CHOICE, WORDS, DRAWING = "number", "choice", "words", "drawing"  # what the reader may put into an input
FIRST = 9  # first row below the head that every sheet has
HEAD = 7  # rows of the head of a layer that shares its sheet with others, and a blank one before it
EXTRA = "extra"  # the sheet of the tensors that come from outside, beside the photo

DOWN, ACROSS = (1, 0), (0, 1)


@dataclass(frozen=True)
class Plan:
    """The cells of a workbook: those of the network, and those of every look at it.

    ``sheets``: title of each node's sheet, of the photo's and of the extra tensors'; ``channels``: those of the
    photo. ``blocks``: the cells of everything that has a full name. ``looks``: what is shown of it, by name.
    ``inputs``: what the reader fills besides photo, truth and parameters, and what may stand there.
    """

    network: Network
    sheets: Mapping[str, str]
    channels: tuple[str, ...]
    blocks: dict[str, Block] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    margins: dict[str, Pads] = field(default_factory=dict)
    tops: dict[str, int] = field(default_factory=dict)  # the first row below the head of each layer

    def look(self, name: str, lens: Operation, reads: Mapping[str, Source], **blocks: Block) -> Look:
        """Add a look: ``blocks`` are the cells of its tensors, by own name."""
        if name in self.looks:
            raise ValueError(f"there are two looks called {name}")
        self.looks[name] = made = Look(name, lens, dict(reads))
        self.blocks.update({f"{name}.{own}": block for own, block in blocks.items()})
        return made

    def input(self, name: str, kind: str, block: Block) -> None:
        """Add cells that the reader fills."""
        self.blocks[name], self.inputs[name] = block, kind

    def find(self, full: str) -> Block:
        """The cells of a tensor."""
        return self.blocks[full]

    def seen(self, node: Node) -> dict[str, Block]:
        """The blocks that a layer's formulas name, as its own sheet writes them.

        Where the sheet repeats an input in a column of its own, the formulas read that column.
        """
        blocks = {}
        for own, full in self.network.names(node).items():
            block = self.blocks.get(f"{view_name(node, own)}.out", self.blocks[full])
            fixed = full in self.network.parameters or not block.shape
            blocks[own] = block.viewed(self.sheets[node.name], absolute=fixed)
        return blocks

    def views(self, node: Node) -> dict[str, Block]:
        """What the sheet of a layer repeats of its inputs, by the layer's own name."""
        prefix = view_name(node, "")
        names = {name.removeprefix(prefix): name for name in self.looks if name.startswith(prefix)}
        return {own: self.blocks[f"{name}.out"] for own, name in names.items()}

    def steps(self) -> Iterator[Step]:
        """Every step: first the looks that make inputs of the network, then its layers, then the other looks."""
        inputs = {full.rpartition(".")[0] for full in self.network.inputs}
        first = [look for name, look in self.looks.items() if name in inputs]
        for look in first:
            yield of_look(look, self.find)
        for node in self.network.nodes:
            yield of_node(self.network, node, self.seen(node))
        for name, look in self.looks.items():
            if name not in inputs:
                yield of_look(look, self.find)


def view_name(node: Node, own: str) -> str:
    """The look that repeats an input of a layer on its sheet, by the layer's own name of it."""
    return f"view.{node.name}.{own}"


def form(network: Network, node: Node) -> str:
    """What a layer's sheet looks like: "pictures", "jury" (a dense layer), "table" (of columns) or "grid"."""
    of, tensors = network.input_shapes(node), node.layer.tensors(network.input_shapes(node))
    rank = len(tensors["out"])
    if not network.shape or max(map(len, (*of.values(), *tensors.values()))) > 3:
        return "grid"
    if rank == 3:
        beside = all(len(shape) in (0, 1, 4) or per_channel(shape) for shape in node.layer.params(of).values())
        return "pictures" if len(tensors) == 1 and beside else "grid"
    if any(len(shape) == 2 for shape in node.layer.params(of).values()):
        return "jury"
    columns = node.layer.unrolls or all(len(shape) < 2 for shape in of.values())
    return "table" if columns and all(len(shape) < 2 for shape in tensors.values()) else "grid"


def per_channel(shape: Shape) -> bool:
    """Whether a parameter has a number for each channel, stretched over its map: (C, 1, 1)."""
    return len(shape) == 3 and shape[1:] == (1, 1)


def in_rows(network: Network, shape: Shape) -> bool:
    """Whether a (C, H, W) tensor is laid out in ``rows``."""
    return network.layout == "rows" or (network.layout == "auto" and shape[0] > MOST_PLANES)


def margins(network: Network) -> dict[str, Pads]:
    """For each tensor the widest padding that any of its readers needs: top, left, bottom, right."""
    widest: dict[str, Pads] = {}
    for node in network.nodes:
        top, left, bottom, right = node.layer.padding_of(network.input_shapes(node))
        x = network.sources(node).get("x")
        if x is not None:
            a, b, c, d = widest.get(x, (0, 0, 0, 0))
            widest[x] = (max(a, top), max(b, left), max(c, bottom), max(d, right))
    return widest


def names_at(made: Plan, node: Node) -> str:
    """The full name of the names of the classes on the sheet of a layer."""
    return CLASSES if node is class_home(made.network) else f"{view_name(node, 'names')}.out"


def class_home(network: Network) -> Node | None:
    """The layer on whose sheet the names of the classes stand: the line-up, or the first that tells classes apart."""
    if network.line_up is not None and form(network, network.line_up) == "table":
        return network.line_up
    found = [n for n in network.nodes if form(network, n) in ("table", "jury")]
    named = [n for n in found if network.names_classes(n)]
    judged = [n for n in found if TRUTH in n.inputs]
    return next(iter([*named, *judged]), None)

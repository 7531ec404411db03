"""The plan of a workbook: where every tensor lies, what is shown of it, and the steps that compute it.

A plan is blocks and nodes: the network with its layers, looks at it, and the cells of each of their tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sheetnet.grid import Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.lenses import Look
from sheetnet.network import TRUTH, Network, Node
from sheetnet.steps import Step, of_look, of_node, shapes_of

MOST_PLANES = 8  # channels laid out in planes; with more, the formulas and the sheet grow too long
CHOSEN = "chosen"  # the view of the channel that the reader has chosen; no layer calls an input so
PICTURES = "draw.pictures"  # what the reader draws, and the samples
CLASSES = "classes.names"  # the one place where the names of the classes stand
NUMBER, CHOICE, WORDS, DRAWING = "number", "choice", "words", "drawing"  # what the reader may put into an input
ANSWER = "answer"  # anything at all, since only what is said of it depends on it
FIRST = 9  # first row below the head that every sheet has
HEAD = 7  # rows of the head of a layer that shares its sheet with others, and a blank one before it
EXTRA = "extra"  # the sheet of the tensors that come from outside, beside the photo

DOWN, ACROSS = (1, 0), (0, 1)


@dataclass(frozen=True)
class Plan:
    """Where everything in a workbook lies: the network, and every look at it.

    ``sheets``: title of each node's sheet, of the photo's and of the extra tensors'; ``channels``: those of the
    photo. ``blocks``: the cells of everything that has a full name. ``looks``: what is shown of it, by name.
    ``inputs``: what the reader fills besides photo, truth and parameters, and what may stand there. ``margins``:
    blank cells around a tensor. ``tops``: the first row below the head of each layer. ``viewed``: while a plan is
    made, the names of the looks beside each layer, see ``views``.
    """

    network: Network
    sheets: Mapping[str, str]
    channels: tuple[str, ...]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    looks: Mapping[str, Look] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    margins: Mapping[str, Pads] = field(default_factory=dict)
    tops: Mapping[str, int] = field(default_factory=dict)
    viewed: Mapping[str, list[str]] = field(default_factory=dict, compare=False)

    # What there is

    @property
    def truth(self) -> Block | None:
        """The cell in which the reader chooses the true class; None where the network has no loss."""
        return self.blocks.get(f"{TRUTH}.choice")

    @property
    def drawing(self) -> Block | None:
        """The pictures, (n, H, W), of which the reader draws the first; None where the photo stays as it is."""
        return self.blocks.get(PICTURES)

    def given(self) -> dict[str, str]:
        """Everything that the reader may fill: full name -> what may stand there.

        Photo, extra tensors and parameters take numbers. An input of the network that a look computes, from a drawing
        or from the choice of the truth, is not among them, and neither is a parameter that a training starts with.
        """
        made = {f"{name}.out" for name in self.looks}
        own = [*(full for full in self.network.inputs if full not in made)]
        own += [full for full in self.network.parameters if not self._is_started(full)]
        return dict.fromkeys(own, NUMBER) | dict(self.inputs)

    def _is_started(self, full: str) -> bool:
        """Whether a parameter is made by a look of the name of its layer, such as ``lenses.training.Start``."""
        name, _, own = full.rpartition(".")
        look = self.looks.get(name)
        return look is not None and own in shapes_of(look, self.find)

    @property
    def trains(self) -> bool:
        """Whether a training makes the parameters, step by step."""
        return any(self._is_started(full) for full in self.network.parameters)

    def computed(self) -> list[str]:
        """The full names of everything that formulas compute and that has cells."""
        given, shapes = self.given(), self.network.shapes
        return [
            full
            for full in self.blocks
            if full not in given and (full in shapes or full.rpartition(".")[0] in self.looks)
        ]

    def find(self, full: str) -> Block:
        """The cells of a tensor."""
        return self.blocks[full]

    # What a layer reads

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
        """The cells in which the sheet of a layer repeats its inputs, by the layer's own names of them."""
        prefix = view_name(node, "")
        return {name.removeprefix(prefix): self.blocks[f"{name}.out"] for name in self.viewed.get(node.name, ())}

    # What is computed

    def order(self) -> Iterator[Look | Node]:
        """Every look and layer in order: the looks that make what the network reads, the layers, the other looks."""
        first = {full.rpartition(".")[0] for full in (*self.network.inputs, *self.network.parameters)}
        yield from (look for name, look in self.looks.items() if name in first)
        yield from self.network.nodes
        yield from (look for name, look in self.looks.items() if name not in first)

    def step(self, one: Look | Node) -> Step:
        """The step of a look or of a layer."""
        return of_look(one, self.find) if isinstance(one, Look) else of_node(self.network, one, self.seen(one))

    def steps(self) -> Iterator[Step]:
        """Every step, in the order of computation."""
        return map(self.step, self.order())


def view_name(node: Node, own: str) -> str:
    """The name of the look that repeats an input on the sheet of a layer. ``own``: the layer's name of the input."""
    return f"view.{node.name}.{own}"


def form(network: Network, node: Node) -> str:
    """How the sheet of a layer is arranged: "pictures", "matrix" (a dense layer), "table" (of columns) or "grid"."""
    of, tensors = network.input_shapes(node), node.layer.tensors(network.input_shapes(node))
    rank = len(tensors["out"])
    if not network.shape or max(map(len, (*of.values(), *tensors.values()))) > 3:
        return "grid"
    if rank == 3:
        beside = all(len(shape) in (0, 1, 4) or per_channel(shape) for shape in node.layer.params(of).values())
        return "pictures" if len(tensors) == 1 and beside else "grid"
    if any(len(shape) == 2 for shape in node.layer.params(of).values()):
        return "matrix"
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
    """The full name of the cells with the names of the classes on the sheet of a layer."""
    return CLASSES if node is class_home(made.network) else f"{view_name(node, 'names')}.out"


def class_home(network: Network) -> Node | None:
    """The layer on whose sheet the names of the classes stand: the line-up, or the first that tells classes apart."""
    if network.line_up is not None and form(network, network.line_up) == "table":
        return network.line_up
    judged = [n for n in network.nodes if TRUTH in n.inputs]
    return next((n for n in (*network.naming, *judged) if form(network, n) in ("table", "matrix")), None)

"""The network itself: checked when it is built, with every shape and every name that follows from its nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.network.input import BRIGHTEST, check_input
from sheetnet.network.node import PHOTO, TRUTH, Node, check_names
from sheetnet.network.parameters import Parameters, checked
from sheetnet.network.spec import fields_of

LAYOUTS = ("auto", "planes", "rows")
MAX_CLASSES = 1000
SURE = 0.7
"""An answer with at most this probability is told as a doubt: "I am not sure"."""


@dataclass(frozen=True)
class Network:
    """A checked network: building one raises NetworkError where a shape, name or input does not fit.

    ``classes``: their names, in the order of the logits. ``shape``: (C, H, W) of the photo, or () for a network that
    sees none. ``layout``: "auto", "planes" or "rows", see ``layout``. ``trained``: whether the weights come from
    training; a workbook says so where it predicts. ``levels``: the largest value of a pixel; pixels are whole numbers
    from 0 on. ``ink``: the photo is a drawing, and the network sees light strokes on a dark ground, see ``photo``.
    ``extra``: name and shape of each further tensor that comes from outside.
    """

    name: str
    classes: tuple[str, ...]
    shape: Shape
    nodes: tuple[Node, ...]
    layout: str = "auto"
    trained: bool = False
    levels: int = BRIGHTEST
    ink: bool = False
    extra: tuple[tuple[str, Shape], ...] = ()

    def __post_init__(self) -> None:
        if self.bare:
            return
        check_input(self.name, self.shape, self.extra, self.levels, self.ink)
        if self.layout not in LAYOUTS:
            raise NetworkError(f"{self.name!r}: layout is {shown(self.layout)}; use one of {', '.join(LAYOUTS)}")
        if not self.nodes:
            raise NetworkError(f"{self.name!r}: the network has no layers; add at least one [[layers]] entry")
        least = 1 if self.shape or self.has_truth else 0
        if not least <= len(self.classes) <= MAX_CLASSES or len(set(self.classes)) < len(self.classes):
            raise NetworkError(f"{self.name!r}: classes must be 1 to {MAX_CLASSES} different names")
        check_names([*(name for name, _ in self.extra), *(node.name for node in self.nodes)])
        last = self.shapes[f"{self.nodes[-1].name}.out"]  # works out every shape, and so checks them
        for node in self.nodes:
            out = self.shapes[f"{node.name}.out"]
            if self.classes and node.layer.gives == "probabilities" and len(out) == 1 and out[0] != len(self.classes):
                count = out[0]
                raise NetworkError(
                    f"{node.name}: {count} logits, but {len(self.classes)} classes; make the numbers equal"
                )
        if not prod(last):
            raise NetworkError(f"{self.name!r}: the last layer is empty")

    @property
    def bare(self) -> bool:
        """Whether there is nothing in it: a lesson is about no network, and its workbook says so."""
        return not (self.nodes or self.shape or self.extra or self.classes)

    # Shapes and names

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every tensor that has cells: inputs first, then the others in the order of computation."""
        shapes: dict[str, Shape] = {f"{PHOTO}.out": self.shape} if self.shape else {}
        if self.has_truth:
            shapes[f"{TRUTH}.out"] = (len(self.classes),)
        shapes |= self.outside
        for node in self.nodes:
            of = {own: self._shape_of(shapes, node, tensor) for own, tensor in self.sources(node).items()}
            if TRUTH in node.inputs and TRUTH not in node.layer.reads:
                raise NetworkError(f"{node.name}: a {node.layer.kind} cannot read the truth; name another input")
            try:
                tensors = node.layer.tensors(of)
            except NetworkError as error:
                raise NetworkError(f"{node.name}: {error}") from error
            shapes |= {f"{node.name}.{tensor}": shape for tensor, shape in tensors.items()}
        return shapes

    @staticmethod
    def _shape_of(shapes: dict[str, Shape], node: Node, tensor: str) -> Shape:
        if tensor in shapes:
            return shapes[tensor]
        known, _, part = tensor.partition(".")
        if f"{known}.out" in shapes:
            raise NetworkError(f"{node.name}: a {node.layer.kind} needs the {part!r} of {known!r}, which has none")
        raise NetworkError(f"{node.name}: its input {known!r} is not a layer before it")

    @cached_property
    def parameters(self) -> dict[str, Shape]:
        """The shape of every parameter, in the order of the nodes."""
        return {
            f"{node.name}.{name}": shape
            for node in self.nodes
            for name, shape in node.layer.params(self.input_shapes(node)).items()
        }

    @cached_property
    def outside(self) -> dict[str, Shape]:
        """The shape of each extra tensor, "name.out", whose values come along with the weights."""
        return {f"{name}.out": shape for name, shape in self.extra}

    @cached_property
    def has_truth(self) -> bool:
        """Whether any layer asks for the true class."""
        return any(TRUTH in node.inputs for node in self.nodes)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that come from outside."""
        photo = (f"{PHOTO}.out",) if self.shape else ()
        return (*photo, f"{TRUTH}.out", *self.outside) if self.has_truth else (*photo, *self.outside)

    def sources(self, node: Node) -> dict[str, str]:
        """The layer's own name of each input -> the tensor that it is."""
        reads = node.layer.reads.items()
        return {own: f"{name}.{part}" for (own, part), name in zip(reads, node.inputs, strict=True)}

    def input_shapes(self, node: Node) -> dict[str, Shape]:
        """The shapes of a node's inputs, by the layer's own names."""
        return {own: self.shapes[tensor] for own, tensor in self.sources(node).items()}

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each node among the others, by its name."""
        return {node.name: place for place, node in enumerate(self.nodes)}

    def names(self, node: Node) -> dict[str, str]:
        """Every name that the layer uses (inputs, parameters, tensors) -> its full name in the network."""
        return dict(self._names[node.name])

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        names = {}
        for node in self.nodes:
            of = self.input_shapes(node)
            own = [*node.layer.params(of), *node.layer.tensors(of)]
            names[node.name] = self.sources(node) | {name: f"{node.name}.{name}" for name in own}
        return names

    @cached_property
    def batched(self) -> bool:
        """Whether the numbers of every layer are right with batch axes in front of the photo."""
        return all(node.layer.batched(self.input_shapes(node)) for node in self.nodes)

    @cached_property
    def signed(self) -> frozenset[str]:
        """The names of the layers whose numbers can be negative, and of the extra tensors; a photo's are not."""
        found = {name for name, _ in self.extra}
        for node in self.nodes:
            if node.layer.signs == "any" or (node.layer.signs == "kept" and found.intersection(node.inputs)):
                found.add(node.name)
        return frozenset(found)

    @cached_property
    def loss(self) -> Node | None:
        """The last layer that gives a loss."""
        return next((node for node in reversed(self.nodes) if node.layer.gives == "loss"), None)

    @cached_property
    def line_up(self) -> Node | None:
        """The softmax that gives each class its probability: the last one with a number per class."""
        found = [n for n in self._probabilities if self.shapes[f"{n.name}.out"] == (len(self.classes),)]
        return found[-1] if found else None

    @cached_property
    def _probabilities(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.layer.gives == "probabilities")

    def names_classes(self, node: Node) -> bool:
        """Whether a layer's columns have an element per class: up to the logits, elements have no names."""
        return node.name in self._names_classes

    @cached_property
    def naming(self) -> tuple[Node, ...]:
        """The layers of which ``names_classes`` is true."""
        return tuple(node for node in self.nodes if node.name in self._names_classes)

    @cached_property
    def _names_classes(self) -> frozenset[str]:
        read = {name for one in self._probabilities for name in one.inputs}
        return frozenset(
            node.name
            for node in self.nodes
            if self.classes
            and len(self.shapes[f"{node.name}.out"]) < 2
            and (node.layer.gives == "probabilities" or TRUTH in node.layer.reads or node.name in read)
        )

    # Parameters

    def fill(self, given: Mapping[str, Array], seed: int) -> Parameters:
        """All parameters and extra tensors: those given, with their shapes checked, and the others from ``seed``.

        Weights start He normal. An extra tensor cannot be made up, so it must be given: NetworkError where it is not.

        The numbers come from RandomState and not from Generator, since NumPy promises that they stay the same: a
        seed means the same workbook in every version.
        """
        known = [*self.parameters, *self.outside]
        if unknown := sorted(set(given) - set(known)):
            raise NetworkError(f"{self.name!r} has no parameter {shown(unknown[0])}; it has {', '.join(known)}")
        if missing := [name for name in self.outside if name not in given]:
            raise NetworkError(f"{missing[0]} has no values; give {', '.join(missing[:5])} along with the weights")
        rng = np.random.RandomState(seed)
        values: Parameters = {}
        for node in self.nodes:
            for name, shape in node.layer.params(self.input_shapes(node)).items():
                start = node.layer.initial(name, shape, rng)  # made even if given: the others stay the same
                values[f"{node.name}.{name}"] = checked(f"{node.name}.{name}", given, start, shape)
        return values | {name: checked(name, given, None, shape) for name, shape in self.outside.items()}

    @cached_property
    def learned(self) -> tuple[str, ...]:
        """The parameters that training changes, in the order of the nodes."""
        return tuple(f"{node.name}.{name}" for node in self.nodes for name in node.layer.learns)

    def random(self, given: Mapping[str, Array]) -> list[str]:
        """The parameters that ``given`` lacks and that start at random."""
        names = [f"{node.name}.{name}" for node in self.nodes for name in node.layer.starts_random]
        return [name for name in names if name not in given]

    def untaught(self, given: Mapping[str, Array]) -> list[str]:
        """The parameters that training would give and ``given`` lacks."""
        return [name for name in self.learned if name not in given]

    # Specs

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], *, bare: bool = False) -> Network:
        """The network that a template, a model file or a workbook describes. NetworkError says what is wrong.

        ``bare``: whether it may be empty.
        """
        made = cls(**fields_of(spec))
        if made.bare and not bare:
            raise NetworkError(f"{made.name!r}: the network has no layers; add at least one [[layers]] entry")
        return made

    def to_spec(self) -> dict[str, Any]:
        """The complete spec: it names every input, and leaves out the options that are at their default."""
        extra = {"extra": {name: list(shape) for name, shape in self.extra}} if self.extra else {}
        return {
            "name": self.name,
            "classes": list(self.classes),
            "layout": self.layout,
            "trained": self.trained,
            "input": {"shape": list(self.shape)}
            | ({} if self.levels == BRIGHTEST else {"levels": self.levels})
            | ({"ink": True} if self.ink else {}),
            **extra,
            "layers": [
                {"name": n.name, "kind": n.layer.kind, "inputs": list(n.inputs)} | n.layer.options()
                for n in self.nodes
            ],
        }

    def resized(self, height: int, width: int) -> Network:
        """The same network for a photo of another size. NetworkError where it sees no photo."""
        if not self.shape:
            raise NetworkError(f"{self.name!r} sees no photo; leave the size out")
        return replace(self, shape=(self.shape[0], height, width))

    def until(self, name: str) -> Network:
        """The part of the network that ends at the layer of that name. NetworkError where there is no such layer.

        It has that layer and all that leads to it, and the same classes.
        """
        if name not in {node.name for node in self.nodes}:
            known = ", ".join(node.name for node in self.nodes)
            raise NetworkError(f"{self.name!r} has no layer {shown(name)}; it has {known}")
        needed = {name}
        for node in reversed(self.nodes):
            needed.update(node.inputs if node.name in needed else ())
        nodes = tuple(node for node in self.nodes if node.name in needed)
        return replace(self, nodes=nodes, extra=tuple(one for one in self.extra if one[0] in needed))

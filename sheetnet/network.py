"""A network: named nodes in topological order, each with its input nodes. A chain is the simplest case.

The same small spec describes it in a template (TOML), in a model file and in every workbook (JSON):

    name = "detective"
    classes = ["Astronaut", "Cat", "Coffee"]
    [input]
    shape = [3, 28, 28]      # levels = 255, the largest value of a pixel; ink = true where the photo is a drawing
    [[layers]]
    name = "conv1"
    kind = "conv2d"          # options of the kind follow; inputs = ["node before"] where not given
    filters = 4
    size = 3

A tensor is called "node.tensor" ("conv1.out"), a parameter "node.parameter" ("conv1.weight"). Two tensors come
from outside: "photo.out" (C, H, W), and "truth.out" (classes,) where a loss asks for it. Others may, by name and
shape, when their values come along with the weights: ``extra = {shift = [3, 1, 1]}`` is the tensor "shift.out".
A network without ``[input]`` sees no photo: then its tensors may have any rank, and a batch is an axis like others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers import LAYERS, Array, Layer
from sheetnet.tables import get, numbers, refuse_huge, refuse_unknown

PHOTO, TRUTH = "photo", "truth"
RESERVED = (PHOTO, TRUTH, "view", "choice", "sheetnet", "extra")  # begin defined names of another kind
BRIGHTEST = 255  # the largest value of a pixel, where nothing else is said
LAYOUTS = ("auto", "planes", "rows")
MAX_CLASSES = 1000
MAX_RANK = 8
MAX_SIDE = 1 << 20  # a sheet has no more rows; whether the network fits is the business of layout
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")  # becomes part of a defined name, which has no dots or spaces
_KINDS = {layer.kind: layer for layer in LAYERS}

Parameters = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Node:
    """A layer with a name; ``inputs`` names one node per entry of ``layer.reads``."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """A checked network: building one raises NetworkError where a shape, name or input does not fit.

    ``classes``: names of the suspects. ``shape``: (C, H, W) of the photo, or () for a network that sees none.
    ``layout``: "auto", "planes" or "rows", see ``layout``. ``trained``: whether the weights come from training; a
    workbook says so where it predicts. ``levels``: the largest value of a pixel, which are whole numbers from 0.
    ``ink``: the photo is a drawing, and the network sees light strokes on a dark ground, see ``photo``. ``extra``:
    name and shape of each further tensor that comes from outside.
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
        if self.shape and (len(self.shape) != 3 or not all(map(_is_side, self.shape))):
            raise NetworkError(
                f"{self.name!r}: input shape is {shown(list(self.shape))}; "
                f"use [channels, height, width], 1 to {MAX_SIDE}"
            )
        if not self.shape and not self.extra:
            raise NetworkError(f"{self.name!r}: nothing goes in; give an [input] with the shape of a photo")
        for name, shape in self.extra:
            if len(shape) > MAX_RANK or not all(map(_is_side, shape)):
                raise NetworkError(
                    f"{self.name!r}: {shown(name)} has shape {shown(list(shape))}; "
                    f"use up to {MAX_RANK} numbers from 1 to {MAX_SIDE}"
                )
        if type(self.levels) is not int or not 1 <= self.levels <= BRIGHTEST:
            raise NetworkError(f"{self.name!r}: levels is {shown(self.levels)}; use 1 to {BRIGHTEST}")
        if self.ink and self.shape[:1] != (1,):
            raise NetworkError(
                f"{self.name!r}: ink is for drawings of 1 channel; the input has {(*self.shape, 0)[0]}"
            )
        if self.layout not in LAYOUTS:
            raise NetworkError(f"{self.name!r}: layout is {shown(self.layout)}; use one of {', '.join(LAYOUTS)}")
        if not self.nodes:
            raise NetworkError(f"{self.name!r}: the network has no layers; add at least one [[layers]] entry")
        least = 1 if self.shape or self.has_truth else 0
        if not least <= len(self.classes) <= MAX_CLASSES or len(set(self.classes)) < len(self.classes):
            raise NetworkError(f"{self.name!r}: classes must be 1 to {MAX_CLASSES} different names")
        seen = set(RESERVED)
        for name in [*(name for name, _ in self.extra), *(node.name for node in self.nodes)]:
            if not _NAME.fullmatch(name):
                raise NetworkError(f"layer name {shown(name)}: use up to 31 letters, digits or _, a letter first")
            if name.lower() in seen:
                raise NetworkError(f"layer name {name!r} is used twice, or is reserved; choose another")
            seen.add(name.lower())
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

    # Shapes and names

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Shape of every tensor that has cells, inputs first, then in order of computation."""
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
        """Shape of every parameter, in the order of the nodes."""
        return {
            f"{node.name}.{name}": shape
            for node in self.nodes
            for name, shape in node.layer.params(self.input_shapes(node)).items()
        }

    @cached_property
    def outside(self) -> dict[str, Shape]:
        """Shape of each extra tensor, "name.out", whose values come along with the weights."""
        return {f"{name}.out": shape for name, shape in self.extra}

    @cached_property
    def has_truth(self) -> bool:
        """Whether any layer asks for the true class."""
        return any(TRUTH in node.inputs for node in self.nodes)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors that come from outside."""
        photo = (f"{PHOTO}.out",) if self.shape else ()
        return (*photo, f"{TRUTH}.out", *self.outside) if self.has_truth else (*photo, *self.outside)

    def sources(self, node: Node) -> dict[str, str]:
        """The layer's own name of each input -> the tensor that it is."""
        reads = node.layer.reads.items()
        return {own: f"{name}.{part}" for (own, part), name in zip(reads, node.inputs, strict=True)}

    def input_shapes(self, node: Node) -> dict[str, Shape]:
        """Shapes of a node's inputs by the layer's own names."""
        return {own: self.shapes[tensor] for own, tensor in self.sources(node).items()}

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
        if not self.classes or len(self.shapes[f"{node.name}.out"]) > 1:
            return False
        if node in self._probabilities or TRUTH in node.layer.reads:
            return True
        return any(node.name in one.inputs for one in self._probabilities)

    # Parameters

    def fill(self, given: Mapping[str, Array], seed: int) -> Parameters:
        """All parameters and extra tensors: those given, with their shapes checked, and the others from ``seed``.

        Weights start He normal; an extra tensor cannot be made up, so it must be given.

        RandomState and not Generator: NumPy promises that its numbers stay the same, so a seed means the same
        workbook in every version.
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
                values[f"{node.name}.{name}"] = _checked(f"{node.name}.{name}", given, start, shape)
        return values | {name: _checked(name, given, None, shape) for name, shape in self.outside.items()}

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
    def from_spec(cls, spec: Mapping[str, Any]) -> Network:
        """A network from what a template, a model file or a workbook holds. NetworkError says what is wrong."""
        if not isinstance(spec, Mapping):
            raise NetworkError("the network spec is not a table; see templates/detective/network.toml for one")
        refuse_huge(spec)
        name = get(spec, "name", str, "the network spec")
        where = f"network {name!r}"
        known = {"name", "classes", "input", "layers", "layout", "trained", "extra"}
        refuse_unknown(spec, known, where)
        classes = get(spec, "classes", list, where, [] if "extra" in spec else None)
        if not all(isinstance(c, str) and c.strip() and len(c) <= 255 for c in classes):
            raise NetworkError(f"{where}: classes must be texts of 1 to 255 characters")
        table = get(spec, "input", Mapping, where, {"shape": []} if "extra" in spec else None)
        refuse_unknown(table, {"shape", "levels", "ink"}, f"{where}, input")
        shape = tuple(get(table, "shape", list, f"{where}, input"))
        more = get(spec, "extra", Mapping, where, {})
        extra = tuple((str(key), tuple(get(more, key, list, f"{where}, extra"))) for key in more)
        nodes: list[Node] = []
        for entry in get(spec, "layers", list, where):
            before = nodes[-1].name if nodes else PHOTO if shape else extra[0][0] if extra else ""
            nodes.append(_node(entry, before, where))
        layout = get(spec, "layout", str, where, "auto")
        trained = get(spec, "trained", bool, where, False)
        levels = get(table, "levels", int, f"{where}, input", BRIGHTEST)
        ink = get(table, "ink", bool, f"{where}, input", False)
        return cls(name, tuple(classes), shape, tuple(nodes), layout, trained, levels, ink, extra)

    def to_spec(self) -> dict[str, Any]:
        """The spec, complete: every input named, options at their default left out."""
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
        """The same network for a photo of another size. NetworkError where it sees none."""
        if not self.shape:
            raise NetworkError(f"{self.name!r} sees no photo; leave the size out")
        return replace(self, shape=(self.shape[0], height, width))

    def until(self, name: str) -> Network:
        """The first part: the layer of that name and all that leads to it. NetworkError where there is none.

        Classes stay; ``parameters`` of the whole network that are not those of the part are left over.
        """
        if name not in {node.name for node in self.nodes}:
            known = ", ".join(node.name for node in self.nodes)
            raise NetworkError(f"{self.name!r} has no layer {shown(name)}; it has {known}")
        needed = {name}
        for node in reversed(self.nodes):
            needed.update(node.inputs if node.name in needed else ())
        nodes = tuple(node for node in self.nodes if node.name in needed)
        return replace(self, nodes=nodes, extra=tuple(one for one in self.extra if one[0] in needed))


def given_parameters(spec: Mapping[str, Any]) -> Parameters:
    """The parameters that a template writes into its layers: ``params = {weight = [...], bias = [...]}``."""
    given: Parameters = {}
    for entry in spec.get("layers", ()):
        params = entry.get("params", {})
        if not isinstance(params, Mapping):
            raise NetworkError(f"layer {shown(entry.get('name'))}: params is {shown(params)}; use a table of numbers")
        for name, value in params.items():
            given[f"{entry.get('name')}.{name}"] = numbers(value, f"{entry.get('name')}.{name}")
    return given


def _node(entry: Any, before: str, where: str) -> Node:
    if not isinstance(entry, Mapping):
        raise NetworkError(f"{where}: each entry of layers must be a table with name and kind")
    name = get(entry, "name", str, f"{where}, a layer")
    kind = get(entry, "kind", str, f"layer {name!r}")
    if kind not in _KINDS:
        raise NetworkError(f"layer {name!r}: unknown kind {shown(kind)}; use one of {', '.join(_KINDS)}")
    layer = _KINDS[kind]
    fields = layer.__dataclass_fields__  # type: ignore[attr-defined]
    refuse_unknown(entry, {"name", "kind", "inputs", "params", *fields}, f"layer {name!r} ({kind})")
    if missing := [f for f, field in fields.items() if field.default is MISSING and f not in entry]:
        raise NetworkError(f"layer {name!r} ({kind}): {missing[0]} is missing")
    options = {key: value for key, value in entry.items() if key in fields}
    made = layer(**options)  # what it reads may depend on its options
    different = [own for own, part in made.reads.items() if own != TRUTH and part == "out"]
    default = [TRUTH if own == TRUTH else before for own in made.reads] if len(different) < 2 else None
    inputs = get(entry, "inputs", list, f"layer {name!r}", default)
    if len(inputs) != len(made.reads) or not all(isinstance(i, str) for i in inputs):
        raise NetworkError(f"layer {name!r}: a {kind} has {len(made.reads)} input(s): {', '.join(made.reads)}")
    return Node(name, made, tuple(inputs))


def _is_side(n: Any) -> bool:
    return type(n) is int and 0 < n <= MAX_SIDE


def _checked(name: str, given: Mapping[str, Array], start: Array | None, shape: Shape) -> Array:
    """The numbers of one parameter; NetworkError where they do not suit."""
    value = np.asarray(given.get(name, start), dtype=np.float64)
    if value.shape != shape:
        raise NetworkError(f"{name} has shape {list(value.shape)}; needed: {list(shape)}")
    if not np.isfinite(value).all():
        raise NetworkError(f"{name} holds a number that is not finite; train it again")
    return value

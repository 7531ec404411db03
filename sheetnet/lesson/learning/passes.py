"""Which layers of a network take part in a step of learning, and what is refused.

Only what lies between a weight that is learned and the loss takes part; and, if all layers in front of it can give
back, what lies between the photo and that weight. Softmax and cross-entropy give back together: the gradient of the
logits is p - truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.network import PHOTO, TRUTH, Network, Node

MOST_FORMULAS = 300_000  # of a workbook with a step of learning; that of detective has 89,399


@dataclass(frozen=True)
class Passes:
    """The layers of a step of learning. NetworkError where it cannot be shown.

    ``to_photo``: whether the gradients are to go back to the photo, where they can.
    """

    network: Network
    to_photo: bool = True

    def __post_init__(self) -> None:
        if self.loss is None:
            raise NetworkError(f"--backward: {self.network.name!r} has no loss; end it with softmax and crossentropy")
        if not self.nodes[0].layer.learns:
            raise NetworkError(f"--backward: {self.network.name!r} has no weights that are learned")
        for node in self.nodes:
            known = [own for own in node.layer.reads if own != TRUTH]
            missing = [own for own in (*known, *node.layer.learns) if own not in node.layer.gives_back]
            if missing and node is not self.softmax:
                why = f"layer {node.name!r} of kind {node.layer.kind} has no gradient in cells"
                raise NetworkError(f"--backward: {why}; use another layer")

    @property
    def loss(self) -> Node | None:
        """The layer that gives the loss."""
        return self.network.loss

    @cached_property
    def softmax(self) -> Node | None:
        """The softmax that nothing but the cross-entropy reads, and that gives back together with it."""
        if self.loss is None or self.loss.layer.kind != "crossentropy":
            return None
        before = next((node for node in self.network.nodes if node.name == self.loss.inputs[0]), None)
        readers = [node for node in self.network.nodes if before is not None and before.name in node.inputs]
        # With another base than e the gradient is a multiple of p - truth.
        pairs = before is not None and before.layer.kind == "softmax" and getattr(before.layer, "base", None) is None
        paired = pairs and readers == [self.loss]
        return before if paired and len(self.network.shapes[f"{self.loss.inputs[0]}.out"]) == 1 else None

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """From the first layer that learns to the loss: those that something learned leads to, and that lead on."""
        network = self.network
        fed: list[Node] = []
        for node in network.nodes:
            if node.layer.learns or any(one.name in node.inputs for one in fed):
                fed.append(node)
        wanted = set() if self.loss is None else {self.loss.name}
        found: list[Node] = []
        for node in reversed(fed):
            if node.name in wanted:
                found.append(node)
                wanted |= set(node.inputs)
        if not found:
            raise NetworkError(f"--backward: {network.name!r} has no weights that are learned")
        return tuple(reversed(found))

    @cached_property
    def front(self) -> tuple[Node, ...]:
        """The layers between the photo and the first layer that learns; none where no gradient goes back so far."""
        return self._front or ()

    @property
    def reaches_photo(self) -> bool:
        """Whether a gradient goes back to the photo."""
        return self._front is not None

    @cached_property
    def _front(self) -> tuple[Node, ...] | None:
        fed = {PHOTO} if self.to_photo and self.network.shape else set()
        before = [node for node in self.network.nodes if node not in self.nodes]
        for node in before:
            fed |= {node.name} if fed.intersection(node.inputs) else set()
        wanted = {name for node in self.nodes for name in node.inputs if name in fed}
        found: list[Node] = []
        for node in reversed(before):
            if node.name in wanted:
                found.insert(0, node)
                wanted |= fed.intersection(node.inputs)
        for node in (*found, *self.nodes):
            pairs = zip(node.layer.reads, node.inputs, strict=True)
            if any(source in fed and own not in node.layer.gives_back for own, source in pairs):
                return None
        return tuple(found) if PHOTO in wanted else None

    def takes_part(self, name: str) -> bool:
        """Whether a gradient goes back to the layer of this name."""
        return any(node.name == name for node in self.nodes)

    def learned(self, node: Node) -> tuple[str, ...]:
        """The own names of the parameters of a layer that take a step: all that get a gradient.

        They are more than those that ``train`` changes: it leaves a batchnorm and the slope of a PReLU as they are.
        """
        params = node.layer.params(self.network.input_shapes(node))
        return tuple(own for own in node.layer.gives_back if own in params and self.takes_part(node.name))

    def again(self, node: Node, name: str) -> dict[str, str]:
        """What a layer reads in another pass, by own name. ``name``: the looks of that pass begin with it.

        Layers that take no part, the parameters and the truth are read where they are.
        """
        found = dict(self.network.names(node))
        for own, full in self.network.sources(node).items():
            source, _, part = full.rpartition(".")
            if self.takes_part(source):
                found[own] = f"{name}.{source}.{part}"
        made = node.layer.tensors(self.network.input_shapes(node))
        return {own: full for own, full in found.items() if own not in made}

    def readers(self, name: str) -> list[tuple[Node, str]]:
        """Who gives back to a layer: the layers that read it, with their own names of it, the last first."""
        found = [
            (node, own)
            for node in reversed((*self.front, *self.nodes))
            for own, source in zip(node.layer.reads, node.inputs, strict=True)
            if source == name and node is not self.softmax
        ]
        if self.softmax is not None and name == self.softmax.inputs[0]:
            found.insert(0, (self.softmax, "x"))
        return found

    def refuse_without_truth(self, values: Mapping[str, Array]) -> None:
        """NetworkError where nobody is the truth: then the loss is 0, and there is nothing to learn."""
        truth = values.get(f"{TRUTH}.out")
        if truth is not None and not np.any(truth):
            raise NetworkError("--backward: choose the true class: --label NAME")


class TooManyFormulasError(NetworkError):
    """A workbook with a step of learning that would be too large."""


def refuse_too_many(shapes: Iterable[Shape]) -> None:
    """TooManyFormulasError where the workbook would have too many."""
    count = sum(map(prod, shapes))
    if count > MOST_FORMULAS:
        raise TooManyFormulasError(
            f"--backward: the workbook would have {count:,} formulas, and {MOST_FORMULAS:,} are the most; use a "
            "smaller --size, or a smaller network"
        )

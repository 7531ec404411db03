"""The thread: one number that the sheets follow from pixel to verdict.

It is found from its end: the answer's probability, then, layer by layer, the number that gave it most. How much a
number gave is what ``backward`` says of it, times the number itself: a product of a convolution, a piece of evidence
times its weight; at a maximum all comes from one number, the largest.

    place of the answer = argmax p;    place before = argmax |x * d(number) / dx|
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers import Array, Values
from sheetnet.network import Network, Node

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """Where the followed number stands. ``places``: the index in "out" of each layer, and of the photo, by name.

    ``before``, ``after``: who comes before a layer on the thread, and after it, by name. A layer that the thread
    passes by, such as the branch of a shortcut, has a place of its own and nobody before or after it.
    """

    places: Mapping[str, Place] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


def follow(network: Network, values: Mapping[str, Array]) -> Thread:
    """Find the thread of a network whose tensors have these ``values``."""
    last = network.line_up or network.nodes[-1]
    nodes = {node.name: node for node in network.nodes}
    places = {full.rpartition(".")[0]: _largest(values[full]) for full in network.inputs}
    places |= {node.name: _largest(values[f"{node.name}.out"]) for node in network.nodes}
    before: dict[str, str] = {}
    node: Node | None = last
    while node is not None:
        own, place = _source(network, node, values, places[node.name])
        name = network.sources(node)[own].rpartition(".")[0]
        places[name], before[node.name] = place, name
        node = nodes.get(name)
    for one in network.nodes[network.nodes.index(last) + 1 :]:  # what comes after the verdict, such as the loss
        if any(full.rpartition(".")[0] == last.name for full in network.sources(one).values()):
            before[one.name] = last.name
    return Thread(places, before, {name: one for one, name in before.items()})


def _source(network: Network, node: Node, values: Mapping[str, Array], place: Place) -> tuple[str, Place]:
    """Which input of a layer gave most to the number at ``place``, by the layer's own name of it, and where in it."""
    names = network.names(node)
    v: Values = {own: values[full] for own, full in names.items()}
    sources = list(network.sources(node))
    if node.layer.gives in ("probabilities", "logarithms"):  # each class follows its own logit
        return sources[0], place
    d: Values = {"out": np.zeros(np.shape(v["out"]))}
    d["out"][place] = 1.0
    with np.errstate(all="ignore"):
        node.layer.backward(v, d)
    slopes = {own: np.abs(np.nan_to_num(d[own])) for own in sources if own in d}
    for given in ({own: slope * np.abs(v[own]) for own, slope in slopes.items()}, slopes):
        own = max(given, key=lambda one: given[one].max(initial=0.0), default=sources[0])
        if own in given and given[own].max(initial=0.0) > 0:
            return own, _largest(given[own])
    return sources[0], _across(place, np.shape(v["out"]), np.shape(v[sources[0]]))


def _largest(x: Array) -> Place:
    """The index of the largest number."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(x)), np.shape(x)))


def _across(place: Place, whole: Shape, into: Shape) -> Place:
    """The place in another shape that lies as far along each axis, where nothing tells one number from another."""
    if len(whole) != len(into):
        return tuple(size // 2 for size in into)
    return tuple(i * size // of for i, of, size in zip(place, whole, into, strict=True))

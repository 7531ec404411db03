"""Which cells are asked for: a few of each step, so that later ones follow from earlier ones.

Answers of 0 and 1 are trivial, and so is one that stands in many cells: the first two are passed over, and the
last where there is a choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from sheetnet.classroom.assign.graph import Graph
from sheetnet.classroom.assign.item import Item, Place
from sheetnet.errors import NetworkError
from sheetnet.grid import Block
from sheetnet.layers.base import Layer
from sheetnet.lenses.gradient import Gradient
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.network import Network, Node

POINTS = {"conv": 2, "relu": 1, "pool": 1, "softmax": 2, "loss": 2, "gradient": 3}
GRADIENT = "gradient"
DIGITS = 6  # behind the point: numbers that agree so far are the same to a reader


class UnsuitableError(Exception):
    """The numbers of a pupil leave nothing to ask for: others are drawn."""


def _is_step(step: str) -> Callable[[Layer], bool]:
    """Whether a layer is what is meant by a step, by the facts that stand on the layer."""
    return {
        "conv": lambda layer: layer.filter_axis is not None,
        "relu": lambda layer: layer.in_place and layer.signs == "never" and not layer.gives,
        "pool": lambda layer: layer.pools,
        "softmax": lambda layer: layer.gives == "probabilities",
        "loss": lambda layer: layer.gives == "loss",
    }[step]


def asked_node(network: Network, step: str) -> Node:
    """The layer of which a step asks cells, the first one of its kind. NetworkError where there is none."""
    suits = _is_step(step)
    found = next((node for node in network.nodes if suits(node.layer)), None)
    if found is None:
        raise NetworkError(f"--blank: the network {network.name!r} has no step {step!r}; leave it out")
    return found


def chosen(lesson: Lesson, graph: Graph, steps: Sequence[str], level: int, rng: np.random.RandomState) -> list[Item]:
    """The cells that are asked for, in the order of the story. UnsuitableError where the answers are trivial."""
    items: list[Item] = []
    for step, full in asked_tensors(lesson, steps):
        block = lesson.plan.blocks[full]
        for index, place in _picked(lesson, graph, block, full, level, rng, items):
            items.append(item_of(lesson, graph, step, full, index, place, items))
    return items


def item_of(
    lesson: Lesson, graph: Graph, step: str, full: str, index: tuple[int, ...], place: Place, before: Sequence[Item]
) -> Item:
    """The cell that is asked for next. ``before``: those that are asked for already."""
    answer = float(np.asarray(lesson.value(full))[index])
    above = graph.above([place])
    after = tuple(one.number for one in before if one.place in above and one.place != place)
    return Item(len(before) + 1, step, full, index, place, POINTS[step], answer, after)


def asked_tensors(lesson: Lesson, steps: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(step, full name of a tensor) in the order of computation."""
    network = lesson.network
    nodes = {asked_node(network, step).name: step for step in steps if step != GRADIENT}
    for node in network.nodes:
        if (found := nodes.get(node.name)) is not None:
            for own in node.layer.asked:
                yield found, f"{node.name}.{own}"
    if GRADIENT in steps:
        yield GRADIENT, _gradient(lesson)


def _gradient(lesson: Lesson) -> str:
    """The gradient of the first weight that has one in cells."""
    for node in lesson.network.nodes:
        for look in lesson.plan.looks.values():
            if isinstance(look.lens, Gradient) and look.name == f"grad.{node.name}.weights":
                return f"{look.name}.dweight"
    raise NetworkError("--blank: the network has no gradient in cells; leave gradient out")


def _picked(
    lesson: Lesson, graph: Graph, block: Block, full: str, level: int, rng: np.random.RandomState, items: list[Item]
) -> list[tuple[tuple[int, ...], Place]]:
    """Some cells of a tensor: first those that follow from what is asked already."""
    values: Any = np.asarray(lesson.value(full), dtype=np.float64)
    places = {index: (sheet, row, column) for index, sheet, row, column in block.walk()}
    if any(one.place in places.values() for one in items):
        return []
    count = 1 if values.ndim < 2 else level + 1
    follows = graph.below([one.place for one in items])
    order = [list(places)[i] for i in rng.permutation(len(places))]
    often = Counter(abs(round(float(value), DIGITS)) for value in values.ravel())

    def rank(index: tuple[int, ...]) -> tuple[bool, bool, bool]:
        value = round(float(values[index]), DIGITS)
        betrayed = often[abs(value)] > 1 and not value.is_integer()  # whole numbers are equal by chance
        return places[index] not in follows, betrayed, value < 0  # what is below 0 leads to nothing behind a ReLU

    order.sort(key=rank)
    seen: set[float] = set()
    found = []
    for index in order:
        value = round(float(values[index]), DIGITS)
        if value not in (0, 1) and value not in seen:
            seen.add(value)
            found.append((index, places[index]))
    if len(found) < count:
        raise UnsuitableError
    return sorted(found[:count])

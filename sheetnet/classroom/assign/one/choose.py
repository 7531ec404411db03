"""Which cells are asked for where everybody has the same file: those worth asking for whatever number is typed.

An answer of 0 or 1 is trivial, what is below 0 leads to nothing behind a ReLU, and what stands in another cell of the
tensor as well is told by that: of its cells those come first of which this is true for the fewest numbers; before all
others, those that follow from what is asked already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sheetnet.classroom.assign.choose import GRADIENT, UnsuitableError, asked_tensors, item_of
from sheetnet.classroom.assign.graph import Graph
from sheetnet.classroom.assign.item import Item, Place
from sheetnet.classroom.grade.chain import weight_of
from sheetnet.layers import Array
from sheetnet.lesson.frame.lesson import Lesson

MOST_POOR = 0.6  # share of numbers for which an answer that is asked for may be trivial
DIGITS = 6  # behind the point


def chosen_for_all(
    lesson: Lesson,
    graph: Graph,
    steps: Sequence[str],
    level: int,
    rng: np.random.RandomState,
    many: Mapping[str, Array],
) -> list[Item]:
    """The cells that are asked for, in the order of the story.

    ``many``: the values of each tensor for many numbers, (numbers, ...), by full name; of a gradient by its weight's.
    UnsuitableError where the answers are trivial for too many numbers.
    """
    items: list[Item] = []
    for step, full in asked_tensors(lesson, steps):
        values = np.abs(many[weight_of(full)]) if step == GRADIENT else many[full]
        for index, place in _picked(lesson, graph, full, values, level, rng, items):
            items.append(item_of(lesson, graph, step, full, index, place, items))
    return items


def _picked(
    lesson: Lesson,
    graph: Graph,
    full: str,
    values: Array,
    level: int,
    rng: np.random.RandomState,
    items: list[Item],
) -> list[tuple[tuple[int, ...], Place]]:
    places = {index: (sheet, row, column) for index, sheet, row, column in lesson.plan.blocks[full].walk()}
    if any(one.place in places.values() for one in items):
        return []
    count = 1 if values.ndim < 3 else level + 1
    follows = graph.below([one.place for one in items])
    poor = _is_poor(values).mean(axis=0)
    order = [list(places)[i] for i in rng.permutation(len(places))]
    order.sort(key=lambda index: (places[index] not in follows, float(poor[index])))
    found = order[:count]
    if len(found) < count or any(poor[index] > MOST_POOR for index in found):
        raise UnsuitableError
    return [(index, places[index]) for index in sorted(found)]


def _is_poor(values: Array) -> Any:
    """Where numbers are no good answers: 1, 0, below 0, or twice in a tensor; whole numbers are equal by chance."""
    rounded = np.round(values, DIGITS)
    twice = np.zeros(rounded.shape, dtype=bool)
    for number, one in enumerate(rounded):
        _, which, counts = np.unique(np.abs(one), return_inverse=True, return_counts=True)
        twice[number] = (counts[which.reshape(one.shape)] > 1) & (one % 1 != 0)
    return (rounded == 1) | (rounded <= 0) | twice

"""What the formulas make of the numbers 1 to 1,000: how many sets of answers, and how many numbers that are poor.

A number is poor where a filter that follows from it finds nothing, so that its map is empty behind the ReLU; where
the two likeliest classes are equally likely; or where all answers of a step are 0, so that there is nothing to work
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sheetnet.classroom.assign.one.recipe import Recipe, answers_of
from sheetnet.layers import Array
from sheetnet.network import Network

NUMBERS = 1000
SAME = 1e-9  # the two likeliest classes differ by less


@dataclass(frozen=True, slots=True)
class Measured:
    """``sets``: how many sets of answers the ``numbers`` from 1 on have, in the digits that a pupil types.

    ``poor``: how many of the numbers leave too little to work out.
    """

    numbers: int
    sets: int
    poor: int


def measured(recipe: Recipe, network: Network, numbers: int = NUMBERS) -> Measured:
    """Measure it, by the network in NumPy."""
    sets, poor = set(), 0
    for number in range(1, numbers + 1):
        values = recipe.values(network, number)
        answers = answers_of(network, recipe.items, values)
        sets.add(tuple(f"{one:.4g}" for one in answers))
        told = {one.step for one, answer in zip(recipe.items, answers, strict=True) if abs(answer) > SAME}
        poor += told != {one.step for one in recipe.items} or _is_poor(recipe, network, values)
    return Measured(numbers, len(sets), poor)


def _is_poor(recipe: Recipe, network: Network, values: Mapping[str, Array]) -> bool:
    """Whether a map behind the ReLU of the filters that are drawn is empty, or two classes are equally likely."""
    drawn = {look.name for look in recipe.numbered.looks}
    for node in network.nodes:
        made = values[f"{node.name}.out"]
        gate = node.layer.in_place and node.layer.signs == "never" and drawn & set(node.inputs)
        if gate and made.ndim > 2 and not made.any(axis=(-1, -2)).all():
            return True
    if network.line_up is None:
        return False
    chances = np.sort(values[f"{network.line_up.name}.out"].ravel())
    return len(chances) > 1 and bool(chances[-1] - chances[-2] < SAME)

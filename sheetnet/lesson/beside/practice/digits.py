"""How many digits are shown of what an answer is worked out from, and how near to the right number it has to be.

An answer is asked to ``d`` decimals, and may be 10^-d off. So d has to suit what is shown: n products of numbers that
are each shown with an error of at most e are together about  e * sqrt((x^2 + weight^2) * n / 3)  off.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10, sqrt

import numpy as np

from sheetnet.layers import Array
from sheetnet.lesson.frame.looks import number_style, with_zeros

MOST = 2  # decimals that are asked for, where the numbers are not all small
SAFE = 7.0  # an error of that many standard deviations fills the tolerance, of which rounding takes the first half
FINE = 0.00005  # the error of a number with four decimals, as lines and columns have them
STYLES = ((0.3, "map.fine", FINE), (10.0, "map.three", 0.0005), (100.0, "map", 0.005))  # below a size: style, error


@dataclass(frozen=True, slots=True)
class Shown:
    """How numbers are shown in small cells. ``style``: of the cells; ``error``: how far off what is shown may be."""

    style: str
    error: float


def shown(values: Array) -> Shown:
    """The style for some numbers in small cells; whole numbers and those with one decimal are shown as they are."""
    if number_style("map", np.clip(values, -99, 99)) == "map.general":
        return Shown("map.general", 0.0)
    most = float(np.abs(values).max(initial=0.0))
    for size, style, error in STYLES:
        if most < size:
            return Shown(with_zeros(style, values), error)
    return Shown("map.general", 10.0 ** (floor(log10(most)) - 4))  # as many digits as fit into the cell


def decimals(answers: Array, error: float) -> int:
    """To how many decimals an answer is asked.

    ``answers``: those that there are; ``error``: the standard deviation of what a pupil works out.
    """
    most = float(np.abs(answers).max(initial=0.0))
    wanted = MOST if most == 0 else max(MOST, 1 - floor(log10(most)))
    return max(0, min(wanted, 9 if error == 0 else -ceil(log10(SAFE * error))))


def of_products(x: Array, weight: Array, count: int, error: float | None = None) -> float:
    """The standard deviation of a sum of ``count`` products of such numbers, since they are shown rounded.

    ``error``: how far off what is shown of each may be; None for small cells, see ``shown``.
    """
    mean_x, mean_weight = (float(np.sqrt(np.mean(np.square(v)))) for v in (x, weight))
    of_x, of_weight = ((shown(v).error if error is None else error) for v in (x, weight))
    return float(np.hypot(mean_weight * of_x, mean_x * of_weight)) * sqrt(count / 3)

"""Lenses of a derivative without a chain rule: one weight is moved a little up and down, and the loss is watched.

at_least            out = |choice|, at least a size
nudge               out[i] = weight[i] + sign * by at the chosen place, weight[i] elsewhere
central_difference  out = (up - down) / (2 * by)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.back.matching import fixed
from sheetnet.lenses.base import Lens, Rules, Shapes, Single, Values, decimal
from sheetnet.lenses.elements import is_lost, is_number, number, numbers

PLACE = ("filter", "channel", "row", "column")  # the axes of the weight of a convolution


@dataclass(frozen=True, slots=True)
class AtLeast(Single):
    """out (): the size of ``choice``, ``least`` at least; ``otherwise`` where it is no number."""

    kind = "at_least"

    least: float
    otherwise: float

    def forward(self, v: Values) -> None:
        """A truth value is no number."""
        choice = np.asarray(v["choice"]).item()
        size = max(float(self.least), abs(choice)) if is_number(choice) else float(self.otherwise)
        v["out"] = np.array(nan if is_lost(choice) else size)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX(least,ABS(choice)). ISNUMBER(TRUE) is true in LibreOffice."""
        choice, otherwise = at["choice"][()], decimal(self.otherwise)
        size = f"IF(ISLOGICAL({choice}),{otherwise},MAX({decimal(self.least)},ABS({choice})))"
        return {"out": lambda: f"IF(ISNUMBER({choice}),{size},{otherwise})"}


@dataclass(frozen=True, slots=True)
class Nudge(Lens):
    """out: the weight (filters, channels, height, width) with one of its numbers moved by ``sign`` times ``by`` ().

    It reads the number of the chosen ``layer``, and ``filter``, ``channel``, ``row`` and ``column`` of the weight,
    all from 1 on. Where the layer is not the one with the number ``which``, nothing is moved.
    """

    kind = "nudge"

    which: int
    sign: int

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of the weight."""
        if len(of["weight"]) != len(PLACE):
            raise NetworkError(f"nudge: weight is {list(of['weight'])}; it needs filters, channels, height and width")
        return {"out": of["weight"]}

    def forward(self, v: Values) -> None:
        """Adds to one number; all are nan where a choice holds none."""
        moved = np.array(numbers(v["weight"]))
        layer, *place = (number(v[own]) for own in ("layer", *PLACE))
        if any(one != one for one in (layer, *place)):
            v["out"] = np.full(moved.shape, nan)
            return
        index = tuple(int(one) - 1 for one in place)
        there = all(one % 1 == 0 for one in place) and layer == self.which
        if there and all(0 <= i < n for i, n in zip(index, moved.shape, strict=True)):
            moved[index] += self.sign * number(v["by"])
        v["out"] = moved

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(AND(layer=1,filter=2,...),weight+by,weight)."""
        weight, by = at["weight"], fixed(at["by"])[()]
        layer, *place = (fixed(at[own])[()] for own in ("layer", *PLACE))
        moved = f"{'+' if self.sign > 0 else '-'}{'' if abs(self.sign) == 1 else f'{abs(self.sign)}*'}{by}"

        def out(*index: int) -> str:
            chosen = ",".join(f"{one}={i + 1}" for one, i in zip(place, index, strict=True))
            return f"IF(AND({layer}={self.which},{chosen}),{weight[index]}{moved},{weight[index]})"

        return {"out": out}


@dataclass(frozen=True, slots=True)
class CentralDifference(Lens):
    """out (): how fast a number grows, from its values ``up`` and ``down`` at ``by`` above and below.

    apart (): how far that is from the ``gradient``.
    """

    kind = "central_difference"

    def tensors(self, of: Shapes) -> Shapes:
        """Two single numbers."""
        return {"apart": (), "out": ()}

    def forward(self, v: Values) -> None:
        """Nothing can be had of a step of 0."""
        up, down, by, gradient = (number(v[own]) for own in ("up", "down", "by", "gradient"))
        grown = (up - down) / (2 * by) if by else nan
        v["out"], v["apart"] = np.array(grown), np.array(abs(grown - gradient))

    def forward_cells(self, at: Blocks) -> Rules:
        """(up-down)/(2*by), and ABS of the difference."""
        up, down, by, gradient = (at[own][()] for own in ("up", "down", "by", "gradient"))
        return {
            "out": lambda: f"({up}-{down})/(2*{by})",
            "apart": lambda: f"ABS({at['out'][()]}-{gradient})",
        }

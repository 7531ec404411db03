"""Lenses of a training of many steps: with which weights it starts, what it follows, and whether an answer is right.

    start      weight = given weight where the number is 1, else 0
    one_of     out = the one of x1, x2, ... that has the number
    mean       out[i] = (x1[i] + x2[i] + ...) / how many there are
    velocity   out = momentum * velocity + gradient              the first one is the gradient alone
    hit        out = 1 where the largest x has the truth, else 0

The velocity is the one of PyTorch: the rate comes after it, new weight = weight - rate * velocity.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.pointwise import Pointwise, copies
from sheetnet.lenses.base import TIED, Lens, Rules, Shapes, Single, Values, each_block
from sheetnet.lenses.elements import About, each, number, numbers, single

GIVEN = "given_"


@dataclass(frozen=True, slots=True)
class Start(Lens):
    """The parameters with which a layer starts: each one that is read as "given_weight" is told as "weight".

    It is as it was given where the ``number`` () of the choice is 1, and all 0 for any other.
    """

    kind = "start"

    def tensors(self, of: Shapes) -> Shapes:
        """The shapes of what is given."""
        return {own.removeprefix(GIVEN): shape for own, shape in of.items() if own.startswith(GIVEN)}

    def forward(self, v: Values) -> None:
        """All of it, or nothing."""
        asked = number(v["number"])
        for own in [own for own in v if own.startswith(GIVEN)]:
            given = numbers(v[own])
            v[own.removeprefix(GIVEN)] = given * asked if asked != asked else given if asked == 1 else 0.0 * given

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(number=1,given,0)."""
        asked = at["number"]
        return {
            own.removeprefix(GIVEN): Pointwise("IF({}=1,{},0)".format, asked, at[own])
            for own in at
            if own.startswith(GIVEN)
        }


@dataclass(frozen=True, slots=True)
class OneOf(Lens):
    """out: the one of x1, x2, ..., all of one shape, that has the ``number`` (), from 1 on."""

    kind = "one_of"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape that all of them have."""
        return _alike(self.kind, of, "x")

    def forward(self, v: Values) -> None:
        """Decimals of the number are cut off; nan where there is none of that number."""
        found, asked = each(v), number(v["number"])
        there = 1 <= asked < len(found) + 1
        v["out"] = numbers(found[int(asked) - 1]) if there else np.full(np.shape(found[0]), nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE(number,x1,x2)."""
        found = each_block(at)
        return {"out": Pointwise(lambda asked, *x: f"CHOOSE({asked},{','.join(x)})", at["number"], *found)}


@dataclass(frozen=True, slots=True)
class Mean(Lens):
    """out: the mean of x1, x2, ..., element by element; all have one shape."""

    kind = "mean"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape that all of them have."""
        return _alike(self.kind, of, "x")

    def forward(self, v: Values) -> None:
        """Nan where one of the elements is no number."""
        v["out"] = np.mean([numbers(x) for x in each(v)], axis=0)

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE(x1,x2,...)."""
        return {"out": Pointwise(lambda *x: f"AVERAGE({','.join(x)})", *each_block(at))}


@dataclass(frozen=True, slots=True)
class Velocity(Lens):
    """out: ``momentum`` () times the ``velocity`` before, plus the ``gradient``; without a velocity the gradient."""

    kind = "velocity"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of the gradient."""
        if of.get("velocity", of["gradient"]) != of["gradient"] or of.get("momentum"):
            raise NetworkError(
                f"velocity: gradient {list(of['gradient'])}, velocity {list(of.get('velocity', ()))}; they must be "
                "alike, and the momentum a single number"
            )
        return {"out": of["gradient"]}

    def forward(self, v: Values) -> None:
        """What is left of the last step, and the new slope."""
        gradient = numbers(v["gradient"])
        rest = numbers(v["momentum"]) * numbers(v["velocity"]) if "velocity" in v else 0.0
        v["out"] = np.asarray(rest + gradient)

    def forward_cells(self, at: Blocks) -> Rules:
        """momentum*velocity+gradient."""
        if "velocity" not in at:
            return {"out": copies(at["gradient"])}
        return {"out": Pointwise("{}*{}+{}".format, at["momentum"], at["velocity"], at["gradient"])}


@dataclass(frozen=True, slots=True)
class Hit(Single):
    """out (): 1 where the first of the largest ``x`` (n,) is where the ``truth`` (n,) is 1, else 0."""

    kind = "hit"

    def forward(self, v: Values) -> None:
        """Either is right where another number is as large, but for the last digit."""
        x, truth = numbers(v["x"]), numbers(v["truth"])
        if np.isnan(x).any() or np.isnan(truth).any():
            v["out"] = single(nan)
            return
        best = int(x.argmax())
        tied = [i for i in range(len(x)) if x[i] != x[best] and x[best] - x[i] <= TIED * (1 + abs(x[best]))]
        told = [float(truth[i] == 1) for i in (best, *tied)]
        v["out"] = single(About(told[0], min(told), max(told)) if len(set(told)) > 1 else told[0])

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX and MATCH. Of numbers side by side Gnumeric wants to know the row as well."""
        x, truth = at["x"], at["truth"]
        row = "1," if truth.steps[-1][0] == 0 else ""
        found = f"INDEX({truth[:]},{row}MATCH(MAX({x[:]}),{x[:]},0))" if truth.shape[0] > 1 else truth[0]
        return {"out": lambda: f"IF({found}=1,1,0)"}


def _alike(kind: str, of: Shapes, own: str) -> Shapes:
    """The shape that x1, x2, ... have. NetworkError where they differ."""
    shapes = {tuple(shape) for name, shape in of.items() if name.startswith(own)}
    if len(shapes) != 1:
        listed = " and ".join(str(list(shape)) for shape in sorted(shapes)) or "nothing"
        raise NetworkError(f"{kind}: the shapes {listed}; all that it reads must have one")
    return {"out": shapes.pop()}

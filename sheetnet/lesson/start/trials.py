"""The network on which things to try are tried, in numbers, when the workbook is made.

effect = answer(after the deed) - answer        exact, by ``engine.forward``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, prod

import numpy as np

from sheetnet import engine
from sheetnet.case.drawing import Drawing
from sheetnet.layers import Array
from sheetnet.layout import Plan
from sheetnet.lenses.shares import MINUS
from sheetnet.network import PHOTO, Network

LEAST, CLEAR = 0.01, 0.05  # effects, as shares: one that can be seen, and one after which no larger deed is tried
MANY = 200_000  # numbers: in a larger network one place of a kind is tried
Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to try. ``kind``: "pixels", "clear", "move", "sample", "weights", "bias" or "truth".

    ``of``: full name of what is changed; ``first``, ``last``: index of the first and of the last number of it;
    ``value``: what is typed there. ``watch``: what follows: the "chance" of the answer, its "name", the "largest"
    number of the last layer where there are no chances, or the "loss"; ``before``, ``after``: what it is.
    """

    kind: str
    of: str
    first: Index
    last: Index
    value: float
    watch: str = "chance"
    before: float = 0.0
    after: float = 0.0

    @property
    def count(self) -> int:
        """How many numbers are changed."""
        return prod(b - a + 1 for a, b in zip(self.first, self.last, strict=True))

    @property
    def effect(self) -> float:
        """How far what is watched goes, as a share; 1 for another name."""
        if not isfinite(self.after):
            return 0.0
        difference = abs(self.after - self.before)
        if self.watch == "name":
            return float(difference > 0)
        return difference / max(abs(self.before), 1.0) if self.watch == "largest" else difference


def typed(value: float) -> str:
    """A number as a reader types it, with the sign that is read as minus."""
    return f"{value:g}".replace("-", MINUS)


class Trials:
    """The network with the numbers that it has, on which deeds are tried."""

    def __init__(
        self, plan: Plan, values: Mapping[str, Array], drawing: Drawing | None, least: float = LEAST
    ) -> None:
        """``values``: of every tensor and parameter. ``drawing``: what the reader draws on, if anything."""
        self.plan, self.values, self.drawing, self.least = plan, values, drawing, least
        self.network = plan.network
        self.few = sum(map(prod, self.network.shapes.values())) > MANY
        self.last = self.network.line_up or self.network.nodes[-1]
        self.out = f"{self.last.name}.out"
        self.told = self.network.line_up is not None
        self.place = int(np.argmax(values[self.out]))  # of the answer, or of the largest number

    @cached_property
    def _short(self) -> Network:
        """The network up to what is watched, which needs no truth."""
        return self.network.until(self.last.name)

    @cached_property
    def slopes(self) -> Mapping[str, Array]:
        """How what is watched grows with each number."""
        shape = np.shape(self.values[self.out])
        start = np.zeros(prod(shape))
        start[self.place] = 1.0
        return engine.backward(self._short, self.values, {self.out: start.reshape(shape)})

    def answer(self, changed: Mapping[str, Array]) -> Array:
        """What the last layer gives where some numbers are others."""
        given = {name: self.values[name] for name in (*self._short.inputs, *self._short.parameters)}
        return engine.forward(self._short, given | dict(changed), {})[self.out]

    def answers(self, pictures: list[Array]) -> list[Array]:
        """What it gives for each of some pictures."""
        if self._short.batched:
            return list(self.answer({f"{PHOTO}.out": np.stack(pictures)}))
        return [self.answer({f"{PHOTO}.out": x}) for x in pictures]

    @cached_property
    def wrong(self) -> Mapping[int, Array]:
        """The samples of the canvas that are told as another class: number, from 0 on, and what is given for each."""
        if self.drawing is None or not self.drawing.samples or not self.told:
            return {}
        names, pictures = zip(*self.drawing.samples, strict=True)
        outs = self.answers([self.drawing.seen(picture) for picture in pictures])
        classes = self.network.classes
        return {
            k: out
            for k, (name, out) in enumerate(zip(names, outs, strict=True))
            if name in classes and classes[int(out.argmax())] != name
        }

    def watched(self, out: Array) -> float:
        """The number that is watched."""
        return float(out[self.place]) if self.told else float(np.max(out))

    def tried(self, deed: Deed, changed: Mapping[str, Array]) -> Deed:
        """A deed with its effect."""
        before, after = self.watched(self.values[self.out]), self.watched(self.answer(changed))
        return replace(deed, watch="chance" if self.told else "largest", before=before, after=after)

    def best(self, deeds: Iterable[Deed]) -> Deed | None:
        """The first deed with a clear effect, else the one with the largest; None where nobody would see any."""
        found: Deed | None = None
        for deed in deeds:
            if found is None or deed.effect > found.effect:
                found = deed
            if found.effect >= CLEAR:
                break
        return found if found is not None and found.effect >= self.least else None

    def is_rectangle(self, of: str, first: Index, last: Index) -> bool:
        """Whether some numbers lie side by side on one sheet, so that a reader can select them."""
        a, b = (self.plan.blocks[of].cell(*index) for index in (first, last))
        size = tuple(y - x for x, y in zip(first, last, strict=True))
        return a.sheet == b.sheet and (0, 0, *size)[-2:] == (b.row - a.row, b.column - a.column)

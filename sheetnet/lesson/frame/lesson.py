"""What every sheet is drawn from: network, plan, numbers and words, and the workbook that it becomes a part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.grid import Block
from sheetnet.layout import Plan
from sheetnet.lenses import Area, Look, Source
from sheetnet.lenses.elements import single
from sheetnet.lenses.elements import words as listed
from sheetnet.network import Network
from sheetnet.operation import Operation
from sheetnet.steps import Step, of_look
from sheetnet.words import Words
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import THEMES, Theme


@dataclass(frozen=True)
class Lesson:
    """What every sheet is drawn from.

    ``extras``: titles of the sheets that are no step of the network, by what they are ("closeup", "checks", ...).
    ``done``: what was done to a drawing, see ``photo``. ``named``: what each layer is called, which is the title of
    its sheet unless it shares that with others. ``steps``: the looks in their places, as far as they are asked for.
    """

    network: Network
    plan: Plan
    values: dict[str, Any]  # of everything that has a full name, as far as it is known
    words: Words
    book: Book
    trail: tuple[str, ...]  # titles of the sheets in the order of the story, Start first
    extras: Mapping[str, str]
    done: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)

    @property
    def theme(self) -> Theme:
        """The colours."""
        return THEMES[self.book.theme]

    # What is shown

    def look(
        self, name: str, lens: Operation, reads: Mapping[str, Source], style: str | Mapping[str, str], **blocks: Block
    ) -> Look:
        """Add a look and draw it. ``blocks``: the cells of its tensors; ``style``: of all of them, or by own name."""
        made = self.plan.look(name, lens, reads, **blocks)
        self.show(name, style)
        return made

    def put(self, name: str, kind: str, block: Block, value: Any, style: str) -> None:
        """Add cells that the reader fills, and write what stands there at first."""
        self.plan.input(name, kind, block)
        self.fill(name, value, style)

    def fill(self, name: str, value: Any, style: str) -> None:
        """Write what stands at first in cells that the reader fills and that are in the plan."""
        block = self.plan.blocks[name]
        self.values[name] = made = elements_of(value)
        for title in dict.fromkeys(at.sheet for at in block.anchors):
            self.book.sheet(title).tensor(block, made, style)

    def show(self, name: str, style: str | Mapping[str, str]) -> None:
        """Draw a look that is in the plan."""
        self.compute(name)
        step = self._step(name)
        for own, block in step.writes.items():
            value = self.values[f"{name}.{own}"]
            if any(isinstance(v, float) and v != v for v in value.ravel().tolist()):
                raise ValueError(f"{name}.{own} has no value")
            for title in dict.fromkeys(at.sheet for at in block.anchors):
                look = style if isinstance(style, str) else style[own]
                self.book.sheet(title).tensor(block, value, look, step.rules[own])

    def compute(self, name: str) -> None:
        """Work the numbers of a look out, and of those that it reads."""
        step = self._step(name)
        if all(full in self.values for full in step.names.values()):
            return
        made = step.expected({own: self._source(source) for own, source in step.sources.items()})
        self.values.update({step.names[own]: made[own] for own in step.writes})

    def value(self, full: str) -> Any:
        """The numbers or words of a tensor."""
        if full not in self.values:
            self.compute(full.rpartition(".")[0])
        return self.values[full]

    def _source(self, source: str | Area) -> Any:
        if isinstance(source, Area):
            return source.values(self.plan.blocks[source.of], self.value(source.of))
        return self.value(source)

    def _step(self, name: str) -> Step:
        if name not in self.steps:
            self.steps[name] = of_look(self.plan.looks[name], self.plan.find)
        return self.steps[name]


def elements_of(value: Any) -> np.ndarray:
    """A number or text, or several of them, as an array."""
    if isinstance(value, str):
        return single(value)
    if isinstance(value, list) and any(isinstance(one, str) for one in value):
        return listed(value)
    return np.asarray(value, dtype=np.float64)

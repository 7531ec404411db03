"""The lesson, from which every sheet is described: network and plan, numbers and words, and the workbook.

A sheet is described first: its words are put on it, and its looks are added to the plan, each with a style. When all
sheets are described the plan is complete, and ``lesson.cells`` writes all numbers and formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.case.history import History
from sheetnet.grid import Block
from sheetnet.layout import Plan, Planner
from sheetnet.lenses import Area, Look, Source
from sheetnet.lenses.elements import single
from sheetnet.lenses.elements import words as listed
from sheetnet.lesson.frame.thread import Thread
from sheetnet.network import Network
from sheetnet.operation import Operation
from sheetnet.steps import Step
from sheetnet.words import Words
from sheetnet.workbook.book import Book
from sheetnet.workbook.style import MINI, THEMES, Theme


@dataclass(frozen=True)
class Lesson:
    """Everything from which the sheets are described.

    ``values``: the numbers and words that are known so far, by full name. ``trail``: titles of the sheets in the
    order of the story, Start first. ``extras``: titles of the sheets that are no step of the network, by their key
    ("closeup", "checks", ...). ``done``: what was done to a drawing, see ``photo``. ``named``: what each layer is
    called, which is the title of its sheet unless it shares that with others. ``styles``: the style of the cells of
    a tensor, by its full name. ``thread``: the number that the sheets follow from pixel to verdict.
    ``history``: how the network learned, where that is known. ``notes``: what was left out, a line each.
    """

    planner: Planner
    values: dict[str, Any]
    words: Words
    book: Book
    trail: tuple[str, ...]
    extras: Mapping[str, str]
    done: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)
    thread: Thread = field(default_factory=Thread)
    history: History | None = None
    notes: tuple[str, ...] = ()
    _steps: dict[str, Step] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """What has been placed so far."""
        return self.planner.plan

    @property
    def network(self) -> Network:
        """The network that the lesson is about."""
        return self.planner.plan.network

    @property
    def theme(self) -> Theme:
        """The colours."""
        return THEMES[self.book.theme]

    # What is shown

    def look(
        self, name: str, lens: Operation, reads: Mapping[str, Source], style: str | Mapping[str, str], **blocks: Block
    ) -> None:
        """Add a look. ``blocks``: the cells of its tensors; ``style``: of all of them, or by own name."""
        self.planner.look(name, lens, reads, **blocks)
        if style == MINI:
            self.planner.hide(name)
        self.show(name, style)

    def show(self, name: str, style: str | Mapping[str, str]) -> None:
        """Set the style of a look that is in the plan already."""
        for own, full in self._step(name).names.items():
            self.styles[full] = style if isinstance(style, str) else style[own]

    def put(self, name: str, kind: str, block: Block, value: Any, style: str) -> None:
        """Add cells that the reader fills, and set what stands there at first."""
        self.planner.input(name, kind, block)
        self.give(name, value, style)

    def give(self, name: str, value: Any, style: str) -> None:
        """Set what stands at first in cells that the reader fills and that are in the plan already."""
        self.values[name], self.styles[name] = elements_of(value), style

    def constant(self, name: str, block: Block, value: Any) -> None:
        """Add cells that looks read and that nobody computes or fills; the sheet itself writes them."""
        self.planner.place(name, block)
        self.values[name] = elements_of(value)

    # Its numbers

    def value(self, full: str) -> Any:
        """The numbers or words of a tensor; those of a look are computed when they are asked for."""
        if full not in self.values:
            step = self._step(full.rpartition(".")[0])
            made = step.expected({own: self._source(source) for own, source in step.sources.items()})
            self.values.update({step.names[own]: made[own] for own in step.writes})
        return self.values[full]

    def _source(self, source: str | Area) -> Any:
        if isinstance(source, Area):
            return source.values(self.plan.blocks[source.of], self.value(source.of))
        return self.value(source)

    def step(self, look: Look) -> Step:
        """The step of a look."""
        return self._step(look.name)

    def _step(self, name: str) -> Step:
        if name not in self._steps:
            self._steps[name] = self.plan.step(self.plan.looks[name])
        return self._steps[name]


def elements_of(value: Any) -> np.ndarray:
    """A number or text, or several of them, as an array."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, str):
        return single(value)
    if isinstance(value, list) and any(isinstance(one, str) for one in value):
        return listed(value)
    return np.asarray(value, dtype=np.float64)

"""Formulas that belong to no step: the reader's own, those in the place of an input, and those that are wrong.

A reader may write formulas on a sheet of their own and in blank cells, and may compute a pixel from such cells: these
formulas are listed, and not judged. A formula in the place of a label is wrong, because it can show anything there;
so is an input that reads a computed cell, because the answer would then decide the input. The answer of an exercise
decides nothing but what is said of it, so it may read all other computed cells: a pupil may let the sheet calculate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import ANSWER, Plan
from sheetnet.proof.boxes import Boxes, boxes_of
from sheetnet.proof.faults import inputs_of
from sheetnet.proof.found import Findings
from sheetnet.proof.labels import Labels
from sheetnet.proof.reads import Scope
from sheetnet.proof.report import Wrong

Place = tuple[str, int, int]
LEAKS = "an input that reads computed cells"
MOST_FOLLOWED = 100_000  # cells that one input may read, through other cells
MOST_LOOKED_AT = 5_000_000  # cells and rows that are looked at for all inputs together


@dataclass
class Strangers:
    """Formulas outside of steps. ``own``: the reader's; ``fed``: in the place of an input; ``wrong``: wrong ones."""

    own: list[str] = field(default_factory=list)
    fed: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def strangers(findings: Findings, computed: Mapping[str, int]) -> Strangers:
    """The formulas outside of steps. ``computed``: for each sheet, how many computed cells hold a formula."""
    found = Strangers()
    grids = findings.contents.grids
    titles = [title for title, grid in grids.items() if grid.formula_count != computed.get(title, 0)]
    owners = _Owners(findings, titles) if titles else None
    for title in titles:
        for row, column, formula in grids[title].formulas():
            findings.check_time()
            if owners is not None:
                owners.sort((title, row, column), f"={formula}", found)
    return found


class _Owners:
    """Knows to whom each cell belongs: to a step, to an input, to a label, or to the reader."""

    def __init__(self, findings: Findings, titles: list[str]) -> None:
        self._findings, self._labels = findings, Labels(findings)
        blocks, inputs = findings.plan.blocks, inputs_of(findings.plan)
        steps = findings.plan.computed()
        computed = set(steps)
        others = [full for full in blocks if full not in inputs and full not in computed]
        known = set(titles)
        self._computed, self._inputs, self._orphans = (
            {place for full in names for place in _places(blocks[full], known)} for names in (steps, inputs, others)
        )
        there = boxes_of((blocks[full] for full in steps), findings.check_time)
        answers = [full for full, kind in inputs.items() if kind == ANSWER]
        self._answers = {place for full in answers for place in _places(blocks[full], known)}
        after = boxes_of((blocks[full] for full in _after(findings.plan, answers)), findings.check_time)
        self._leaks, self._answer_leaks = _Leaks(findings, there, {}), _Leaks(findings, after, there)

    def sort(self, place: Place, formula: str, found: Strangers) -> None:
        """Add a cell with a formula to the list in ``found`` where it belongs."""
        title, row, column = place
        address = a1(row, column)
        if place in self._computed:
            return
        if place in self._inputs:
            found.fed.append(f"{title}!{address}")
            leaks = self._answer_leaks if place in self._answers else self._leaks
            if why := leaks.of(place):
                found.wrong.append(Wrong(title, address, "an input", formula, why))
        elif place in self._orphans or self._labels.holds(title, row, column):
            found.wrong.append(Wrong(title, address, "no formula", formula, "a formula of no step"))
        else:
            found.own.append(f"{title}!{address}")


def _places(block: Block, titles: set[str]) -> Iterable[Place]:
    return ((sheet, row, column) for _, sheet, row, column in block.walk() if sheet in titles)


def _after(plan: Plan, answers: Iterable[str]) -> set[str]:
    """What is computed from answers, directly or through other looks, by full name."""
    known, found = set(answers), set[str]()
    own: dict[str, list[str]] = {}
    for full in plan.computed() if known else ():
        own.setdefault(full.rpartition(".")[0], []).append(full)
    grows = True
    while grows:
        grows = False
        for name, look in plan.looks.items():
            reads = (source if isinstance(source, str) else source.of for source in look.sources())
            if name in own and any(full in known for full in reads):
                made = own.pop(name)
                known.update(made)
                found.update(made)
                grows = True
    return set(plan.computed()) if found & {*plan.network.inputs, *plan.network.parameters} else found


class _Leaks:
    """Follows what inputs read, directly or through other cells.

    ``computed``: the cells that an input must not read; ``passed``: those behind which nothing has to be looked for.
    """

    def __init__(self, findings: Findings, computed: Mapping[str, Boxes], passed: Mapping[str, Boxes]) -> None:
        self._findings, self._computed, self._passed = findings, computed, passed
        contents = findings.contents
        self._scope = Scope(contents.sheets, contents.names, contents.local)
        self._harmless: set[Place] = set()  # cells from which no computed cell is read
        self._looked_at = 0

    def of(self, start: Place) -> str:
        """Why an input must not read what it reads; "" where it may."""
        contents = self._findings.contents
        waiting, seen = [start], {start}
        while waiting:
            self._findings.check_time()
            sheet, row, column = waiting.pop()
            formula = self._findings.cell(Anchor(sheet, row, column)).formula
            for box in () if formula is None else self._scope.read_by(formula, sheet):
                if box is None or len(seen) > MOST_FOLLOWED or self._looked_at > MOST_LOOKED_AT:
                    return LEAKS
                title, *corners = box
                top, left, bottom, right = corners
                if title in self._computed and self._computed[title].meets((top, left, bottom, right)):
                    return LEAKS
                if contents.iterate and title == start[0] and top <= start[1] <= bottom and left <= start[2] <= right:
                    return "iteration is set, and this input takes part in a cycle"
                grid = contents.grids[title]
                self._looked_at += min(len(grid.lines), bottom - top + 1)
                for place in grid.occupied(top, left, bottom, right):
                    self._looked_at += 1
                    there = (title, *place)
                    if title in self._passed and self._passed[title].holds(*place):
                        continue
                    if there not in seen and there not in self._harmless:
                        seen.add(there)
                        waiting.append(there)
        if not contents.iterate:  # a cycle must be followed from each of its cells
            self._harmless |= seen
        return ""

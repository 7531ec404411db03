"""Is each formula the layer's own, or does it at least behave like it.

A wrong formula can give the right number by luck: 0 behind a ReLU, or a window that misses a pixel which was not
the largest anyway. So a formula that is not as sheetnet writes it is tried alone, on random numbers in the cells
that it names: there it must give what the layer gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from sheetnet.errors import EngineError
from sheetnet.grid import Anchor
from sheetnet.layers import Array
from sheetnet.proof.found import Findings, is_number
from sheetnet.proof.steps import Step
from sheetnet.recalc.embedded import Position, Scratch

TRIALS = 16  # with all numbers random
# More trials, each with one of the formula's cells far above the others: so a maximum shows which cells it sees.
PUSHES = 64
CHUNK = 500  # formulas that share a trial
_SHEET = re.compile(r"'((?:[^']|'')+)'!|([A-Za-z_][\w.]*)!")
_LOOKS = re.compile(r"[\s$]")
_ONE_CELL = re.compile(r"\b([A-Z]{1,3}[0-9]+):\1\b")  # a range of one cell may become that cell


@dataclass(frozen=True, slots=True)
class Suspect:
    """A formula that reads otherwise than the layer's: where it is, and what it should say."""

    own: str
    index: tuple[int, ...]
    at: Anchor
    expected: str
    found: str


def same_text(expected: str, found: str, sheet: str) -> bool:
    """Whether two formulas are equal but for spaces, $, quotes, case and naming their own sheet."""
    return expected == found or _plain(expected, sheet) == _plain(found, sheet)


def _plain(formula: str, home: str) -> str:
    def name(match: re.Match[str]) -> str:
        sheet = (match[1] or match[2]).replace("''", "'").casefold()
        return "" if sheet == home.casefold() else f"<{sheet.encode().hex()}>"

    return _ONE_CELL.sub(r"\1", _LOOKS.sub("", _SHEET.sub(name, formula)).upper())


def suspects(step: Step, findings: Findings) -> list[Suspect]:
    """The formulas of a step that are not as the layer writes them."""
    found = []
    for own, block in step.writes.items():
        rule = step.rules[own]
        for index in np.ndindex(*block.shape):
            at = block.cell(*index)
            formula = findings.cell(at).formula
            if formula is None:
                continue  # reported as a constant or a blank
            expected = rule(*index)
            if not same_text(expected, formula, at.sheet):
                found.append(Suspect(own, index, at, expected, formula))
    return found


def misbehaving(step: Step, group: list[Suspect], findings: Findings) -> list[Suspect]:
    """Those suspects of a step that do not behave like their layer on random numbers."""
    rng = np.random.RandomState(20_260)
    places = _places(step)
    guilty: list[Suspect] = []
    todo = iter(group)
    while chunk := list(islice(todo, CHUNK)):
        scratches = {}
        for suspect in chunk:
            try:
                # Side by side with the layer's own formula, so that what only the layer looks at is random, too.
                scratches[suspect] = Scratch((suspect.at.sheet, suspect.at.row, suspect.at.column), suspect.found)
            except EngineError:
                guilty.append(suspect)
        for own, expected in _trials(step, list(scratches), scratches, places, rng):
            findings.check_time()
            for suspect, scratch in list(scratches.items()):
                inputs = {p: _number(p, places, own, findings) for p in scratch.reads}
                value = scratch.evaluate(inputs)
                if not is_number(value) or not close(value, expected[suspect.own][suspect.index]):
                    guilty.append(suspect)
                    del scratches[suspect]
            if not scratches:
                break
    return guilty


Places = dict[Position, tuple[str, tuple[int, ...]]]


def _places(step: Step) -> Places:
    """Which element of which tensor each cell of a step holds."""
    places: Places = {}
    for name, block in (step.reads | step.writes).items():
        for index in np.ndindex(*block.shape):
            at = block.cell(*index)
            places[at.sheet, at.row, at.column] = (name, index)
    return places


def _trials(
    step: Step, group: list[Suspect], scratches: dict[Suspect, Scratch], places: Places, rng: np.random.RandomState
) -> Iterator[tuple[dict[str, Array], dict[str, Array]]]:
    """Random numbers for everything that a step has, and what the layer makes of them."""
    named = [_named(suspect, scratches[suspect], places) for suspect in group]
    pushes = min(PUSHES, max(map(len, named), default=0))
    for trial in range(TRIALS + pushes):
        own = _draw(step, rng)
        for elements in named if trial >= TRIALS else ():
            if trial - TRIALS < len(elements):
                name, index = elements[trial - TRIALS]
                if name not in ("truth", "choice"):
                    own[name][index] = rng.uniform(10, 20)
        yield own, step.expected(own)


def _named(suspect: Suspect, scratch: Scratch, places: Places) -> list[tuple[str, tuple[int, ...]]]:
    """The elements that either formula names, the layer's own first."""
    rightly = Scratch((suspect.at.sheet, suspect.at.row, suspect.at.column), suspect.expected).reads
    return [places[p] for p in dict.fromkeys([*rightly, *scratch.reads]) if p in places]


def _draw(step: Step, rng: np.random.RandomState) -> dict[str, Array]:
    own: dict[str, Array] = {}
    for name, block in (step.reads | step.writes).items():
        own[name] = np.asarray(rng.uniform(0.5, 3.0, block.shape) * rng.choice([-1.0, 1.0], block.shape))
        if name == "truth":
            own[name] = np.eye(block.shape[0])[rng.randint(block.shape[0])]
        if name == "choice":
            own[name] = np.asarray(float(rng.randint(1, step.reads["x"].shape[0] + 1)))
    return own


def _number(position: Position, places: Places, own: dict[str, Array], findings: Findings) -> float | None:
    """The random number of a cell of the step; what the workbook shows, for any other."""
    if position in places:
        name, index = places[position]
        return float(own[name][index])
    value = findings.shown(Anchor(*position))
    return value if is_number(value) else None


def close(found: float, expected: float) -> bool:
    """Within 1e-9 relative plus 1e-9 absolute. Nothing is close to nan."""
    return bool(abs(found - expected) <= 1e-9 + 1e-9 * abs(expected))

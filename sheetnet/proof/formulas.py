"""Is each formula the layer's own, or does it at least behave like it.

A wrong formula can give the right number by luck: 0 behind a ReLU, or a window that misses a pixel which was not
the largest anyway. So a formula that is not as sheetnet writes it is tried on
random inputs, in the embedded engine: there it must behave like the layer, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sheetnet.errors import EngineError
from sheetnet.grid import Anchor, Block
from sheetnet.proof.found import Findings, numbers
from sheetnet.proof.steps import Step
from sheetnet.recalc.embedded import Session

TRIALS = 8
_ONE_CELL = re.compile(r"\b([A-Z]{1,3}[0-9]+):\1\b")  # a range of one cell may become that cell
_OWN_LOOKS = re.compile(r"[\s$']|_xlfn\.", re.IGNORECASE)  # what a spreadsheet may write differently


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


def _plain(formula: str, sheet: str) -> str:
    own = _OWN_LOOKS.sub("", sheet).upper()
    plain = _OWN_LOOKS.sub("", formula).upper().replace(f"{own}!", "")
    return _ONE_CELL.sub(r"\1", plain)


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


def misbehaving(
    todo: Iterable[tuple[Step, list[Suspect]]], data: bytes, deadline: float
) -> list[tuple[Step, Suspect]]:
    """Those suspects that do not behave like their layer on random inputs. Steps in order of computation."""
    rng = np.random.RandomState(20_260)
    guilty: list[tuple[Step, Suspect]] = []
    pairs = list(todo)
    try:
        session = Session(data, deadline)
        for step, group in pairs:
            left = list(group)
            for _ in range(TRIALS):
                bad = _trial(step, left, session, rng)
                guilty += [(step, suspect) for suspect in bad]
                left = [suspect for suspect in left if suspect not in bad]
                if not left:
                    break
    except EngineError:
        # The embedded engine cannot run this workbook, so nothing speaks for these formulas.
        return [(step, suspect) for step, group in pairs for suspect in group]
    return guilty


def _trial(step: Step, group: list[Suspect], session: Session, rng: np.random.RandomState) -> list[Suspect]:
    own = {}
    for name, block in step.reads.items():
        value = rng.uniform(0.5, 3.0, block.shape) * rng.choice([-1.0, 1.0], block.shape)
        if name == "truth":
            value = np.eye(block.shape[0])[rng.randint(block.shape[0])]
        if name == "choice":
            value = np.asarray(float(rng.randint(1, step.reads["x"].shape[0] + 1)))
        own[name] = value
        for index in np.ndindex(*block.shape):
            at = block.cell(*index)
            session.set(at.sheet, at.row, at.column, float(value[index]))
    session.evaluate()
    for name, block in step.writes.items():
        own[name] = _values(session, block)
    expected = step.expected(own)
    return [s for s in group if not close(own[s.own][s.index], expected[s.own][s.index])]


def _values(session: Session, block: Block) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    raw = np.empty(block.shape, dtype=object)
    for index in np.ndindex(*block.shape):
        at = block.cell(*index)
        raw[index] = session.rectangle(at.sheet, at.row, at.column, at.row, at.column)[0][0]
    return numbers(raw)


def close(found: float, expected: float) -> bool:
    """Within 1e-9 relative plus 1e-9 absolute. Nothing is close to nan."""
    return bool(abs(found - expected) <= 1e-9 + 1e-9 * abs(expected))

"""Is each formula the layer's own.

A value alone is no proof: a wrong formula can give the right number by luck, 0 behind a ReLU, or a maximum that
misses a cell which was not the largest anyway. So a computed cell must hold the formula that its layer writes;
spaces, $, quotes and case may differ, and how a number is written (1E-05, 0.00001, of 15 digits), as spreadsheets
write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Anchor
from sheetnet.proof.found import Findings
from sheetnet.proof.steps import Step

_SHEET = re.compile(r"'((?:[^']|'')+)'!|([A-Za-z_][\w.]*)!")
_LOOKS = re.compile(r"[\s$]")
_ONE_CELL = re.compile(r"\b([A-Z]{1,3}[0-9]+):\1\b")  # a range of one cell may become that cell
_NUMBER = re.compile(r"(?<![A-Z0-9_.\[])[0-9]+(?:\.[0-9]*)?(?:E[-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A formula that reads otherwise than the layer's: where it is, and what it should say."""

    own: str
    index: tuple[int, ...]
    at: Anchor
    expected: str
    found: str


def same_text(expected: str, found: str, sheet: str) -> bool:
    """Whether two formulas are equal but for spaces, $, quotes, case, looks of numbers, and naming their sheet."""
    return expected == found or _plain(expected, sheet) == _plain(found, sheet)


def _plain(formula: str, home: str) -> str:
    def name(match: re.Match[str]) -> str:
        sheet = (match[1] or match[2]).replace("''", "'").casefold()
        return "" if sheet == home.casefold() else f"[{sheet.encode().hex()}]"

    plain = _LOOKS.sub("", _SHEET.sub(name, formula)).upper()
    return _ONE_CELL.sub(r"\1", _NUMBER.sub(lambda match: f"{float(match[0]):.15g}", plain))


def suspects(step: Step, findings: Findings) -> list[Suspect]:
    """The formulas of a step that are not the layer's own."""
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


def close(found: float, expected: float) -> bool:
    """Within 1e-9 relative plus 1e-9 absolute. Nothing is close to nan."""
    return bool(abs(found - expected) <= 1e-9 + 1e-9 * abs(expected))

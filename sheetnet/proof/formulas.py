"""Whether each computed cell holds the formula that its step writes.

A right value alone is no proof: a wrong formula can give the right number by luck, such as a 0 that a ReLU cuts, or a
maximum that misses a cell which is not the largest. So a computed cell must hold the formula of its step. Spaces, $,
quotes of sheet names and case may differ, because spreadsheets write them in their own way; so may the spelling of a
number (1E-05, 0.00001, 15 digits). Texts in a formula must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from sheetnet.grid import Anchor, Block
from sheetnet.operation import Rule
from sheetnet.proof.found import Findings
from sheetnet.steps import Step

_APART = re.compile(r"(\"(?:[^\"]|\"\")*\"|'(?:[^']|'')+'!)")  # texts, and quoted names of sheets
_SHEET = re.compile(r"'((?:[^']|'')+)'!|([^\s'!(){},:;+\-*/^&=<>\"$%@#\[\]]+)!")
_IGNORED = re.compile(r"[\s$]")
_ONE_CELL = re.compile(r"\b([A-Z]{1,3}[0-9]+):\1\b")  # a range of one cell may become that cell
_NUMBER = re.compile(r"(?<![A-Z0-9_.\[])[0-9]+(?:\.[0-9]*)?(?:E[-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Differing:
    """A computed cell that does not hold its step's formula: where it is, and what it should say.

    ``found`` is None where it holds no formula at all.
    """

    own: str
    index: tuple[int, ...]
    at: Anchor
    expected: str
    found: str | None


def same_text(expected: str, found: str, sheet: str) -> bool:
    """Whether two formulas are equal but for spaces, $, quotes, case, spelling of numbers, and naming ``sheet``."""
    return expected == found or _plain(expected, sheet) == _plain(found, sheet)


def _plain(formula: str, home: str) -> list[str]:
    """The pieces of a formula that are compared: every second one is a text; the others are in one spelling."""
    here = sheet_key(home)

    def name(match: re.Match[str]) -> str:
        sheet = sheet_key((match[1] or match[2]).replace("''", "'"))
        return "" if sheet == here else f"[{sheet.encode().hex()}]"

    # Texts are kept apart first: an exclamation mark in a text does not end the name of a sheet.
    pieces = [piece if piece.startswith('"') else _SHEET.sub(name, piece) for piece in _APART.split(formula)]
    plain: list[str] = [""]
    for piece in pieces:
        if piece.startswith('"'):
            plain += [piece, ""]
        else:
            plain[-1] += piece
    for k in range(0, len(plain), 2):
        bare = _IGNORED.sub("", plain[k]).upper()
        plain[k] = _ONE_CELL.sub(r"\1", _NUMBER.sub(lambda match: f"{float(match[0]):.15g}", bare))
    return plain


def sheet_key(title: str) -> str:
    """The name of a sheet in one spelling, by which names are compared."""
    return normalize("NFC", title).casefold()


def differing(step: Step, findings: Findings) -> list[Differing]:
    """The computed cells of a step that do not hold the step's own formula."""
    found: list[Differing] = []
    for own, block in step.writes.items():
        if block.shape and block.steps and block.steps[-1] == (0, 1):
            found += _of_lines(own, block, step.rules[own], findings)
        else:
            found += _of_cells(own, block, step.rules[own], findings)
    return found


def _of_lines(own: str, block: Block, rule: Rule, findings: Findings) -> Iterator[Differing]:
    count = block.shape[-1]
    along = getattr(rule, "along", None)
    for lead, at in block.lines():
        there, _ = findings.contents.grids[at.sheet].line(at.row, at.column, count)
        expected = along(*lead) if along is not None else [rule(*lead, i) for i in range(count)]
        if expected == there:
            continue
        for i, (formula, goal) in enumerate(zip(there, expected, strict=True)):
            if formula is None or not same_text(goal, formula, at.sheet):
                yield Differing(own, (*lead, i), Anchor(at.sheet, at.row, at.column + i), goal, formula)


def _of_cells(own: str, block: Block, rule: Rule, findings: Findings) -> Iterator[Differing]:
    grids = findings.contents.grids
    for index, sheet, row, column in block.walk():
        formula = grids[sheet].formula(row, column)
        expected = rule(*index)
        if formula != expected and (formula is None or not same_text(expected, formula, sheet)):
            yield Differing(own, index, Anchor(sheet, row, column), expected, formula)

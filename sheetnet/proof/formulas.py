"""Whether each computed cell holds the formula that its step writes.

A right value alone is no proof: a wrong formula can give the right number by luck, such as a 0 that a ReLU cuts, or a
maximum that misses a cell which is not the largest. So a computed cell must hold the formula of its step. Spaces, $,
quotes of sheet names and case may differ, because spreadsheets write them in their own way; so may the spelling of a
number (1E-05, 0.00001, 15 digits). Texts in a formula must be equal. Blanks inside of a name or a number are none of
this: no spreadsheet writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sheetnet.grid import Anchor, Block
from sheetnet.operation import Rule
from sheetnet.proof.found import Findings
from sheetnet.steps import Step
from sheetnet.workbook.reading.parts import sheet_key

# What a formula is made of: a text; a name in quotes or a word, and whether it is that of a sheet; blanks; all else.
# Every piece takes what it began, so that the time is that of the length.
_PIECE = re.compile(
    r'("(?:[^"]|"")*+"?)'
    r"|('(?:[^']|'')*+'?)(!)?"
    r"|([^\s'!(){},:;+\-*/^&=<>\"$%@#\[\]]++)(!)?"
    r"|([ \t\r\n]++)"
    r"|(.)",
    re.DOTALL,
)
OFTEN = 64  # cells between two looks at the clock
_ENDS, _BEGINS = frozenset(".$)\"']}%_"), frozenset("$(\"'[{_.")  # of operands, besides letters and digits
_ADDRESS = re.compile(r"(?<![A-Z0-9_.$])\$?([A-Z]{1,3})\$?([0-9]{1,7})(?![A-Z0-9_.$(])")
_ONE_CELL = re.compile(r"\b([A-Z]{1,3}[0-9]+):\1\b")  # a range of one cell may become that cell
_RENAMED = ("_XLFN.RANK.EQ(", "RANK(")  # the newer name of one function, as Gnumeric writes it
_NUMBER = re.compile(r"(?<![A-Z0-9_.$\0])[0-9]++(?:\.[0-9]*+)?(?:E[-+]?[0-9]++)?(?![A-Z0-9_$])")


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
    plain: list[str] = [""]
    bare: list[str] = []  # since the last text
    blank = False
    for text, quoted, of_quoted, word, of_word, space, other in _PIECE.findall(formula):
        if space:
            blank = True
            continue
        piece = text or quoted or word or other
        if of_quoted or of_word:  # between characters that no XML can hold
            sheet = sheet_key(piece[1:-1].replace("''", "'") if quoted else piece)
            piece = "" if sheet == here else f"\0{sheet.encode(errors='surrogatepass').hex()}\0"
        if blank and _apart(bare[-1] if bare else plain[-1], text or quoted or word or other):
            bare.append(" ")  # two operands with a blank between them: what both of them have in common
        blank = False
        if text:
            plain[-1:] = [_spelled("".join(bare)), text, ""]
            bare = []
        elif piece:
            bare.append(piece)
    plain[-1] = _spelled("".join(bare))
    return plain


def _apart(before: str, after: str) -> bool:
    """Whether a blank between two pieces parts one operand from the next."""
    return (before[-1:].isalnum() or before[-1:] in _ENDS) and (after[0].isalnum() or after[0] in _BEGINS)


def _spelled(bare: str) -> str:
    """What stands between two texts, in one spelling. Only letters of ASCII have two cases."""
    upper = bare.upper() if bare.isascii() else "".join(c.upper() if c.isascii() else c for c in bare)
    upper = _ADDRESS.sub(r"\1\2", upper.replace(*_RENAMED))
    return _ONE_CELL.sub(r"\1", _NUMBER.sub(lambda match: f"{float(match[0]):.15g}", upper))


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
        findings.check_time()
        there, _ = findings.contents.grids[at.sheet].line(at.row, at.column, count)
        expected = along(*lead) if along is not None else [rule(*lead, i) for i in range(count)]
        if expected == there:
            continue
        for i, (formula, goal) in enumerate(zip(there, expected, strict=True)):
            if formula is None or not same_text(goal, formula, at.sheet):
                yield Differing(own, (*lead, i), Anchor(at.sheet, at.row, at.column + i), goal, formula)


def _of_cells(own: str, block: Block, rule: Rule, findings: Findings) -> Iterator[Differing]:
    grids = findings.contents.grids
    for number, (index, sheet, row, column) in enumerate(block.walk()):
        if not number % OFTEN:
            findings.check_time()
        formula = grids[sheet].formula(row, column)
        expected = rule(*index)
        if formula != expected and (formula is None or not same_text(expected, formula, sheet)):
            yield Differing(own, index, Anchor(sheet, row, column), expected, formula)

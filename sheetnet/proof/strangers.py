"""Formulas that belong to no step: the reader's own, those in the place of an input, and those that are wrong.

A reader may write formulas on a sheet of their own and in blank cells, and may compute a pixel from such cells: these
formulas are listed, and not judged. A formula in the place of a label is wrong, because it can show anything there;
so is an input that reads a computed cell, because the answer would then decide the input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block, a1, column_number
from sheetnet.proof.faults import inputs_of
from sheetnet.proof.formulas import sheet_key
from sheetnet.proof.found import Findings
from sheetnet.proof.labels import Labels
from sheetnet.proof.report import Wrong

Place = tuple[str, int, int]
Box = tuple[str, int, int, int, int]
LEAKS = "an input that reads computed cells"
MOST_FOLLOWED = 100_000  # cells that one input may read, through other cells
_BLIND = re.compile(r"\b(INDIRECT|OFFSET)\(|\[", re.IGNORECASE)  # what reads cells that its text does not name
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_NAMED = r"(?:'((?:[^']|'')+)'!|([^\s'!(){},:;+\-*/^&=<>\"$%@#]+)!)?"
_REFERENCE = re.compile(
    rf"{_NAMED}(?:\$?([A-Z]{{1,3}})\$?([0-9]+)(?::\$?([A-Z]{{1,3}})\$?([0-9]+))?"
    r"|\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?([0-9]+):\$?([0-9]+))(?![\w(.])",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![\w.!'$])[^\W\d][\w.]*(?![\w.(!])")


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
        others = [full for full in blocks if full not in inputs and full not in set(steps)]
        self._computed, self._inputs, self._orphans = (
            {place for title in titles for full in names for place in _places(blocks[full], title)}
            for names in (steps, inputs, others)
        )
        self._boxes: dict[str, list[Box]] = {}
        for first, last in (pair for full in steps for pair in blocks[full].rectangles()):
            box = first.sheet, first.row, first.column, last.row, last.column
            self._boxes.setdefault(first.sheet, []).append(box)

    def sort(self, place: Place, formula: str, found: Strangers) -> None:
        """Add a cell with a formula to the list in ``found`` where it belongs."""
        title, row, column = place
        address = a1(row, column)
        if place in self._computed:
            return
        if place in self._inputs:
            found.fed.append(f"{title}!{address}")
            if why := _leak(self._findings, place, self._boxes):
                found.wrong.append(Wrong(title, address, "an input", formula, why))
        elif place in self._orphans or self._labels.holds(title, row, column):
            found.wrong.append(Wrong(title, address, "no formula", formula, "a formula of no step"))
        else:
            found.own.append(f"{title}!{address}")


def _places(block: Block, title: str) -> Iterable[Place]:
    return ((sheet, row, column) for _, sheet, row, column in block.walk() if sheet == title)


def _leak(findings: Findings, start: Place, computed: Mapping[str, list[Box]]) -> str:
    """Why an input must not read what it reads, directly or through other cells; "" where it may."""
    waiting, seen = [start], {start}
    while waiting:
        sheet, row, column = waiting.pop()
        formula = findings.cell(Anchor(sheet, row, column)).formula
        for box in [] if formula is None else _read_by(findings, formula, sheet):
            if (
                box is None
                or len(seen) > MOST_FOLLOWED
                or any(_meet(box, other) for other in computed.get(box[0], ()))
            ):
                return LEAKS
            if findings.contents.iterate and _meet(box, (*start, *start[1:])):
                return "iteration is set, and this input takes part in a cycle"
            grid = findings.contents.grids.get(box[0])
            for place in [] if grid is None else grid.occupied(*box[1:]):
                there = (box[0], *place)
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)
    return ""


def _meet(one: Box, other: Box) -> bool:
    """Whether two rectangles have a cell in common."""
    return (
        one[0] == other[0] and one[1] <= other[3] and other[1] <= one[3] and one[2] <= other[4] and other[2] <= one[4]
    )


def _read_by(findings: Findings, formula: str, home: str) -> Iterator[Box | None]:
    """The rectangles that a formula reads; None for something that cannot be followed."""
    plain = _TEXT.sub('""', formula)
    if _BLIND.search(plain):
        yield None
    titles = {sheet_key(title): title for title in findings.contents.sheets}
    for match in _REFERENCE.finditer(plain):
        named = (match[1] or match[2] or "").replace("''", "'")
        title = titles.get(sheet_key(named)) if named else home
        if title is None:
            continue  # a sheet that is not there
        if match[4]:
            rows = int(match[4]), int(match[6] or match[4])
            columns = column_number(match[3].upper()), column_number((match[5] or match[3]).upper())
        elif match[7]:
            rows, columns = (1, MAX_ROWS), (column_number(match[7].upper()), column_number(match[8].upper()))
        else:
            rows, columns = (int(match[9]), int(match[10])), (1, MAX_COLUMNS)
        yield title, min(rows), min(columns), max(rows), max(columns)
    for word in _WORD.findall(_REFERENCE.sub("0", plain)):
        key = word.lower()
        if key in findings.contents.names:
            first, last = findings.contents.names[key]
            yield first.sheet, first.row, first.column, last.row, last.column
        elif key in findings.contents.texts:
            yield None

"""Cells that a reader has cut and pasted elsewhere: from where, and where to.

A spreadsheet lets the formulas that name a cell follow it; a formula that names more cells around it stays behind. So
some formulas read the old place and some the new one, and one of the two is empty. Which cells these are follows from
the formulas that are not those of their steps: where only what they read differs, what should be read and what is
read are the two places.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sheetnet.grid import a1
from sheetnet.proof.formulas import Differing
from sheetnet.proof.found import Findings
from sheetnet.proof.reads import Box, Scope

MOST_LOOKED_AT = 2_000  # formulas
MOST_NAMED = 5  # pairs of places

_Way = tuple[str, str, int, int]  # from one sheet to another, by so many rows and columns


def moved(findings: Findings, differing: Iterable[Differing]) -> list[str]:
    """The places that were cut and those where they are now: ``Pool1!D12:Q25 to Pool1!D60:Q73``."""
    contents = findings.contents
    scope = Scope(contents.sheets, contents.names, contents.local)
    around: dict[_Way, tuple[int, int, int, int]] = {}
    for one in islice((one for one in differing if one.found is not None), MOST_LOOKED_AT):
        findings.check_time()
        for old, new in _pairs(findings, scope, one):
            way = old[0], new[0], new[1] - old[1], new[2] - old[2]
            top, left, bottom, right = around.get(way, old[1:])
            around[way] = min(top, old[1]), min(left, old[2]), max(bottom, old[3]), max(right, old[4])
    return [_told(way, corners) for way, corners in islice(around.items(), MOST_NAMED)]


def _pairs(findings: Findings, scope: Scope, one: Differing) -> Iterable[tuple[Box, Box]]:
    """What a formula shows to have moved: the old places, and the new ones."""
    wanted, there = (list(scope.read_by(text or "", one.at.sheet)) for text in (one.expected, one.found))
    if len(wanted) != len(there):
        return
    for ours, theirs in zip(wanted, there, strict=True):
        if ours is None or theirs is None or ours == theirs or _size(ours) != _size(theirs):
            continue
        full = _is_full(findings, ours), _is_full(findings, theirs)
        if full == (False, True):
            yield ours, theirs
        elif full == (True, False):
            yield theirs, ours


def _size(box: Box) -> tuple[int, int]:
    return box[3] - box[1], box[4] - box[2]


def _is_full(findings: Findings, box: Box) -> bool:
    """Whether any cell of a rectangle holds something."""
    title, *corners = box
    return next(findings.contents.grids[title].occupied(*corners), None) is not None


def _told(way: _Way, corners: tuple[int, int, int, int]) -> str:
    old, new, down, right = way
    top, left, bottom, last = corners
    there = _range(top + down, left + right, bottom + down, last + right)
    return f"{old}!{_range(top, left, bottom, last)} to {new}!{there}"


def _range(top: int, left: int, bottom: int, right: int) -> str:
    first, last = a1(top, left), a1(bottom, right)
    return first if first == last else f"{first}:{last}"

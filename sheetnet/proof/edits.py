"""What a reader has edited since the workbook was built: inputs and words that differ. An edit is no error."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sheetnet.errors import WorkbookError
from sheetnet.fingerprints import changed
from sheetnet.grid import Anchor
from sheetnet.layout import ANSWER, CHOICE, CLASSES, PICTURES
from sheetnet.lenses.base import unraveled
from sheetnet.network import PHOTO
from sheetnet.proof.faults import inputs_of
from sheetnet.proof.found import Findings, address, described
from sheetnet.proof.labels import Labels
from sheetnet.proof.report import Edit

MOST_NAMED = 3  # addresses that are named for each kind of edit


def edits(findings: Findings) -> list[Edit]:
    """Every kind of input that differs: how many cells, and the first of them."""
    found: dict[str, list[Anchor]] = {}
    prints = findings.record.get("prints")
    for full, kind in inputs_of(findings.plan).items():
        block = findings.plan.blocks[full]
        if not isinstance(prints, dict) or full not in prints:
            raise WorkbookError(f"{findings.where}: its hidden sheet has no fingerprint of {full}; build it again")
        with described(findings.where, full):
            places = changed(str(prints[full]), findings.values(block).ravel().tolist())
        what = _what(full, kind, findings)
        for index in places:
            found.setdefault(what, []).append(block.cell(*unraveled(index, block.shape)))
    if labels := Labels(findings).changed():
        found["labels"] = labels
    return [Edit(what, len(cells), tuple(_named(cells))) for what, cells in found.items()]


def _named(cells: list[Anchor]) -> Iterator[str]:
    """The first cells; of those that are gone with their row or column, the sheet."""
    there = (f"{at.sheet}!{address(at)}" if at.row and at.column else at.sheet for at in cells)
    return islice(dict.fromkeys(there), MOST_NAMED)


def _what(full: str, kind: str, findings: Findings) -> str:
    """What a report calls such an input."""
    if full in (f"{PHOTO}.out", PICTURES):
        return "pixels"
    if full in findings.plan.network.parameters:
        return "weights"
    if full == CLASSES:
        return "class names"
    return {CHOICE: "choices", ANSWER: "answers"}.get(kind, "numbers")

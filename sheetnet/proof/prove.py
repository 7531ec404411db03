"""The proof of a workbook, in this process: read it, let an engine calculate it, compare, report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.errors import EngineError
from sheetnet.limits import OFFICE_MEMORY, TIMEOUT, megabytes, timed
from sheetnet.limits.apart import Progress
from sheetnet.operation import Array
from sheetnet.proof.edits import edits
from sheetnet.proof.faults import input_faults, padding_faults
from sheetnet.proof.formulas import Differing, differing
from sheetnet.proof.found import Findings, as_numbers, described
from sheetnet.proof.judge import Judge
from sheetnet.proof.moved import moved
from sheetnet.proof.report import Report, Tensor
from sheetnet.proof.settings import setting_faults
from sheetnet.proof.strangers import strangers
from sheetnet.proof.torn import standing
from sheetnet.recalc import EMBEDDED, STORED
from sheetnet.steps import Step
from sheetnet.workbook.read import uncollected


def prove(
    path: Path,
    engine_name: str = EMBEDDED,
    timeout: float = TIMEOUT,
    progress: Progress | None = None,
    memory: float | None = None,
) -> Report:
    """Prove a workbook, in this process. WorkbookError, EngineError or LimitError where it could not be checked.

    ``engine_name``: see ``recalc``; ``timeout``: seconds for reading and for the engine together; ``progress`` is
    told what is being done, how much of it is done, and how much there is. ``memory``: MB for an engine that is a
    program of its own. Only ``proof.verify`` holds a hostile file to its limits.
    """
    shows = progress or _silent
    deadline = timed(timeout)
    shows("reading", 0, 1)
    findings = Findings(path, deadline, megabytes(memory, OFFICE_MEMORY))
    with described(findings.where, "the workbook"), uncollected():
        return _judged(findings, engine_name, shows)


def _silent(what: str, done: int, total: int) -> None:
    """Take the place of ``progress`` where nobody watches it."""


def _judged(findings: Findings, engine_name: str, progress: Progress) -> Report:
    steps, torn, gone = standing(findings)
    pairs = [(step, _differing(step, findings)) for step in steps]
    stray = strangers(findings, _computed(pairs))
    shifted = moved(findings, (one for _, found in pairs for one in found))
    progress("calculating", 0, 1)
    findings.calculate(engine_name, [one.at for _, found in pairs for one in found if one.found is not None])
    judge = Judge(findings, _reference(findings))
    tensors: list[Tensor] = []
    for number, (step, found) in enumerate(pairs):
        progress("comparing", number, len(pairs))
        findings.check_time()
        with described(findings.where, step.name):
            tensors += judge.judge(step, found)
    stale = judge.stale
    if engine_name == STORED and not stale.stored:
        raise EngineError(
            f"{findings.where}: no values are stored; save it once in a spreadsheet, or use --engine {EMBEDDED}"
        )
    inputs = input_faults(findings) + padding_faults(findings)
    return Report(
        findings.where,
        engine_name,
        tuple(tensors),
        tuple(inputs),
        tuple(torn + setting_faults(findings, steps) + stray.wrong),
        sum(grid.formula_count for grid in findings.contents.grids.values()) - len(stray.own) - len(stray.fed),
        tuple(edits(findings)),
        tuple(stray.own),
        tuple(stray.fed),
        stale.count,
        tuple(stale.first),
        stale.stored,
        tuple(gone),
        tuple(shifted),
    )


def _differing(step: Step, findings: Findings) -> list[Differing]:
    with described(findings.where, step.name):
        return differing(step, findings)


def _computed(pairs: list[tuple[Step, list[Differing]]]) -> Counter[str]:
    """For each sheet, how many computed cells hold a formula."""
    counts: Counter[str] = Counter()
    for step, found in pairs:
        for block in step.writes.values():
            each = int(np.prod(block.shape[len(block.shape) - len(block.steps) :]))
            for at in block.anchors:
                counts[at.sheet] += each
        for one in found:
            counts[one.at.sheet] -= one.found is None
    return counts


def _reference(findings: Findings) -> dict[str, Array] | None:
    """Every tensor as NumPy computes it from the workbook's inputs; None where an input is missing or no number."""
    network, blocks = findings.plan.network, findings.plan.blocks
    names = (*network.inputs, *network.parameters)
    if any(full not in blocks for full in names):
        return None
    outside = {full: as_numbers(findings.values(blocks[full])) for full in names}
    if not all(np.isfinite(value).all() for value in outside.values()):
        return None
    inputs = {full: outside[full] for full in network.inputs}
    return engine.forward(network, inputs, {full: outside[full] for full in network.parameters})


def apart(
    seconds: float, progress: Progress | None, path: str, engine: str, office: float | None
) -> tuple[Any, bytes]:
    """``prove`` for the process that ``proof.verify`` starts: the report as JSON."""
    return prove(Path(path), engine, seconds, progress, office).to_json(), b""

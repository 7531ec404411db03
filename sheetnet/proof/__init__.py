"""The proof: numbers against cells, cell by cell.

    end to end  the network, run in NumPy on the workbook's photo and weights, against every cell
    local       each layer, run on the workbook's own inputs: names the broken cell, not the hundred after it
    formulas    each computed cell holds the formula that its layer writes

Everything is read from the workbook itself. A computed cell that is blank, text, an error or a constant is wrong;
so is padding that is not blank, and an input that is no number.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.grid import Anchor, Block
from sheetnet.layers import Array
from sheetnet.network import PHOTO, TRUTH, Network
from sheetnet.proof.formulas import Suspect, close, suspects
from sheetnet.proof.found import Findings, address, is_number, numbers
from sheetnet.proof.report import Report, Tensor, Verdict, Wrong
from sheetnet.proof.steps import Step, as_drawn, steps
from sheetnet.recalc import EMBEDDED, TIMEOUT, timed

Progress = Callable[[str, int, int], None]

__all__ = ["Report", "Tensor", "Wrong", "verify"]


def verify(
    path: Path, engine_name: str = EMBEDDED, timeout: float = TIMEOUT, progress: Progress | None = None
) -> Report:
    """Prove a workbook. WorkbookError or EngineError where it could not be checked at all.

    ``engine_name``: see ``recalc``; ``timeout``: seconds for reading and for the engine together; ``progress`` is
    told what is being done, how much of it is done, and how much there is.
    """
    deadline = timed(timeout)
    told = progress or (lambda what, done, total: None)
    told("reading", 0, 1)
    findings = Findings(path, deadline)
    doubtful = [(step, suspects(step, findings)) for step in steps(findings.plan)]
    told("calculating", 0, 1)
    findings.calculate(engine_name, [suspect.at for _, group in doubtful for suspect in group])
    network = findings.plan.network
    outside = {name: findings.raw(findings.plan.blocks[name]) for name in (*network.inputs, *network.parameters)}
    inputs = (
        _input_faults(findings, outside)
        + _drawing_faults(findings)
        + _padding_faults(findings)
        + _choice_faults(findings)
    )
    reference = _reference(network, {name: numbers(raw) for name, raw in outside.items()})
    tensors: list[Tensor] = []
    for number, (step, group) in enumerate(doubtful):
        told("comparing", number, len(doubtful))
        findings.check_time()
        tensors += _judge(step, findings, group, reference)
    return Report(str(path), engine_name, tuple(tensors), tuple(inputs))


def _input_faults(findings: Findings, outside: dict[str, Any]) -> list[Wrong]:
    faults = []
    for name, raw in outside.items():
        if findings.plan.truth and name == f"{TRUTH}.out":
            continue  # it is computed, from the choice of a name
        if findings.plan.drawing and name == f"{PHOTO}.out":
            continue  # it is computed, from what the reader draws
        for index in np.ndindex(*raw.shape):
            if not is_number(raw[index]):
                at = findings.plan.blocks[name].cell(*index)
                faults.append(_wrong(at, "a number", _shown(raw[index]), f"{name} needs a number here"))
    return faults


def _drawing_faults(findings: Findings) -> list[Wrong]:
    """A picture holds numbers, texts and blank cells; a colour is numbers."""
    faults = []
    for drawing in findings.plan.drawing:
        pictures = findings.raw(drawing.pictures)
        for index in np.ndindex(*pictures.shape):
            if isnan(as_drawn(pictures[index])):
                at = drawing.pictures.cell(*index)
                faults.append(
                    _wrong(at, "a number", _shown(pictures[index]), "a drawing needs a number here, or nothing")
                )
        if drawing.palette is not None:
            palette = findings.raw(drawing.palette)
            for place in np.ndindex(*palette.shape):
                if not is_number(palette[place]):
                    at = drawing.palette.cell(*place)
                    faults.append(_wrong(at, "a number", _shown(palette[place]), "a colour needs a number here"))
    return faults


def _padding_faults(findings: Findings) -> list[Wrong]:
    """Padding is blank cells; whatever stands there changes what the windows see."""
    faults = []
    for name, (top, left, bottom, right) in findings.plan.margins.items():
        block = findings.plan.blocks[name]
        deep = block.shape[0] if len(block.steps) == 3 else 1  # in rows, a row of pixels is a row per channel
        for first, last in block.rectangles():
            rows = range(first.row - top * deep, last.row + bottom * deep + 1)
            columns = range(first.column - left, last.column + right + 1)
            for (row, column), cell in sorted(findings.contents.cells[first.sheet].items()):
                inside = first.row <= row <= last.row and first.column <= column <= last.column
                if row in rows and column in columns and not inside:
                    at = Anchor(first.sheet, row, column)
                    faults.append(_wrong(at, "blank", _shown(cell.value), f"padding of {name}"))
    return faults


def _choice_faults(findings: Findings) -> list[Wrong]:
    """A view of one channel needs a channel that there is."""
    faults = []
    chosen = {view.choice: view.tensor for view in findings.plan.views.values() if view.choice is not None}
    for choice, tensor in chosen.items():  # several views may follow one choice
        channels = findings.plan.network.shapes[tensor][0]
        value = findings.shown(choice)
        if not is_number(value) or not 1 <= value < channels + 1:
            faults.append(_wrong(choice, f"1 to {channels}", _shown(value), "the map to show"))
    return faults


def _reference(network: Network, outside: dict[str, Array]) -> dict[str, Array] | None:
    """Every tensor by NumPy, from the workbook's inputs; None where one of them is no number."""
    if not all(np.isfinite(value).all() for value in outside.values()):
        return None
    inputs = {name: outside[name] for name in network.inputs}
    return engine.forward(network, inputs, {name: outside[name] for name in network.parameters})


def _judge(
    step: Step, findings: Findings, doubtful: list[Suspect], reference: dict[str, Array] | None
) -> list[Tensor]:
    raw = {own: findings.raw(block) for own, block in step.writes.items()}
    own = {name: numbers(values) for name, values in raw.items()}
    texts = {name: findings.raw(block) for name, block in step.texts.items()}
    reads = {name: findings.numbers(block) for name, block in step.reads.items()}
    expected = step.expected({**reads, **own, **texts})
    tensors = []
    for name, block in step.writes.items():
        wrong = _wrong_cells(block, raw[name], expected[name], findings)
        named = {(w.sheet, w.address) for w in wrong}
        for suspect in doubtful:
            if suspect.own == name and (suspect.at.sheet, address(suspect.at)) not in named:
                why = "not the layer's formula, though its value is right"
                wrong.append(_wrong(suspect.at, f"={suspect.expected}", f"={suspect.found}", why))
        known = np.isfinite(own[name]) & np.isfinite(expected[name])
        far = None
        if reference is not None and step.names[name] in reference:
            far = _largest(own[name], reference[step.names[name]])
            follows = not _all_close(own[name], reference[step.names[name]])
        else:
            follows = not known.all()
        verdict: Verdict = "wrong" if wrong else "follows" if follows or not known.all() else "ok"
        local = _largest(own[name], expected[name])
        sheet = block.anchors[0].sheet
        tensors.append(
            Tensor(step.names[name], sheet, own[name].size, int(known.sum()), local, far, verdict, tuple(wrong))
        )
    return tensors


def _wrong_cells(block: Block, raw: Any, expected: Array, findings: Findings) -> list[Wrong]:
    """Cells that hold no formula, show no number, or another number than the layer gives."""
    wrong = []
    for index in np.ndindex(*block.shape):
        at, value, goal = block.cell(*index), raw[index], float(expected[index])
        cell = findings.cell(at)
        if cell.formula is None:
            why = "blank" if cell.value is None else "a constant, not a formula"
        elif np.isnan(goal) or (np.isinf(goal) and not is_number(value)):
            continue  # what it reads holds no number, or leads to none; that is reported there
        elif not is_number(value):
            why = "no number"
        elif close(value, goal):
            continue
        else:
            why = "another number"
        wrong.append(_wrong(at, _shown(goal), _shown(value), why))
    return wrong


def _largest(found: Array, expected: Array) -> float:
    with np.errstate(all="ignore"):
        difference = np.abs(found - expected)
    return float(np.max(difference[np.isfinite(difference)], initial=0.0))


def _all_close(found: Array, expected: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(found - expected) <= 1e-9 + 1e-9 * np.abs(expected)).all())


def _wrong(at: Anchor, expected: str, found: str, why: str) -> Wrong:
    return Wrong(at.sheet, address(at), expected, found, why)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return f"{value:.15g}" if isinstance(value, float) else repr(value)[:80]

"""Compare two workbooks, in this process: read each, let an engine calculate it, and keep what was put into it.

Only one of the two is open at a time. Inputs are matched by the names of their tensors and their index, so that a
sheet with another title, or a row more, makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Block, a1
from sheetnet.layout import CLASSES
from sheetnet.lenses.base import unraveled
from sheetnet.limits import OFFICE_MEMORY, TIMEOUT, megabytes, timed
from sheetnet.limits.apart import Progress
from sheetnet.proof.compare import far, is_current, shown
from sheetnet.proof.comparison import MOST_KEPT, NO_ANSWER, Answer, Comparison, Difference
from sheetnet.proof.faults import inputs_of
from sheetnet.proof.found import Findings, as_numbers, described
from sheetnet.recalc import EMBEDDED
from sheetnet.workbook.read import uncollected

MOST_NUMBERS = 10  # of an answer


@dataclass(frozen=True, slots=True)
class _Side:
    """What is kept of a workbook: the cells of its inputs and what they show, its answer, and all numbers of it."""

    inputs: dict[str, tuple[Block, NDArray[Any]]]
    answer: Answer
    said: NDArray[np.float64]


def against(
    first: Path,
    second: Path,
    engine_name: str = EMBEDDED,
    timeout: float = TIMEOUT,
    progress: Progress | None = None,
    memory: float | None = None,
) -> Comparison:
    """Compare two workbooks, in this process. The parameters and the errors are those of ``prove``."""
    deadline = timed(timeout)
    sides = []
    for number, path in enumerate((first, second)):
        if progress is not None:
            progress("comparing", number, 2)
        findings = Findings(path, deadline, megabytes(memory, OFFICE_MEMORY))
        with described(findings.where, "the workbook"), uncollected():
            sides.append(_side(findings, engine_name))
        findings.check_time()
        del findings
    one, other = sides
    shared = [full for full in one.inputs if _shape(one, full) == _shape(other, full)]
    found: list[Difference] = []
    count = 0
    for full in shared:
        places = _places(one.inputs[full][1], other.inputs[full][1])
        count += len(places)
        found += islice(_differences(full, one, other, places), MOST_KEPT - len(found))
    same = one.said.shape == other.said.shape and not far(one.said, other.said).any()
    return Comparison(
        (str(first), str(second)),
        engine_name,
        sum(int(one.inputs[full][1].size) for full in shared),
        count,
        tuple(found),
        tuple(_alone((first, second), one, other)),
        (one.answer, other.answer),
        bool(same and one.answer.name == other.answer.name and (np.isnan(one.said) == np.isnan(other.said)).all()),
    )


def _side(findings: Findings, engine_name: str) -> _Side:
    """Calculate a workbook, and keep what is compared."""
    findings.calculate(engine_name, [])
    blocks = findings.plan.blocks
    inputs = {full: (blocks[full], findings.values(blocks[full])) for full in inputs_of(findings.plan)}
    network = findings.plan.network
    if network.bare:  # a lesson, which has many results and no one answer
        return _Side(inputs, NO_ANSWER, np.empty(0))
    head = network.line_up
    last = f"{(head or network.nodes[-1]).name}.out"
    if last not in blocks:
        return _Side(inputs, NO_ANSWER, np.empty(0))
    said = as_numbers(findings.values(blocks[last])).ravel()
    numbers = tuple(float(n) if np.isfinite(n) else None for n in said[:MOST_NUMBERS].tolist())
    if head is None or not np.isfinite(said).all():
        return _Side(inputs, Answer("", None, numbers), said)
    number = int(said.argmax())
    names = inputs[CLASSES][1].ravel().tolist() if CLASSES in inputs else list(network.classes)
    return _Side(inputs, Answer(str(names[number]), float(said[number]), numbers), said)


def _shape(side: _Side, full: str) -> tuple[int, ...] | None:
    return side.inputs[full][0].shape if full in side.inputs else None


def _places(one: NDArray[Any], other: NDArray[Any]) -> list[int]:
    """Where two tensors of one shape differ, in row-major order."""
    if one.dtype == other.dtype == np.float64:
        return [int(k) for k in np.flatnonzero((far(one, other) | far(other, one)).ravel())]
    pairs = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
    return [k for k, (a, b) in enumerate(pairs) if not is_current(a, b)]


def _differences(full: str, one: _Side, other: _Side, places: list[int]) -> Iterator[Difference]:
    for place in places:
        cells, values = [], []
        for block, raw in (one.inputs[full], other.inputs[full]):
            index = unraveled(place, block.shape)
            at = block.cell(*index)
            cells.append(f"{at.sheet}!{a1(at.row, at.column)}")
            values.append(shown(raw[index]))
        yield Difference(full, (cells[0], cells[1]), (values[0], values[1]))


def _alone(paths: tuple[Path, Path], one: _Side, other: _Side) -> Iterator[str]:
    """The inputs that cannot be compared, a line each."""
    for full in dict.fromkeys([*one.inputs, *other.inputs]):
        shapes = _shape(one, full), _shape(other, full)
        if shapes[0] is None or shapes[1] is None:
            yield f"{full}: only in {paths[0] if shapes[1] is None else paths[1]}"
        elif shapes[0] != shapes[1]:
            yield f"{full}: of another shape, {' and '.join('x'.join(map(str, shape)) for shape in shapes if shape)}"


def apart(
    seconds: float, progress: Progress | None, first: str, second: str, engine: str, office: float | None
) -> tuple[Any, bytes]:
    """``against`` for the process that ``proof.contrast`` starts: the comparison as JSON."""
    return against(Path(first), Path(second), engine, seconds, progress, office).to_json(), b""

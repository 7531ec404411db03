"""One step judged: its formulas, what its cells show against what NumPy says, and what the file says that they show.

A cell that is blank, an error or a constant is wrong, and so is one that shows another number, or other words, than
the step gives from what its cells really read. Where the step itself has no answer, because what it reads is no
number, the fault lies before it: the cell cannot be compared, and follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Anchor, Block, row_column
from sheetnet.lenses import Area
from sheetnet.lenses.elements import TOLERANCE, About, Said, close
from sheetnet.operation import Array
from sheetnet.proof.formulas import Differing
from sheetnet.proof.found import Findings, address, as_elements, as_numbers
from sheetnet.proof.report import Tensor, Verdict, Wrong
from sheetnet.steps import Step
from sheetnet.values import ErrorValue

MOST_NAMED = 5
MOST_FAULTY = 500  # cells of which it is asked whether a step reads them; of more it is taken for granted


@dataclass
class Stale:
    """Stored values that are not what the formulas give: how many, and the first of them; how many are stored."""

    count: int = 0
    stored: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, at: Anchor) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < MOST_NAMED:
            self.first.append(f"{at.sheet}!{address(at)}")


def judge(
    step: Step,
    findings: Findings,
    doubtful: list[Differing],
    reference: dict[str, Array] | None,
    stale: Stale,
    faulty: set[Anchor],
) -> list[Tensor]:
    """A verdict for every tensor of a step. ``doubtful``: its cells that do not hold its own formula.

    ``faulty``: cells that were found wrong before; those of the step are added.
    """
    read = as_elements if step.looks else as_numbers
    raw = {own: findings.values(block) for own, block in step.writes.items()}
    mine = {own: _computed(read(values)) for own, values in raw.items()}
    reads = {own: read(findings.values(block)) for own, block in step.reads.items()}
    reads |= {own: _computed(reads[own]) for own, source in step.sources.items() if not _is_typed(source, findings)}
    expected = step.expected(reads | mine)
    faulty |= {other.at for other in doubtful}
    blocks = [*step.reads.values(), *step.writes.values()]
    many = len(faulty) > MOST_FAULTY
    if step.looks and (many or any(_covers(block, at) for at in faulty for block in blocks)):
        expected = {own: _unblamed(goal, raw[own]) for own, goal in expected.items()}
    tensors = [
        _tensor(step, own, block, raw[own], expected[own], findings, doubtful, reference, stale)
        for own, block in step.writes.items()
    ]
    for tensor in tensors:
        faulty |= {Anchor(wrong.sheet, *row_column(wrong.address)) for wrong in tensor.wrong}
    return tensors


def _is_typed(source: str | Area, findings: Findings) -> bool:
    """Whether the reader fills these cells, who may mean the word TRUE."""
    return (source.of if isinstance(source, Area) else source) in findings.plan.inputs


def _computed(values: NDArray[Any]) -> NDArray[Any]:
    """What formulas show: a truth value is none of it, and programs differ about what it counts in a sum."""
    if values.dtype != object:
        return values
    made = np.empty(values.size, dtype=object)
    made[:] = [np.nan if isinstance(v, bool) else v for v in values.ravel().tolist()]
    return made.reshape(values.shape)


def _covers(block: Block, at: Anchor) -> bool:
    return any(
        a.sheet == at.sheet and a.row <= at.row <= b.row and a.column <= at.column <= b.column
        for a, b in block.rectangles()
    )


def _unblamed(expected: NDArray[Any], raw: NDArray[Any]) -> NDArray[Any]:
    """An error that comes of a faulty cell is the fault of that cell: nothing is expected there."""
    if raw.dtype == np.float64:
        return expected
    made = expected.astype(object)
    for index in np.ndindex(*raw.shape):
        if isinstance(raw[index], ErrorValue):
            made[index] = np.nan
    return made


def _tensor(
    step: Step,
    own: str,
    block: Block,
    raw: NDArray[Any],
    expected: NDArray[Any],
    findings: Findings,
    doubtful: list[Differing],
    reference: dict[str, Array] | None,
    stale: Stale,
) -> Tensor:
    stored = findings.stored(block)
    others = {other.index: other for other in doubtful if other.own == own}
    plain = raw.dtype == np.float64 and expected.dtype == np.float64
    wrong: list[Wrong] = []
    if plain:
        off = _far(raw, expected)
        compared = int(np.isfinite(expected).sum())
        places = [tuple(map(int, index)) for index in np.argwhere(off)]
        old = _far(stored, raw) if stored.dtype == np.float64 else None
    else:
        places, compared, old = _apart(raw, expected), _known(expected), None
    bad = set(places)
    for index in dict.fromkeys([*places, *others]):
        at = block.cell(*index)
        other = others.get(index)
        if other is not None and other.found is None:
            value = findings.cell(at).value
            why = "blank" if value is None else "a constant, not a formula"
        elif index in bad:
            why = _why(raw[index], expected[index])
        else:
            why = "not the step's formula, though its value is right"
            if other is not None:
                wrong.append(Wrong(at.sheet, address(at), f"={other.expected}", f"={other.found}", why))
            continue
        wrong.append(Wrong(at.sheet, address(at), shown(expected[index]), shown(raw[index]), why))
    _compare_stored(block, raw, stored, expected, old, stale)
    full = step.names[own]
    size = int(np.prod(block.shape))
    far: float | None = None
    follows = compared < size
    if not step.looks and reference is not None and full in reference:
        numbers = as_numbers(raw)
        far = _largest(numbers, reference[full])
        follows = follows or bool(_far(numbers, reference[full]).any()) or not np.isfinite(numbers).all()
    verdict: Verdict = "wrong" if wrong else "follows" if follows else "ok"
    local = _largest(as_numbers(raw), as_numbers(expected))
    return Tensor(full, block.anchors[0].sheet, size, compared, local, far, verdict, tuple(wrong), step.looks)


def _far(found: Array, expected: Array) -> NDArray[np.bool_]:
    """Where numbers differ by more than the tolerance; what is not expected is not far."""
    with np.errstate(all="ignore"):
        near = np.abs(found - expected) <= TOLERANCE + TOLERANCE * np.abs(expected)
    far: NDArray[np.bool_] = ~near & np.isfinite(expected)
    return far


def _apart(raw: NDArray[Any], expected: NDArray[Any]) -> list[tuple[int, ...]]:
    return [index for index in np.ndindex(*raw.shape) if not right(raw[index], expected[index])]


def _known(expected: NDArray[Any]) -> int:
    return sum(not (isinstance(v, float) and not np.isfinite(v)) for v in expected.ravel().tolist())


def right(found: Any, expected: Any) -> bool:
    """Whether a cell shows what it should, or what it should show cannot be known."""
    if isinstance(expected, float) and not np.isfinite(expected):
        return True
    if isinstance(expected, str):
        if isinstance(found, ErrorValue):
            return False
        if found is None:
            return expected == ""
        if not isinstance(found, str):
            return False
        return expected.matches(found) if isinstance(expected, Said) else Said([(expected,)]).matches(found)
    if isinstance(expected, bool):  # a reader's word that is repeated
        return found is expected
    if not isinstance(found, float):
        return False
    if isinstance(expected, About):
        return close(found, min(max(found, expected.least), expected.most))
    return close(found, float(expected))


def _compare_stored(
    block: Block,
    raw: NDArray[Any],
    stored: NDArray[Any],
    expected: NDArray[Any],
    old: NDArray[np.bool_] | None,
    stale: Stale,
) -> None:
    """Count what the file has, and what of it a viewer would show wrongly."""
    if old is not None:
        stale.stored += stored.size
        for place in np.argwhere(old).tolist():
            stale.add(block.cell(*place))
        return
    for index in np.ndindex(*stored.shape):
        before, now, goal = stored[index], raw[index], expected[index]
        stale.stored += before is not None
        if not _as_stored(before, now) and not (isinstance(goal, str | About) and right(before, goal)):
            stale.add(block.cell(*index))


def _as_stored(before: Any, now: Any) -> bool:
    if isinstance(before, float) and isinstance(now, float):
        return close(before, now) or before == now
    if isinstance(before, ErrorValue) or isinstance(now, ErrorValue):
        return isinstance(before, ErrorValue) and isinstance(now, ErrorValue)
    if before in (None, "") and now in (None, ""):
        return True
    if isinstance(before, str) and isinstance(now, str):
        return Said([(now,)]).matches(before)
    return type(before) is type(now) and bool(before == now)


def _why(found: Any, expected: Any) -> str:
    if isinstance(expected, str):
        return "other words" if isinstance(found, str) and not isinstance(found, ErrorValue) else "no words"
    return "another number" if isinstance(found, float) else "no number"


def _largest(found: Array, expected: Array) -> float:
    with np.errstate(all="ignore"):
        difference = np.abs(found - expected)
    return float(np.max(difference[np.isfinite(difference)], initial=0.0))


def shown(value: Any) -> str:
    """A value as a report shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, ErrorValue):
        return str(value)
    if isinstance(value, About) and value.least != value.most:
        return f"{value.least:.15g} to {value.most:.15g}"
    if isinstance(value, float):
        return f"{value:.15g}"
    return repr(str(value) if isinstance(value, str) else value)[:120]

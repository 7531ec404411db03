"""Judge the steps, one after the other: their formulas, what their cells show, and what the file has stored of them.

A cell that is blank, an error or a constant is wrong, and so is one that shows another number, or other words, than
the step gives from what its cells really read. Where the step has no answer, because something that it reads is no
number, the fault lies in an earlier cell: this cell cannot be compared, and the verdict of its tensor is "follows".

What a formula makes of an error is not the same everywhere: one program's COUNTIF counts errors, another's shows one.
So where the answer is not known, and the file has stored an error in what a step reads, a stored number is not called
old for being an error here, nor a stored error for being a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Anchor, Block, row_column
from sheetnet.lenses import Area
from sheetnet.lenses.elements import About
from sheetnet.operation import Array
from sheetnet.proof.boxes import Box, Boxes
from sheetnet.proof.compare import far, is_current, is_unknown, known, largest, reason, right, shown
from sheetnet.proof.formulas import Differing
from sheetnet.proof.found import Findings, address, as_elements, as_numbers
from sheetnet.proof.report import Tensor, Verdict, Wrong
from sheetnet.steps import Step
from sheetnet.values import ErrorValue

MOST_NAMED = 5  # addresses of stale values
MOST_FAULTY = 500  # wrong cells; with more of them, every look is taken to read one

Elements = NDArray[Any]


@dataclass
class Stale:
    """Stored values that are not what the formulas give. ``count``: how many; ``first``: addresses of the first ones.

    ``stored``: how many cells have a stored value at all.
    """

    count: int = 0
    stored: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, at: Anchor) -> None:
        """Count one more cell."""
        self.count += 1
        if len(self.first) < MOST_NAMED:
            self.first.append(f"{at.sheet}!{address(at)}")


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one tensor. ``raw``: what they show; ``stored``: what the file has stored of them.

    ``expected``: what they should show. ``plain``: whether ``raw`` and ``expected`` hold numbers only, so that whole
    arrays are compared.
    """

    block: Block
    raw: Elements
    stored: Elements
    expected: Elements

    @property
    def plain(self) -> bool:
        return self.raw.dtype == np.float64 and self.expected.dtype == np.float64

    def places(self) -> list[tuple[int, ...]]:
        """The indices of the elements that are not as expected."""
        if self.plain:
            return [tuple(map(int, index)) for index in np.argwhere(far(self.raw, self.expected))]
        return [index for index in np.ndindex(*self.raw.shape) if not right(self.raw[index], self.expected[index])]

    def compared(self) -> int:
        """How many elements can be compared."""
        return int(np.isfinite(self.expected).sum()) if self.plain else known(self.expected)


class Judge:
    """Judges the steps of one workbook, and remembers the wrong cells, because later steps may read them.

    ``stale``: the stored values of all steps so far that are not what the formulas give.
    """

    def __init__(self, findings: Findings, reference: Mapping[str, Array] | None) -> None:
        """``reference``: every tensor of the network, by NumPy; None where an input of the network is no number."""
        self.stale = Stale()
        self._findings, self._reference = findings, reference
        self._unsure: set[str] = set()  # tensors of which spreadsheets may make an error or a number
        self._faulty: set[Anchor] = set()  # cells that were found wrong
        self._places: dict[str, Boxes] = {}  # the same by sheet, as many as ``_placed``
        self._placed = 0

    def judge(self, step: Step, differing: list[Differing]) -> list[Tensor]:
        """A verdict for every tensor of a step. ``differing``: its cells that do not hold its own formula."""
        findings = self._findings
        read = as_elements if step.looks else as_numbers
        raw = {own: findings.values(block) for own, block in step.writes.items()}
        mine = {own: _computed(read(values)) for own, values in raw.items()}
        reads = {own: read(findings.values(block)) for own, block in step.reads.items()}
        reads |= {own: _computed(reads[own]) for own, source in step.sources.items() if not self._is_typed(source)}
        expected = step.expected(reads | mine)
        self._faulty |= {one.at for one in differing}
        if step.looks and self._touches_fault(step):
            expected = {own: _unblamed(goal, raw[own]) for own, goal in expected.items()}
        tensors = []
        for own, block in step.writes.items():
            cells = _Cells(block, raw[own], findings.stored(block), expected[own])
            tensors.append(self._tensor(step, own, cells, {one.index: one for one in differing if one.own == own}))
        for tensor in tensors:
            self._faulty |= {Anchor(wrong.sheet, *row_column(wrong.address)) for wrong in tensor.wrong}
        return tensors

    def _is_typed(self, source: str | Area) -> bool:
        """Whether the reader fills these cells. There TRUE may be meant as a word."""
        return (source.of if isinstance(source, Area) else source) in self._findings.plan.inputs

    def _touches_fault(self, step: Step) -> bool:
        """Whether a step reads or writes a cell that was found wrong."""
        if not 0 < len(self._faulty) <= MOST_FAULTY:
            return bool(self._faulty)
        if self._placed != len(self._faulty):
            self._placed, check = len(self._faulty), self._findings.check_time
            boxes: dict[str, list[Box]] = {}
            for at in self._faulty:
                boxes.setdefault(at.sheet, []).append((at.row, at.column, at.row, at.column))
            self._places = {title: Boxes(here, check) for title, here in boxes.items()}
        return any(
            a.sheet in self._places and self._places[a.sheet].meets((a.row, a.column, b.row, b.column))
            for block in [*step.reads.values(), *step.writes.values()]
            for a, b in block.rectangles()
        )

    def _tensor(self, step: Step, own: str, cells: _Cells, differing: Mapping[tuple[int, ...], Differing]) -> Tensor:
        places, compared = cells.places(), cells.compared()
        wrong = [self._wrong(cells, index, differing.get(index)) for index in dict.fromkeys([*places, *differing])]
        self._count_stale(step, own, cells)
        full, size = step.names[own], int(np.prod(cells.block.shape))
        apart: float | None = None
        follows = compared < size
        numbers = as_numbers(cells.raw)
        if not step.looks and self._reference is not None and full in self._reference:
            apart = largest(numbers, self._reference[full])
            follows = follows or bool(far(numbers, self._reference[full]).any()) or not np.isfinite(numbers).all()
        verdict: Verdict = "wrong" if wrong else "follows" if follows else "ok"
        local = largest(numbers, as_numbers(cells.expected))
        sheet = cells.block.anchors[0].sheet
        return Tensor(full, sheet, size, compared, local, apart, verdict, tuple(wrong), step.looks)

    def _wrong(self, cells: _Cells, index: tuple[int, ...], differing: Differing | None) -> Wrong:
        """Why the cell of an element is wrong: for its formula, for what it shows, or for both."""
        at, found, expected = cells.block.cell(*index), cells.raw[index], cells.expected[index]
        if differing is not None and differing.found is None:
            value = self._findings.cell(at).value
            why = "blank" if value is None else "a constant, not a formula"
        elif differing is None or not right(found, expected):
            why = reason(found, expected)
        else:
            why = "not the step's formula, though its value is right"
            return Wrong(at.sheet, address(at), f"={differing.expected}", f"={differing.found}", why)
        return Wrong(at.sheet, address(at), shown(expected), shown(found), why)

    def _count_stale(self, step: Step, own: str, cells: _Cells) -> None:
        """Count the stored values, and those that a viewer which does not calculate would show wrongly."""
        raw, stored = cells.raw, cells.stored
        if cells.plain and stored.dtype == np.float64:
            self.stale.stored += stored.size
            for place in np.argwhere(far(stored, raw)).tolist():
                self.stale.add(cells.block.cell(*place))
            return
        for index in np.ndindex(*stored.shape):
            old, now, expected = stored[index], raw[index], cells.expected[index]
            self.stale.stored += old is not None
            if is_current(old, now) or (isinstance(expected, str | About) and right(old, expected)):
                continue
            either = isinstance(old, ErrorValue) or isinstance(now, ErrorValue)
            if is_unknown(expected) and old is not None and either and self._is_fed(step):
                self._unsure.add(step.names[own])
                continue
            self.stale.add(cells.block.cell(*index))

    def _is_fed(self, step: Step) -> bool:
        """Whether the file has stored an error in what a step reads, or what spreadsheets make of one."""
        sources = {one.of if isinstance(one, Area) else one for one in step.sources.values()}
        stored = (self._findings.stored(block) for block in step.reads.values())
        return bool(sources & self._unsure) or any(
            isinstance(one, ErrorValue) for values in stored if values.dtype == object for one in values.ravel()
        )


def _computed(values: Elements) -> Elements:
    """What formulas show, with nan for a truth value: none of ours gives one, and programs add it differently."""
    if values.dtype != object:
        return values
    made = np.empty(values.size, dtype=object)
    made[:] = [np.nan if isinstance(v, bool) else v for v in values.ravel().tolist()]
    return made.reshape(values.shape)


def _unblamed(expected: Elements, raw: Elements) -> Elements:
    """What is expected, but nothing of a cell that shows an error, because a faulty cell may have caused it."""
    if raw.dtype == np.float64:
        return expected
    made = expected.astype(object)
    for index in np.ndindex(*raw.shape):
        if isinstance(raw[index], ErrorValue):
            made[index] = np.nan
    return made

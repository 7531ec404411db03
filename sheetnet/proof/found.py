"""What a workbook holds, as arrays: the cells of each block, as they are stored and as an engine calculates them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import EngineError, WorkbookError, shown
from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import read_record
from sheetnet.limits import OFFICE_MEMORY, too_late
from sheetnet.operation import Array
from sheetnet.recalc import ENGINES, INSIDE, STORED, Session, open_engine
from sheetnet.values import ErrorValue
from sheetnet.workbook.links import unlinked
from sheetnet.workbook.plain import without_sections
from sheetnet.workbook.read import Contents, Found, find_record, read, read_bytes

# What Python raises where a record describes cells or options that do not exist.
ODDITIES = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)
STOPPED = "#a formula that stops the engine"  # a text that takes the place of such a formula
Rectangle = Callable[[Anchor, Anchor], list[list[Any]]]


class Findings:
    """An open workbook: its plan, its formulas, its stored values and, once calculated, those of an engine."""

    def __init__(self, path: Path, deadline: float, memory: float = OFFICE_MEMORY) -> None:
        """Read the file. WorkbookError where it is no workbook of ours. ``memory``: MB, of a program as engine."""
        self._deadline, self._memory = deadline, memory
        self.where = str(path)
        self.data = read_bytes(path)
        self.contents = read(self.data, self.where, deadline)
        self.record = find_record(self.contents, self.where)
        self.plan, self.gone = read_record(self.record, self.contents.names, self.contents.lost, self.where)
        self._stored: Rectangle = _of_file(self.contents, {title: title for title in self.contents.sheets})
        self._calculated = self._stored

    def calculate(self, engine: str, doubtful: list[Anchor]) -> None:
        """Let an engine calculate the values of the cells; before, ``values`` gives those stored in the file.

        ``doubtful``: cells whose formulas are not the steps' own. If one of them stops an engine inside of Python,
        all of them are taken out, so that the other cells can be checked. EngineError where that does not help. The
        formulas must have been compared before, because this forgets them, to leave their memory to the engine.
        """
        if engine not in ENGINES:
            raise EngineError(f"unknown engine {shown(engine)}; use one of {', '.join(ENGINES)}")
        if engine in INSIDE and self.contents.strict:
            raise EngineError(f"{engine} does not read the strict edition of the format; try --engine libreoffice")
        for grid in self.contents.grids.values():
            grid.forget_formulas()
        if engine in INSIDE:
            data = without_sections(self.data, self.contents.sections)  # these engines read none
            session = open_engine(engine, data, self._deadline)
            del data
            self.data = b""
            _evaluate(session, doubtful)
            self._calculated = lambda a, b: session.rectangle(a.sheet, a.row, a.column, b.row, b.column)
        elif engine != STORED:
            self._calculated = _external(self.data, self.contents, engine, self._deadline, self._memory)

    def cell(self, at: Anchor) -> Found:
        """The cell as it stands in the file."""
        return self.contents.grids[at.sheet].cell(at.row, at.column)

    def shown(self, at: Anchor) -> Any:
        """What a cell shows: a float, text, truth value, error or None."""
        return self._calculated(at, at)[0][0]

    def check_time(self) -> None:
        """LimitError once the time is up."""
        if time.monotonic() > self._deadline:
            raise too_late("comparing")

    def values(self, block: Block) -> NDArray[Any]:
        """What each element's cell shows: an array of float64 where all are numbers, else of anything."""
        return _gathered(block, self._calculated)

    def stored(self, block: Block) -> NDArray[Any]:
        """What the file says that each element's cell shows."""
        return _gathered(block, self._stored)


@contextmanager
def described(where: str, what: str) -> Iterator[None]:
    """Turn the errors that a wrong description in the file causes into a WorkbookError. ``what`` is described."""
    try:
        yield
    except ODDITIES as error:
        raise WorkbookError(f"{where}: its hidden sheet describes {shown(what)} wrongly; build it again") from error


def _gathered(block: Block, values: Rectangle) -> NDArray[Any]:
    inner = block.shape[len(block.shape) - len(block.steps) :]
    boxes = [_box(values(first, last)) for first, last in block.rectangles()]
    if any(step not in ((1, 0), (0, 1)) for step in block.steps) or len(block.steps) == 1:
        rows, columns = np.zeros(inner, dtype=np.intp), np.zeros(inner, dtype=np.intp)
        for axis, (down, across) in enumerate(block.steps):
            along = np.arange(inner[axis]).reshape([-1 if k == axis else 1 for k in range(len(inner))])
            rows, columns = rows + along * down, columns + along * across
        boxes = [box[rows, columns] for box in boxes]
    elif block.steps == ((0, 1), (1, 0)):
        boxes = [box.T for box in boxes]
    if any(box.dtype == object for box in boxes):
        boxes = [box.astype(object) for box in boxes]
    if all(box.dtype == object for box in boxes) and all(
        set(map(type, b.ravel().tolist())) <= {float} for b in boxes
    ):
        boxes = [box.astype(np.float64) for box in boxes]  # what was no number lay between the elements
    return np.stack(boxes).reshape(block.shape)


def _box(values: list[list[Any]]) -> NDArray[Any]:
    if all(set(map(type, line)) == {float} for line in values):
        return np.array(values, dtype=np.float64)
    box = np.empty((len(values), len(values[0])), dtype=object)
    for row, line in enumerate(values):
        box[row, :] = line
    return box


def as_numbers(values: NDArray[Any]) -> Array:
    """What cells show as floats; nan for what is no number, and for a number that is not finite."""
    if values.dtype == np.float64:
        return np.where(np.isfinite(values), values, np.nan)
    flat = [v if type(v) is float else np.nan for v in values.ravel().tolist()]
    made = np.array(flat, dtype=np.float64).reshape(values.shape)
    return np.where(np.isfinite(made), made, np.nan)


def as_elements(values: NDArray[Any]) -> NDArray[Any]:
    """What a look reads: numbers and words as they are, "" for a blank cell, nan for an error."""
    if values.dtype == np.float64:
        return values
    made = np.empty(values.size, dtype=object)
    made[:] = ["" if v is None else np.nan if isinstance(v, ErrorValue) else v for v in values.ravel().tolist()]
    return made.reshape(values.shape)


def _evaluate(session: Session, doubtful: list[Anchor]) -> None:
    """Calculate. Where that fails, try again without the doubtful formulas, which are reported as wrong anyway."""
    try:
        session.evaluate()
    except EngineError:
        if not doubtful:
            raise
        for at in doubtful:
            session.set(at.sheet, at.row, at.column, STOPPED)
        session.evaluate()


def _external(data: bytes, contents: Contents, engine: str, deadline: float, memory: float) -> Rectangle:
    from sheetnet.recalc.office import recalculate

    [result] = recalculate(engine, [unlinked(data, "the workbook", deadline)], deadline, memory)
    fresh = read(result, f"what {engine} made of it", deadline, computed=True)
    if len(fresh.sheets) != len(contents.sheets):
        raise EngineError(f"{engine} lost {len(contents.sheets) - len(fresh.sheets)} sheets of the workbook")
    # By position and not by title: LibreOffice cuts titles of more than 31 characters.
    return _of_file(fresh, dict(zip(contents.sheets, fresh.sheets, strict=True)))


def _of_file(contents: Contents, titles: dict[str, str]) -> Rectangle:
    return lambda a, b: contents.grids[titles[a.sheet]].box(a.row, a.column, b.row, b.column)


def address(at: Anchor) -> str:
    """A cell as a reader finds it."""
    return a1(at.row, at.column)

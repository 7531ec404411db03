"""What a workbook holds, as arrays: the cells of each block, through the engine that was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import EngineError, WorkbookError
from sheetnet.grid import Anchor, Block, a1
from sheetnet.layers import Array
from sheetnet.layout import formula_count, read_record
from sheetnet.recalc import ENGINES, INSIDE, STORED, open_engine
from sheetnet.workbook.read import Contents, Found, find_record, read, read_bytes

STOPPED = "#a formula that stops the engine"
Rectangle = Callable[[Anchor, Anchor], list[list[Any]]]


class Findings:
    """An open workbook: its plan, its formulas, and, once calculated, the values of its cells."""

    def __init__(self, path: Path, deadline: float) -> None:
        """Read the file. WorkbookError where it is no workbook of ours."""
        self._deadline = deadline
        self.data = read_bytes(path)
        self.contents = read(self.data, str(path), deadline)
        self.plan = read_record(find_record(self.contents, str(path)), self.contents.names, str(path))
        cells = sum(map(len, self.contents.cells.values()))
        if formula_count(self.plan.network) > 2 * cells + 1000:
            raise WorkbookError(f"{path}: has {cells:,} cells, far fewer than its network needs; build it again")
        self._values: Rectangle = _stored(self.contents, {title: title for title in self.contents.sheets})

    def calculate(self, engine: str, doubtful: list[Anchor]) -> None:
        """Let an engine give the cells their values; until then they are those in the file.

        ``doubtful``: cells whose formulas are not the layers' own. If one of them stops an engine inside, they
        are taken out, so that the others can be checked all the same. EngineError where nothing helps.
        """
        if engine not in ENGINES:
            raise EngineError(f"unknown engine {engine!r}; use one of {', '.join(ENGINES)}")
        if engine in INSIDE:
            self._values = _inside(engine, self.data, self._deadline, doubtful)
        elif engine != STORED:
            self._values = _external(self.data, self.contents, engine, self._deadline)

    def cell(self, at: Anchor) -> Found:
        """The cell as it stands in the file."""
        return self.contents.cells[at.sheet].get((at.row, at.column), Found(None, None))

    def shown(self, at: Anchor) -> Any:
        """What a cell shows: a float, text, or None."""
        return self._values(at, at)[0][0] if at.sheet in self.contents.cells else None

    def check_time(self) -> None:
        """EngineError once the time is up."""
        if time.monotonic() > self._deadline:
            raise EngineError("comparing took too long; give it more time with --timeout")

    def raw(self, block: Block) -> NDArray[np.object_]:
        """What each element's cell shows: a float, text, or None."""
        lead = block.shape[: len(block.shape) - len(block.steps)]
        inner = block.shape[len(lead) :]
        rows = np.zeros(inner, dtype=np.intp)
        columns = np.zeros(inner, dtype=np.intp)
        for axis, (down, across) in enumerate(block.steps):
            along = np.arange(inner[axis]).reshape([-1 if k == axis else 1 for k in range(len(inner))])
            rows += along * down
            columns += along * across
        boxes = [_box(self._values(first, last))[rows, columns] for first, last in block.rectangles()]
        stacked: NDArray[np.object_] = np.stack([np.asarray(box, dtype=object) for box in boxes])
        return stacked.reshape(block.shape)

    def numbers(self, block: Block) -> Array:
        """The elements as float64; nan where a cell shows no finite number."""
        return numbers(self.raw(block))


def numbers(raw: NDArray[np.object_]) -> Array:
    """Floats out of what cells show; nan for anything else."""
    flat = [float(v) if is_number(v) else np.nan for v in raw.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(raw.shape)


def is_number(value: Any) -> bool:
    """Whether a cell shows a finite number. A truth value is none."""
    return isinstance(value, float | int) and not isinstance(value, bool) and isfinite(value)


def _box(values: list[list[Any]]) -> NDArray[np.object_]:
    box = np.empty((len(values), len(values[0])), dtype=object)
    for row, line in enumerate(values):
        box[row, :] = line
    return box


def _inside(engine: str, data: bytes, deadline: float, doubtful: list[Anchor]) -> Rectangle:
    session = open_engine(engine, data, deadline)
    try:
        session.evaluate()
    except EngineError:
        if not doubtful:
            raise
        for at in doubtful:
            session.set(at.sheet, at.row, at.column, STOPPED)
        session.evaluate()
    return lambda a, b: session.rectangle(a.sheet, a.row, a.column, b.row, b.column)


def _external(data: bytes, contents: Contents, engine: str, deadline: float) -> Rectangle:
    from sheetnet.recalc.office import recalculate

    [result] = recalculate(engine, [data], deadline)
    fresh = read(result, f"what {engine} made of it", deadline)
    if len(fresh.sheets) != len(contents.sheets):
        raise EngineError(f"{engine} lost {len(contents.sheets) - len(fresh.sheets)} sheets of the workbook")
    # By position and not by title: LibreOffice cuts titles of more than 31 characters.
    return _stored(fresh, dict(zip(contents.sheets, fresh.sheets, strict=True)))


def _stored(contents: Contents, titles: dict[str, str]) -> Rectangle:
    def values(first: Anchor, last: Anchor) -> list[list[Any]]:
        cells = contents.cells[titles[first.sheet]]
        nothing = Found(None, None)
        return [
            [cells.get((row, column), nothing).value for column in range(first.column, last.column + 1)]
            for row in range(first.row, last.row + 1)
        ]

    return values


def address(at: Anchor) -> str:
    """A cell as a reader finds it."""
    return a1(at.row, at.column)

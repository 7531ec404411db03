"""The engine inside, formualizer: recalculates a file in memory, and computes single formulas for the builder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import formualizer

from sheetnet.errors import EngineError

Position = tuple[str, int, int]  # sheet, row, column
MOST_CELLS = 1_000_000  # that a formula tried alone may name
LIMITS = {
    "max_input_bytes": 512 << 20,
    "max_expanded_bytes": 3 << 30,
    "max_part_bytes": 3 << 30,
    "max_entries": 2000,
}


class Session:
    """A workbook in the engine: recalculate it, read it, change it, recalculate it again."""

    def __init__(self, data: bytes, deadline: float) -> None:
        """``data``: an .xlsx; ``deadline``: a ``time.monotonic()``. EngineError where it cannot be loaded."""
        self._deadline = deadline
        config = formualizer.EvaluationConfig()
        config.max_eval_time_ms = self._milliseconds()
        try:
            self._book = formualizer.Workbook.from_bytes(
                data, config=formualizer.WorkbookConfig(eval_config=config), load_limits=LIMITS
            )
        except Exception as error:  # the binding raises bare Exceptions of many kinds
            raise EngineError(
                f"formualizer cannot load the workbook ({_one_line(error)}); try --engine libreoffice"
            ) from error
        self.sheets: list[str] = list(self._book.sheet_names)

    def _milliseconds(self) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise EngineError("formualizer ran out of time; give it more with --timeout")
        return max(1, int(left * 1000))

    def evaluate(self) -> None:
        """Recalculate everything that changed."""
        self._milliseconds()
        try:
            self._book.evaluate_all()
        except Exception as error:
            raise EngineError(f"formualizer cannot calculate the workbook ({_one_line(error)})") from error

    def rectangle(self, sheet: str, row: int, column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """Values by row; an error value is a ``str`` beginning with "#"."""
        address = formualizer.RangeAddress(sheet, row, column, last_row, last_column)
        rows = self._book[sheet].get_values(address)
        return [[_plain(value) for value in line] for line in rows]

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a number or a text into a cell, in memory only."""
        self._book.set_value(sheet, row, column, value)


class Scratch:
    """One formula, tried on numbers of one's choice. ``reads``: the cells that it names."""

    def __init__(self, at: Position, formula: str) -> None:
        """EngineError where it is no formula, or names whole rows, columns or names."""
        try:
            self.reads = _cells_of(formula, at[0])
        except Exception as error:  # the binding raises bare Exceptions of many kinds
            raise EngineError(f"{at[0]}: formualizer cannot read {formula[:100]} ({_one_line(error)})") from error
        if at in self.reads:
            raise EngineError(f"{at[0]}: {formula[:100]} reads its own cell")
        self._at = at
        self._book = formualizer.Workbook()
        for sheet in dict.fromkeys([at[0], *(sheet for sheet, _, _ in self.reads)]):
            self._book.add_sheet(sheet)
        self._book.set_formula(*at, f"={formula}")

    def evaluate(self, inputs: Mapping[Position, Any]) -> Any:
        """Its value with these in the cells that it names (None: blank); an error value is a text with "#"."""
        for position in self.reads:
            if (value := inputs[position]) is not None:
                self._book.set_value(*position, value)
        try:
            return _plain(self._book.evaluate_cell(*self._at))
        except formualizer.ExcelEvaluationError as error:
            return f"#{_one_line(error)}"


def compute(
    formulas: Mapping[Position, str], lookup: Callable[[str, int, int], Any]
) -> dict[Position, float | str | bool]:
    """Values of single formulas. ``lookup`` gives what the cells that they name hold (None where blank).

    EngineError where one has an error value, or names another of them that is not computed yet.
    """
    values = {}
    for at, formula in formulas.items():
        scratch = Scratch(at, formula)
        known = {position: lookup(*position) for position in scratch.reads}
        if unknown := [p for p in scratch.reads if known[p] is None and p in formulas]:
            raise EngineError(f"{at[0]}: {formula[:100]} names {unknown[0]}, which has no value yet")
        value = scratch.evaluate(known)
        if value is None or (isinstance(value, str) and value.startswith("#")):
            raise EngineError(f"{at[0]}: the formula {formula[:100]} gives {value}")
        values[at] = value
    return values


def _cells_of(formula: str, home: str) -> list[Position]:
    """Every cell that a formula names, once."""
    cells: dict[Position, None] = {}
    for sheet, top, left, bottom, right in _references(formula, home):
        if (bottom - top + 1) * (right - left + 1) > MOST_CELLS:
            raise EngineError(f"{home}: {formula[:100]} names more than {MOST_CELLS:,} cells")
        for row in range(top, bottom + 1):
            cells |= dict.fromkeys((sheet, row, column) for column in range(left, right + 1))
    return list(cells)


def _references(formula: str, home: str) -> list[tuple[str, int, int, int, int]]:
    """The ranges that a formula names: sheet, first row and column, last row and column."""
    from formualizer.visitor import collect_references

    found = []
    for ref in collect_references(formualizer.parse(f"={formula}")):
        sheet = ref.sheet or home
        if isinstance(ref, formualizer.RangeRef):
            first, last = ref.start, ref.end
            if first is None or last is None:
                raise EngineError(f"{home}: {formula[:100]} names whole columns or rows")
            rows, columns = sorted((first.row, last.row)), sorted((first.col, last.col))
            found.append((sheet, rows[0], columns[0], rows[1], columns[1]))
        elif isinstance(ref, formualizer.CellRef):
            found.append((sheet, ref.row, ref.col, ref.row, ref.col))
        else:
            raise EngineError(f"{home}: {formula[:100]} names something that is no cell")
    return found


def _plain(value: Any) -> Any:
    """A cell's value as float, str, bool or None."""
    if isinstance(value, dict) and value.get("type") == "Error":
        return f"#{value.get('kind', 'ERROR').upper()}"
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

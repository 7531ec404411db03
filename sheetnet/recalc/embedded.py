"""The engine inside, formualizer: recalculates a file in memory, and computes single formulas for the builder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import formualizer

from sheetnet.errors import EngineError

Position = tuple[str, int, int]  # sheet, row, column
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


def compute(
    formulas: Mapping[Position, str], lookup: Callable[[str, int, int], Any]
) -> dict[Position, float | str | bool]:
    """Values of single formulas. ``lookup`` gives what the cells that they name hold (None where blank).

    EngineError where one has an error value: a workbook must not be built with it.
    """
    book = formualizer.Workbook()
    known: set[Position] = set(formulas)
    for sheet in dict.fromkeys(sheet for sheet, _, _ in formulas):
        book.add_sheet(sheet)
    sheets = {sheet for sheet, _, _ in formulas}
    for (sheet, row, column), formula in formulas.items():
        for name, top, left, bottom, right in _references(formula, sheet):
            if name not in sheets:
                sheets.add(name)
                book.add_sheet(name)
            for position in ((name, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)):
                if position not in known:
                    known.add(position)
                    if (value := lookup(*position)) is not None:
                        book.set_value(*position, value)
        book.set_formula(sheet, row, column, f"={formula}")
    book.evaluate_all()
    values = {}
    for (sheet, row, column), formula in formulas.items():
        value = _plain(book.get_value(sheet, row, column))
        if value is None or (isinstance(value, str) and value.startswith("#")):
            raise EngineError(f"{sheet}: the formula {formula[:100]} gives {value}")
        values[sheet, row, column] = value
    return values


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
            found.append((sheet, first.row, first.col, last.row, last.col))
        else:
            found.append((sheet, ref.row, ref.col, ref.row, ref.col))
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

"""formualizer, the engine in this process: it recalculates a file in memory, or formulas that stand in no file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any

import formualizer

from sheetnet.errors import EngineError
from sheetnet.limits import too_late
from sheetnet.values import ErrorValue

Position = tuple[str, int, int]  # sheet, row, column
LIMITS = {
    "max_input_bytes": 512 << 20,
    "max_expanded_bytes": 3 << 30,
    "max_part_bytes": 3 << 30,
    "max_entries": 2000,
}
_AS_THEY_ARE = frozenset({float, str, bool, NoneType})
_ERRORS = {"Div": "#DIV/0!", "Na": "#N/A", "Name": "#NAME?"}  # the others are written as they are called
_SERIAL = "serial"  # dates, times and durations as numbers of days, as cells hold them


class Session:
    """A workbook in the engine: recalculate it, read it, change it, recalculate it again."""

    def __init__(self, data: bytes, deadline: float) -> None:
        """Load ``data``, an .xlsx; ``deadline``: a ``time.monotonic()``. EngineError where it cannot be loaded."""
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
        self._book.set_temporal_egress(_SERIAL)
        self.sheets: list[str] = list(self._book.sheet_names)

    def _milliseconds(self) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise too_late("formualizer")
        return max(1, int(left * 1000))

    def evaluate(self) -> None:
        """Recalculate everything that changed."""
        self._milliseconds()
        try:
            self._book.evaluate_all()
        except Exception as error:
            raise EngineError(f"formualizer cannot calculate the workbook ({_one_line(error)})") from error

    def rectangle(self, sheet: str, row: int, column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """Values by row: float, str, bool, ErrorValue, or None where nothing is."""
        address = formualizer.RangeAddress(sheet, row, column, last_row, last_column)
        rows = self._book[sheet].get_values(address)
        return [line if _AS_THEY_ARE.issuperset(map(type, line)) else list(map(_plain, line)) for line in rows]

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a number or a text into a cell, in memory only."""
        self._book.set_value(sheet, row, column, value)


def compute(
    formulas: Mapping[Position, str], known: Iterable[tuple[str, int, int, list[list[Any]]]]
) -> dict[Position, float | str | bool]:
    """The values of formulas, which may name each other. EngineError where one of them has an error value.

    ``known``: what other cells hold, in rectangles: sheet, first row, first column, rows of values.
    """
    book = formualizer.Workbook()
    book.set_temporal_egress(_SERIAL)
    book.set_changelog_enabled(False)
    sheets: set[str] = set()

    def home(sheet: str) -> str:
        if sheet not in sheets:
            sheets.add(sheet)
            book.add_sheet(sheet)
        return sheet

    for sheet, row, column, values in known:
        book.set_values_batch(home(sheet), row, column, values)
    for (sheet, row, column), formula in formulas.items():
        book.set_formula(home(sheet), row, column, f"={formula}")
    try:
        book.evaluate_all()
    except Exception as error:  # the binding raises bare Exceptions of many kinds
        raise EngineError(f"formualizer cannot calculate the workbook ({_one_line(error)})") from error
    values_of = {}
    for at, formula in formulas.items():
        value = _plain(book.get_value(*at))
        if value is None or isinstance(value, ErrorValue):
            raise EngineError(f"{at[0]}: the formula {formula[:100]} gives {value}")
        values_of[at] = value
    return values_of


def _plain(value: Any) -> Any:
    """A cell's value as float, str, bool, ErrorValue or None."""
    if isinstance(value, dict) and value.get("type") == "Error":
        kind = value.get("kind", "Error")
        return ErrorValue(_ERRORS.get(kind, f"#{kind.upper()}!"))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

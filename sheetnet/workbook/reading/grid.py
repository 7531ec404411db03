"""The cells of a sheet, row by row: columns, formulas and values of a row are three parallel sequences.

A workbook may hold a million cells, so they are kept small: numbers alone as an array of floats, a row without
formulas without a list of them, and neighbours by the range of their columns.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sheetnet.values import Value
from sheetnet.workbook.reading.references import Box
from sheetnet.workbook.reading.texts import Texts

Drop = tuple[tuple[Box, ...], str]


@dataclass(slots=True)
class Found:
    """One cell as it stands in the file."""

    formula: str | None  # without "="; shared formulas are written out
    value: Value  # as stored; None where nothing is stored


class Line(NamedTuple):
    """The cells of one row that hold something. Columns ascend; ``formulas`` is None where there are none."""

    columns: range | array[int]
    formulas: Texts | None
    values: list[Value] | array[float]


@dataclass(slots=True)
class Chart:
    """A chart as the file has it. ``series``: for each series the references (values, x or categories).

    A reference is a text as the file spells it, "" where the series has none.
    """

    series: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """The cells of one sheet, and what else on it can change what a reader sees. Rows and columns count from 1."""

    lines: dict[int, Line] = field(default_factory=dict)  # by row, ascending
    formula_count: int = 0  # cells with an <f>, whatever it holds
    arrays: dict[tuple[int, int], str] = field(default_factory=dict)  # cells of an "array" formula or a "dataTable"
    merged: list[Box] = field(default_factory=list)
    hiding: dict[tuple[int, int], str] = field(default_factory=dict)  # cells -> the format that hides what they hold
    moments: set[tuple[int, int]] = field(default_factory=set)  # cells that show their number as a date or a time
    drops: list[Drop] = field(default_factory=list)  # conditional formats that hide: where, and the format
    charts: list[Chart] = field(default_factory=list)

    def forget_formulas(self) -> None:
        """Give the memory of all formulas back. Their count stays."""
        for row, line in self.lines.items():
            self.lines[row] = line._replace(formulas=None)

    def cell(self, row: int, column: int) -> Found:
        """One cell; ``Found(None, None)`` where nothing is."""
        line = self.lines.get(row)
        if line is not None:
            columns, formulas, values = line
            at = _position(columns, column)
            if at < len(columns) and columns[at] == column:
                return Found(None if formulas is None else formulas.one(at), values[at])
        return Found(None, None)

    def formula(self, row: int, column: int) -> str | None:
        """The formula of one cell; None where it has none."""
        line = self.lines.get(row)
        if line is None or line.formulas is None:
            return None
        at = _position(line.columns, column)
        return line.formulas.one(at) if at < len(line.columns) and line.columns[at] == column else None

    def value(self, row: int, column: int) -> Value:
        """The stored value of one cell; None where it has none."""
        line = self.lines.get(row)
        if line is None:
            return None
        at = _position(line.columns, column)
        return line.values[at] if at < len(line.columns) and line.columns[at] == column else None

    def line(self, row: int, column: int, count: int) -> tuple[list[str | None], list[Value]]:
        """Formulas and values of ``count`` neighbours in a row; None where there is no cell."""
        line = self.lines.get(row)
        if line is None:
            return [None] * count, [None] * count
        columns, formulas, values = line
        first = _position(columns, column)
        end = first + count
        if end <= len(columns) and count and columns[first] == column and columns[end - 1] == column + count - 1:
            return [None] * count if formulas is None else formulas.part(first, end), list(values[first:end])
        texts: list[str | None] = [None] * count
        found: list[Value] = [None] * count
        for i in range(first, _position(columns, column + count)):
            texts[columns[i] - column] = None if formulas is None else formulas.one(i)
            found[columns[i] - column] = values[i]
        return texts, found

    def box(self, row: int, column: int, last_row: int, last_column: int) -> list[list[Value]]:
        """The values of a rectangle, by row."""
        count = last_column - column + 1
        return [self.line(one, column, count)[1] for one in range(row, last_row + 1)]

    def formulas(self) -> Iterator[tuple[int, int, str]]:
        """Every cell that has a formula: row, column, text. Row by row, each from left to right."""
        for row, line in self.lines.items():
            if line.formulas is not None:
                for column, formula in zip(line.columns, line.formulas, strict=True):
                    if formula is not None:
                        yield row, column, formula

    def occupied(self, row: int, column: int, last_row: int, last_column: int) -> Iterator[tuple[int, int]]:
        """The cells of a rectangle that hold a formula or a value. Row by row, each from left to right."""
        few = len(self.lines) < last_row - row + 1
        rows = [one for one in self.lines if row <= one <= last_row] if few else range(row, last_row + 1)
        for one in rows:
            if (line := self.lines.get(one)) is not None:
                first, end = _position(line.columns, column), _position(line.columns, last_column + 1)
                for found in line.columns[first:end]:
                    yield one, found


class Cells(Mapping[tuple[int, int], Found]):
    """The cells of a grid that hold something, by (row, column)."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def __getitem__(self, at: tuple[int, int]) -> Found:
        found = self._grid.cell(*at)
        if found.formula is None and found.value is None:
            raise KeyError(at)
        return found

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((row, column) for row, line in self._grid.lines.items() for column in line.columns)

    def __len__(self) -> int:
        return sum(len(line.columns) for line in self._grid.lines.values())


def _position(columns: range | array[int], column: int) -> int:
    """How many columns lie to the left of ``column``."""
    if type(columns) is range:
        return min(max(column - columns.start, 0), len(columns))
    return bisect_left(columns, column)


def packed(columns: Sequence[int], formulas: list[str | None], values: list[Value], *, plain: bool) -> Line:
    """A row in as little memory as it needs. ``plain``: all values are floats. The row must have cells."""
    beside = columns[-1] - columns[0] + 1 == len(columns)
    return Line(
        range(columns[0], columns[-1] + 1) if beside else array("H", columns),
        None if formulas.count(None) == len(formulas) else Texts(formulas),
        array("d", values) if plain else values,  # type: ignore[arg-type]
    )

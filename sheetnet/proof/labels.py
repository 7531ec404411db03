"""Labels, which are words and numbers that nobody computes: where they stand now, and which of them have changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from sheetnet.fingerprints import changed
from sheetnet.grid import Anchor
from sheetnet.layout import PREFIX, places_of, size_of
from sheetnet.proof.found import Findings, described

BEYOND = 1 << 40  # a row below all sheets
MOST_LABELS = 2_000_000  # on all sheets together


class _Axis:
    """How far the rows of a sheet have moved, or its columns: (first of an area as built, how far), sorted."""

    def __init__(self, starts: Iterable[tuple[int, int]]) -> None:
        self._starts = sorted(starts)

    def moves(self, place: int) -> range:
        """How far a place may have moved: at least as far as the area before it, at most as far as the next one."""
        at = bisect_left(self._starts, (place + 1,))
        least = self._starts[at - 1][1] if at else 0
        most = self._starts[at][1] if at < len(self._starts) else least
        return range(min(least, most), max(least, most) + 1)

    def before(self, place: int) -> Iterator[int]:
        """The places, as built, that may lie in a place now."""
        ends = [(1, 0), *self._starts, (BEYOND, self._starts[-1][1])]
        for (first, one), (end, other) in pairwise(ends):
            yield from range(max(first, place - max(one, other)), min(end - 1, place - min(one, other)) + 1)


@dataclass(frozen=True)
class _Sheet:
    """The labels of one sheet. ``places``: (row, column) as built -> number of the label.

    ``prints``: their fingerprints; ``rows`` and ``columns``: how far these have moved; ``apart``: whether some areas
    have moved farther than others.
    """

    title: str
    places: dict[tuple[int, int], int]
    prints: str
    rows: _Axis
    columns: _Axis
    apart: bool


class Labels:
    """The labels of a workbook. They are found again by the named areas of their sheet, which move with them."""

    def __init__(self, findings: Findings) -> None:
        """WorkbookError where the record does not describe them rightly."""
        self._findings = findings
        self._sheets: dict[str, _Sheet] = {}
        self._left = MOST_LABELS
        with described(findings.where, "the words of its sheets"):
            for areas, runs, prints, _ in findings.record["sheets"]:
                self._add(areas, runs, prints)

    def _add(self, areas: Any, runs: Any, prints: Any) -> None:
        known = self._findings.record["areas"]
        names = self._findings.contents.names
        there = [
            (known[name], names[f"{PREFIX}{name}".lower()][0]) for name in areas if f"{PREFIX}{name}".lower() in names
        ]
        self._left -= size_of(runs)  # refused before a strange file can fill the memory
        if self._left < 0:
            raise ValueError(f"more than {MOST_LABELS:,} labels")
        if not there:
            return
        places = {place: number for number, place in enumerate(places_of(runs))}
        if any(row < 1 or column < 1 for row, column in places):
            raise ValueError("a label outside of its sheet")
        title = there[0][1].sheet
        rows = _Axis((entry[2], at.row - entry[2]) for entry, at in there)
        columns = _Axis((entry[3], at.column - entry[3]) for entry, at in there)
        apart = len({(at.row - entry[2], at.column - entry[3]) for entry, at in there}) > 1
        self._sheets[title] = _Sheet(title, places, str(prints), rows, columns, apart)

    def holds(self, sheet: str, row: int, column: int) -> bool:
        """Whether a word or number of ours stood in a cell when the workbook was built."""
        known = self._sheets.get(sheet)
        if known is None:
            return False
        before = ((one, other) for one in known.rows.before(row) for other in known.columns.before(column))
        first = next(before, None)
        return first is not None and all(one in known.places for one in chain([first], before))

    def changed(self) -> list[Anchor]:
        """The labels that have changed. Those whose place is not certain are left out.

        The row or the column of one that was deleted with it is 0.
        """
        with described(self._findings.where, "the words of its sheets"):
            return [at for sheet in self._sheets.values() for at in self._other(sheet)]

    def _other(self, sheet: _Sheet) -> Iterator[Anchor]:
        grid, places = self._findings.contents.grids[sheet.title], list(sheet.places)
        rows = {row: sheet.rows.moves(row) for row in dict.fromkeys(row for row, _ in places)}
        columns = {column: sheet.columns.moves(column) for column in dict.fromkeys(column for _, column in places)}
        now = [grid.value(row + rows[row][0], column + columns[column][0]) for row, column in places]
        others = changed(sheet.prints, now)
        if others and sheet.apart:  # an area was cut and pasted elsewhere, and left its labels behind
            there = set(changed(sheet.prints, [grid.value(*place) for place in places]))
            others = [i for i in others if i in there]
        for i in others:
            row, column = places[i]
            if len(rows[row]) == len(columns[column]) == 1:
                yield Anchor(sheet.title, max(0, row + rows[row][0]), max(0, column + columns[column][0]))

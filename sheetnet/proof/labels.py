"""Labels, which are words and numbers that nobody computes: where they stand now, and which of them have changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from sheetnet.fingerprints import changed
from sheetnet.grid import Anchor
from sheetnet.layout import PREFIX, places_of, size_of
from sheetnet.proof.found import Findings, described

BEYOND = 1 << 40  # a row below all sheets
MOST_LABELS = 2_000_000  # on all sheets together


@dataclass(frozen=True)
class _Sheet:
    """The labels of one sheet. ``places``: (row, column) as built -> number of the label; ``prints``: fingerprints.

    ``starts``: for each area of the sheet (its first row as built, how far it has moved since), sorted.
    """

    title: str
    places: dict[tuple[int, int], int]
    prints: str
    starts: tuple[tuple[int, int], ...]
    across: int | None  # how far all columns have moved; None where they have moved apart

    def moves(self, row: int) -> range:
        """How far a row may have moved: at least as far as the area above it, at most as far as the one below."""
        at = bisect_left(self.starts, (row + 1,))
        least = self.starts[at - 1][1] if at else 0
        most = self.starts[at][1] if at < len(self.starts) else least
        return range(least, most + 1)

    def before(self, row: int) -> Iterator[int]:
        """The rows, as built, that may lie in a row now."""
        ends = [(1, 0), *self.starts, (BEYOND, self.starts[-1][1])]
        for (first, least), (end, most) in pairwise(ends):
            yield from range(max(first, row - most), min(end - 1, row - least) + 1)


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
        starts = sorted((entry[2], at.row - entry[2]) for entry, at in there)
        across = {at.column - entry[3] for entry, at in there}
        places = {place: number for number, place in enumerate(places_of(runs))}
        if any(row < 1 or column < 1 for row, column in places):
            raise ValueError("a label outside of its sheet")
        title = there[0][1].sheet
        self._sheets[title] = _Sheet(
            title, places, str(prints), tuple(starts), across.pop() if len(across) == 1 else None
        )

    def holds(self, sheet: str, row: int, column: int) -> bool:
        """Whether a word or number of ours stood in a cell when the workbook was built."""
        known = self._sheets.get(sheet)
        if known is None or known.across is None:
            return False
        before = known.before(row)
        first = next(before, None)
        return first is not None and all(
            (one, column - known.across) in known.places for one in chain([first], before)
        )

    def changed(self) -> list[Anchor]:
        """The labels that have changed. Those whose place is not certain are left out."""
        with described(self._findings.where, "the words of its sheets"):
            return [at for sheet in self._sheets.values() if sheet.across is not None for at in self._other(sheet)]

    def _other(self, sheet: _Sheet) -> Iterator[Anchor]:
        grid, places, across = self._findings.contents.grids[sheet.title], list(sheet.places), sheet.across or 0
        moves = {row: sheet.moves(row) for row in dict.fromkeys(row for row, _ in places)}
        now = [grid.value(row + moves[row][0], column + across) for row, column in places]
        for i in changed(sheet.prints, now):
            row, column = places[i]
            if len(moves[row]) == 1:
                yield Anchor(sheet.title, row + moves[row][0], column + across)

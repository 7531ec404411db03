"""A learning platform's table of grades: whose each row is, the column of the grade, how a number is written there.

    grade = points / total * maximum

The maximum is the platform's own; where it tells none, the points are the grade.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sheetnet.classroom.platforms.names import Handed
from sheetnet.classroom.platforms.table import Table
from sheetnet.errors import WorkbookError, shown

OURS = "sheetnet: "  # how a feedback begins that was written here before, and may be replaced
DIGITS = 2  # behind the point, as many as Canvas keeps
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written of a pupil: points, how they came about, and the file from which they come."""

    points: int
    feedback: str
    file: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with the marks in it, as bytes; how many grades and feedbacks are new, and what is odd, in lines."""

    data: bytes
    grades: int
    feedbacks: int
    odd: tuple[str, ...]


@dataclass(frozen=True)
class Gradebook:
    """A table of grades. ``rows``: the row of each pupil, by number on the platform; ``names``: the names, likewise.

    ``grade`` and ``feedback`` are columns, ``most`` is the maximum; ``kept``: what stays where it stands in the
    column of the grade; ``handed`` reads the name of a file, and ``example`` is one.
    """

    platform: str
    table: Table
    rows: Mapping[str, int]
    names: Mapping[str, str]
    grade: int
    feedback: int | None
    most: float | None
    kept: frozenset[str]
    handed: Callable[[str], Handed | None]
    example: str

    def is_nameless(self, identity: str, name: str) -> bool:
        """Whether the name is no name: Moodle calls everybody Participant where those who mark are to be blind."""
        known = re.compile(rf"{re.escape(name)}\s*0*{re.escape(identity)}")
        row = self.rows.get(identity)
        return row is not None and any(known.fullmatch(cell.value.strip()) for cell in self.table.rows[row])

    def filled(self, entries: Mapping[str, Entry], total: int) -> Filled:
        """The table with a grade and a feedback for each pupil of ``entries``, of ``total`` points."""
        values: dict[tuple[int, int], str] = {}
        odd = []
        for identity, entry in entries.items():
            if (row := self.rows.get(identity)) is None:
                odd.append(f"{entry.file}: no grade is written, the table of {self.platform} has no pupil {identity}")
                continue
            before = self.table.value(row, self.grade)
            if before in self.kept or self.grade >= len(self.table.rows[row]):
                said = f"{before} stands there" if before else "its row is too short"
                odd.append(f"{entry.file}: no grade is written, {said}")
                continue
            values[row, self.grade] = self._written(entry.points, total)
            if self.feedback is None or self.feedback >= len(self.table.rows[row]):
                continue
            told = self.table.value(row, self.feedback)
            if told and not told.startswith(OURS):
                odd.append(f"{entry.file}: no feedback is written, another one stands there")
                continue
            values[row, self.feedback] = OURS + entry.feedback
        grades = sum(column == self.grade for _, column in values)
        return Filled(self.table.changed(values), grades, len(values) - grades, tuple(odd))

    def _written(self, points: int, total: int) -> str:
        value = points if self.most is None or self.most == total else points * self.most / total
        text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self._has_comma() else text

    def _has_comma(self) -> bool:
        """Whether the numbers of the table have a decimal comma; the point is read by both platforms everywhere."""
        near = (self.grade, self.grade + 1)
        return any(re.fullmatch(r"[0-9]+,[0-9]{1,3}", one) for column in near for one in self.table.column(column))


def number(text: str) -> float | None:
    """A number as a platform writes it, with a point or a comma; None for anything else."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def rows_of(pairs: Iterable[tuple[str, int]], where: str) -> dict[str, int]:
    """The row of each pupil. WorkbookError where there is none, or two are of one pupil."""
    known = list(pairs)
    if not known:
        raise WorkbookError(f"{where}: has no row of a pupil; download it again")
    [(identity, times)] = Counter(identity for identity, _ in known).most_common(1)
    if times > 1:
        raise WorkbookError(f"{where}: has {times} rows of the pupil {shown(identity)}; download it again")
    return dict(known)

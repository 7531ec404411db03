"""Which cells hold words and numbers that nobody computes, as the record remembers them, and what they said.

    [first area, [[row, [column, how many, column, how many, ...]], ...], fingerprints of all of them]

Rows and columns are those of the sheet as it was built. Where the areas of the sheet lie now tells how far they have
moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Cells = Mapping[tuple[int, int], Any]
Runs = list[Any]


def runs_of(places: Iterable[tuple[int, int]]) -> Runs:
    """Places by row, neighbours together; rows that are alike follow each other: [row, how many, columns]."""
    rows: dict[int, list[int]] = {}
    for row, column in sorted(places):
        line = rows.setdefault(row, [])
        if line and line[-2] + line[-1] == column:
            line[-1] += 1
        else:
            line += [column, 1]
    found: Runs = []
    for row, line in rows.items():
        if found and found[-1][2] == line and found[-1][0] + found[-1][1] == row:
            found[-1][1] += 1
        else:
            found.append([row, 1, line])
    return found


def size_of(runs: Any) -> int:
    """How many places there are. TypeError or ValueError where they are none."""
    lines = [(count, line[1::2]) for _, count, line in runs]
    numbers = [n for row, count, line in runs for n in (row, count, *line)]
    if not all(type(n) is int and n > 0 for n in numbers):
        raise ValueError("places count from 1")
    return sum(count * sum(wide) for count, wide in lines)


def places_of(runs: Any) -> Iterator[tuple[int, int]]:
    """The places again, in order. TypeError or ValueError where they are none."""
    for row, count, line in runs:
        for down in range(count):
            for column, wide in zip(line[::2], line[1::2], strict=True):
                for across in range(wide):
                    yield row + down, column + across

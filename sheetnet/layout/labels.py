"""The places of labels, which are words and numbers that nobody computes, as the record holds them.

    [[row, how many rows, [column, how many columns, column, how many columns, ...]], ...]

Rows and columns are those of the sheet as it was built. How far they have moved since is seen from where the named
areas of the sheet lie now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Cells = Mapping[tuple[int, int], Any]
Runs = list[Any]


def runs_of(places: Iterable[tuple[int, int]]) -> Runs:
    """Places as runs: neighbours in a row are one run, and neighbouring rows with the same runs are one entry."""
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
    """How many places some runs have. TypeError or ValueError where they are no runs."""
    lines = [(count, line[1::2]) for _, count, line in runs]
    numbers = [n for row, count, line in runs for n in (row, count, *line)]
    if not all(type(n) is int and n > 0 for n in numbers):
        raise ValueError("places count from 1")
    return sum(count * sum(wide) for count, wide in lines)


def places_of(runs: Any) -> Iterator[tuple[int, int]]:
    """The places of some runs, in order. TypeError or ValueError where they are no runs."""
    for row, count, line in runs:
        for down in range(count):
            for column, wide in zip(line[::2], line[1::2], strict=True):
                for across in range(wide):
                    yield row + down, column + across

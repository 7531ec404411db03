"""The formulas of a line at once: neighbours differ in the letters of their columns, or in the numbers of their rows.

MAX(Conv1!D11,0), MAX(Conv1!E11,0), ...     one template MAX(Conv1![0]11,0), and D, E, ... for its blank [0]

That is many times faster than one by one. This is about cells only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import repeat

from sheetnet.grid import Block, Place, letters
from sheetnet.layers.ranges import MOST_CHARACTERS, fitting

LONGEST = 10  # times as long as a template; no formula made of it is longer
TABLE = 1 << 14  # numbers of rows that are made into text together

Step = tuple[int, int]  # rows and columns from a cell to that of the next formula
Start = tuple[bool, int, int]  # whether it is a row, where it begins, how far it is to the next

_BLANK = re.compile(r"(\[\d+\])")


class Line:
    """Formulas of ``count`` neighbours: ask for addresses, make one template with them, and take the formulas.

    What changes from one formula to the next stands in the template as a blank. See ``has_brackets``.
    """

    __slots__ = ("_blanks", "_count")

    def __init__(self, count: int) -> None:
        self._count = count
        self._blanks: dict[Start, str] = {}

    def address(self, at: Place, step: Step, dollar: str, row: str = "") -> str:
        """A cell that moves; ``row``: what stands for its row where that stays."""
        prefix, first, column = at
        rows, columns = step
        name = self._blank((False, column, columns)) if columns else letters(column)
        return f"{prefix}{dollar}{name}{dollar}{self._blank((True, first, rows)) if rows else row or first}"

    def _blank(self, start: Start) -> str:
        """One for all that move together."""
        blank = self._blanks.get(start)
        if blank is None:
            blank = self._blanks[start] = f"[{len(self._blanks)}]"
        return blank

    def formulas(self, template: str) -> list[str]:
        """The template with names in the place of its blanks."""
        if len(self._blanks) == 1:
            [(start, blank)] = self._blanks.items()
            pieces = template.split(blank)
            return [name.join(pieces) for name in _named(start, self._count)]
        names = {blank: _named(start, self._count) for start, blank in self._blanks.items()}
        parts: list[Iterable[str]] = [names.get(part) or repeat(part, self._count) for part in _BLANK.split(template)]
        return list(map("".join, zip(*parts, strict=True)))


class ByLine:
    """A rule, and a short cut for all formulas of a line."""

    def __init__(self, rule: Callable[..., str], along: Callable[..., list[str]]) -> None:
        self._rule, self.along = rule, along

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        return self._rule(*index)


def has_brackets(*blocks: Block) -> bool:
    """Whether the title of a sheet has a bracket or a line break, so that it could be taken for a part of a template.

    No spreadsheet allows that, but a file that is proven may say anything.
    """
    return any("[" in sheet or "\n" in sheet for sheet in {at.sheet for block in blocks for at in block.anchors})


def checked(who: str, formulas: list[str], template: str) -> list[str]:
    """The formulas that were made of a template; NetworkError where one is too long for a cell."""
    if len(template) * LONGEST >= MOST_CHARACTERS:
        fitting(who, max(formulas, key=len))
    return formulas


def _named(start: Start, count: int) -> Sequence[str]:
    is_row, first, step = start
    if not is_row:
        return _columns(first, step, count)
    table, place = divmod(first, TABLE)
    reach = step * count
    if reach < 0 or place + reach > TABLE:
        return tuple(map(str, range(first, first + reach, step)))
    return _rows(table)[place : place + reach : step]


@lru_cache(16)
def _columns(first: int, step: int, count: int) -> Sequence[str]:
    return tuple(letters(first + step * k) for k in range(count))


@lru_cache(8)
def _rows(table: int) -> Sequence[str]:
    return tuple(map(str, range(table * TABLE, (table + 1) * TABLE)))

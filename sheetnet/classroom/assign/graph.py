"""Which cell reads which: read from the formulas of a workbook that is not written yet.

What a formula reads is found in its text and nowhere else, so nothing that is shown can be overlooked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sheetnet.classroom.assign.item import Place
from sheetnet.proof.reads import Box, Scope
from sheetnet.workbook.book import Book, Cell


@dataclass(frozen=True)
class Graph:
    """The cells of a workbook. ``formulas``, ``values``, ``styles``: by place; ``reads``: rectangles, by place.

    ``readers``: which formulas read a cell.
    """

    formulas: dict[Place, str] = field(default_factory=dict)
    values: dict[Place, Any] = field(default_factory=dict)
    styles: dict[Place, str] = field(default_factory=dict)
    reads: dict[Place, list[Box]] = field(default_factory=dict)
    readers: dict[Place, list[Place]] = field(default_factory=dict)

    def before(self, place: Place) -> Iterator[Place]:
        """The cells that a formula reads itself, those that hold something."""
        for box in self.reads.get(place, ()):
            yield from (one for one in cells_of(box) if one in self.values)

    def above(self, starts: Iterable[Place], ends: frozenset[Place] = frozenset()) -> set[Place]:
        """``starts`` with all that they are made of; what ``ends`` are made of is not asked."""
        return self._closed(starts, lambda one: () if one in ends else self.before(one))

    def below(self, starts: Iterable[Place]) -> set[Place]:
        """``starts`` with all that is made of them."""
        return self._closed(starts, lambda one: self.readers.get(one, ()))

    @staticmethod
    def _closed(starts: Iterable[Place], step: Any) -> set[Place]:
        found = set(starts)
        left = deque(found)
        while left:
            for one in step(left.popleft()):
                if one not in found:
                    found.add(one)
                    left.append(one)
        return found


def graph_of(book: Book) -> Graph:
    """The graph of a workbook."""
    made = Graph()
    scope = Scope([sheet.title for sheet in book.sheets], {}, frozenset())
    for sheet in book.sheets:
        for row, entries in sheet.rows.items():
            for entry in entries:
                many = entry.width
                texts = [entry.formula] if isinstance(entry, Cell) else entry.formulas and entry.formulas()
                values = [entry.value] if isinstance(entry, Cell) else entry.values.tolist()
                for i in range(many):
                    place = sheet.title, row, entry.column + i
                    made.values[place], made.styles[place] = values[i], entry.style
                    if texts and texts[i] is not None:
                        made.formulas[place] = str(texts[i])
    for place, formula in made.formulas.items():
        boxes = list(scope.read_by(formula, place[0]))
        if None in boxes:
            raise ValueError(f"{place}: {formula} reads cells that cannot be followed")
        made.reads[place] = [box for box in dict.fromkeys(boxes) if box is not None]
        for one in made.before(place):
            made.readers.setdefault(one, []).append(place)
    return made


def cells_of(box: Box) -> Iterator[Place]:
    """The cells of a rectangle."""
    sheet, top, left, bottom, right = box
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield sheet, row, column

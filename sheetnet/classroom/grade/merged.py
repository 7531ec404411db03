"""Answers under merged cells: a spreadsheet shows only the first cell of such an area, and what is typed lies there.

The number in that first cell is the answer if it can be nobody else's: the answer's own cell holds nothing, no other
answer lies in the area, and the first cell is none of those that are given, nor a formula, which may be that of the
neighbour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetnet.classroom.grade.cells import number_of
from sheetnet.grid import Anchor, a1
from sheetnet.workbook.read import Contents

Box = tuple[int, int, int, int]  # first row and column, last row and column
Given = Collection[tuple[Anchor, Anchor]]


@dataclass(slots=True)
class Merged:
    """What merged cells hide.

    ``moved``: where an answer is read instead, by the number of its item; ``joined``, ``merged``: how the cells are
    called whose answer is read so, and whose answer is not read.
    """

    moved: dict[int, Anchor] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def flags(self) -> dict[str, str]:
        """The cells by the flag that names them."""
        told = {"joined": ", ".join(self.joined), "merged": ", ".join(self.merged)}
        return {flag: cells for flag, cells in told.items() if cells}


def merged_over(
    contents: Contents, places: Mapping[int, Anchor], given: Given, shown: Mapping[str, Mapping[tuple[int, int], Any]]
) -> Merged:
    """Which answers lie under merged cells.

    Args:
        contents: The file.
        places: Where the answers belong, by the number of the item.
        given: The first and the last cell of everything that is given.
        shown: By sheet and place, what a cell shows.

    """
    found = Merged()
    taken = set(places.values())
    over = {number: box for number, at in places.items() if (box := _box_over(contents, at)) is not None}
    for number, box in sorted(over.items()):
        at = places[number]
        first = Anchor(at.sheet, *box[:2])
        if first == at:
            continue
        name = f"{at.sheet}!{a1(at.row, at.column)} ({a1(*box[:2])}:{a1(*box[2:])})"
        own, there = (number_of(shown[at.sheet].get((one.row, one.column))) for one in (at, first))
        alone = [(places[one].sheet, other) for one, other in over.items()].count((at.sheet, box)) == 1
        is_given = any(_is_in(first, *area) for area in given)
        typed = there[0] is not None and contents.grids[at.sheet].formula(first.row, first.column) is None
        if own == (None, "") and typed and alone and first not in taken and not is_given:
            found.moved[number] = first
        is_read = number in found.moved or own[0] is not None  # LibreOffice keeps what is hidden, if asked to
        (found.joined if is_read else found.merged).append(name)
    return found


def _box_over(contents: Contents, at: Anchor) -> Box | None:
    grid = contents.grids.get(at.sheet)
    boxes = grid.merged if grid is not None else ()
    return next((box for box in boxes if box[0] <= at.row <= box[2] and box[1] <= at.column <= box[3]), None)


def _is_in(at: Anchor, first: Anchor, last: Anchor) -> bool:
    inside = first.row <= at.row <= last.row and first.column <= at.column <= last.column
    return at.sheet == first.sheet and inside

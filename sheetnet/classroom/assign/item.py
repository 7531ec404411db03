"""A cell that is asked for, and what things are called in a pupil's workbook. The marking needs no more of it."""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Anchor

Place = tuple[str, int, int]  # sheet, row, column

PROPERTY = "sheetnet.exercise"  # of the file: the id
ITEM, ID = "sheetnet.item.", "sheetnet.pupil"  # defined names: of each cell that is asked for, and of the id
TEACHERS = "sheetnet.teachers"  # defined name, in what is the teacher's own: the key, marks
INPUT = "sheetnet.input."  # of what is given, changed to see whether an answer is a live formula


@dataclass(frozen=True, slots=True)
class Input:
    """Cells of what is given: their defined name, the full name of the tensor, the first and the last of them.

    ``part``: which rectangle of the tensor it is, from 0.
    """

    name: str
    full: str
    part: int
    first: Anchor
    last: Anchor


@dataclass(frozen=True, slots=True)
class Item:
    """One cell that is asked for. ``step``: why; ``full``, ``index``: the element of which tensor it is.

    ``after``: the numbers of the items from which it follows; numbers count from 1.
    """

    number: int
    step: str
    full: str
    index: tuple[int, ...]
    place: Place
    points: int
    answer: float
    after: tuple[int, ...] = ()

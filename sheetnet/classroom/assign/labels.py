"""Words on a sheet that stay there when some of its numbers go: a name beside a number that is gone goes as well."""

from __future__ import annotations

from collections.abc import Set

from sheetnet.classroom.assign.item import Place
from sheetnet.lesson.frame.head import LEAD_ROW
from sheetnet.lesson.frame.links import THREAD_ROW

IN_CELLS = LEAD_ROW + 3  # the row of a head that shows the formula


def stays(place: Place, gone: Set[Place], needed: Set[Place]) -> bool:
    """Whether a text is kept. ``gone``: formulas that are left out; ``needed``: cells that are shown or read."""
    sheet, row, column = place
    if place in needed:
        return True
    if row <= THREAD_ROW:  # the frame of the number to follow is not there
        return row < THREAD_ROW
    around = [(sheet, row + 1, column), (sheet, row, column - 1), (sheet, row, column + 1)]
    beside_gone = any(one in gone for one in around)
    beside_shown = any(one in needed for one in around)
    return beside_shown or not beside_gone

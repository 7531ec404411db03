"""What waits for an answer shows "-" until the answer is there.

    f   ->   IF(COUNT(what f reads of what may wait) < how many numbers there are to be, "-", f)

COUNT counts numbers only. So a cell shows a number if and only if all that it reads are numbers: an answer that is
missing, a word in its place, or a "-" or an error further up makes a "-", and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Set

from sheetnet.classroom.assign.graph import Graph, cells_of
from sheetnet.classroom.assign.item import Place
from sheetnet.grid import a1, sheet_prefix
from sheetnet.proof.reads import Box

WAITS = "-"


def guarded(graph: Graph, kept: Set[Place], asked: Set[Place]) -> dict[Place, str]:
    """The formulas of the cells ``kept`` that depend on an answer, each with its guard.

    ``asked``: the cells that wait for an answer.
    """
    waiting = graph.below(asked) & kept
    return {
        one: guard(graph, one, waiting.__contains__) for one in waiting if one in graph.formulas and one not in asked
    }


def guard(graph: Graph, place: Place, waits: Callable[[Place], bool]) -> str:
    """The formula of a cell with a guard for those rectangles that it reads and in which a cell waits."""
    boxes = [box for box in graph.reads[place] if any(map(waits, cells_of(box)))]
    total = sum(_is_number(graph.values.get(one)) for box in boxes for one in cells_of(box))
    reads = ",".join(_written(box, place[0]) for box in boxes)
    return f'IF(COUNT({reads})<{total},"{WAITS}",{graph.formulas[place]})'


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(box: Box, home: str) -> str:
    """A rectangle as a formula on the sheet ``home`` names it."""
    sheet, top, left, bottom, right = box
    prefix = "" if sheet == home else sheet_prefix(sheet)
    first, last = a1(top, left), a1(bottom, right)
    return prefix + (first if first == last else f"{first}:{last}")

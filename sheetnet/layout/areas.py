"""The named areas of a workbook: rectangles around its cells, which stay where they belong when a sheet is changed.

Each area is a defined name, which follows when a reader renames a sheet or inserts a row above the data. A tensor of
the network has an area on each sheet that it lies on; the looks of a sheet share two: what stands in its head, and
what stands below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sheetnet.grid import Anchor, Block
from sheetnet.layout.plan import DRAWING, FIRST, Plan

PREFIX = "sheetnet."  # of every defined name: no layer's name begins one, which might read as a cell
Rectangle = tuple[Anchor, Anchor]


def areas(plan: Plan) -> dict[str, Rectangle]:
    """Every area of a plan: its name, its first and last cell."""
    corners: dict[str, list[Anchor]] = {}
    numbers = sheet_numbers(plan)
    for full, block in plan.blocks.items():
        for (name, _), (first, last) in zip(homes(plan, numbers, full, block), block.rectangles(), strict=True):
            corners.setdefault(name, []).extend((first, last))
    return {name: _around(cells) for name, cells in corners.items()}


def _around(cells: Iterable[Anchor]) -> Rectangle:
    cells = list(cells)
    sheet, rows, columns = cells[0].sheet, [at.row for at in cells], [at.column for at in cells]
    return Anchor(sheet, min(rows), min(columns)), Anchor(sheet, max(rows), max(columns))


def homes(plan: Plan, numbers: Mapping[str, int], full: str, block: Block) -> Iterator[tuple[str, Anchor]]:
    """For each rectangle of a block the name of its area."""
    if full in plan.network.shapes or full in plan.network.parameters or plan.inputs.get(full) == DRAWING:
        titles = list(dict.fromkeys(at.sheet for at in block.anchors))
        for at in block.anchors:
            number = titles.index(at.sheet)
            yield f"tensor.{full}" + (f".{number + 1}" if number else ""), at
        return
    for at in block.anchors:
        yield f"{'head' if at.row < FIRST else 'sheet'}.{numbers[at.sheet]}", at


def sheet_numbers(plan: Plan) -> dict[str, int]:
    """The sheets on which anything lies, numbered in the order in which they come up."""
    titles = dict.fromkeys(at.sheet for block in plan.blocks.values() for at in block.anchors)
    return {title: number for number, title in enumerate(titles, 1)}


def names_of(plan: Plan) -> Iterator[tuple[str, Anchor, Anchor]]:
    """The defined names of a plan."""
    for name, (first, last) in areas(plan).items():
        yield f"{PREFIX}{name}", first, last

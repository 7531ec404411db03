"""Dates that reach computed cells: a spreadsheet gives its format to what reads a date.

A reader types 1/2 into a pixel, and the cell has the format of a date from then on. Cells that read it, and that have
no format of numbers, are shown as dates by LibreOffice, and saved so. That is no fault: the reader typed a date. A
date in a cell that reads none is one.
"""

from __future__ import annotations

from sheetnet.grid import Block
from sheetnet.proof.boxes import Boxes
from sheetnet.proof.found import Findings
from sheetnet.steps import Step

Place = tuple[str, int, int]


def passed_on(findings: Findings, steps: list[Step]) -> set[Place]:
    """The computed cells that show a date, of steps that read a cell that shows one."""
    moments = {title: grid.moments for title, grid in findings.contents.grids.items() if grid.moments}
    if not moments:
        return set()
    boxes = {
        title: Boxes(((row, column, row, column) for row, column in places), findings.check_time)
        for title, places in moments.items()
    }
    found: set[Place] = set()
    for step in steps:
        findings.check_time()
        for block in step.writes.values():
            if _meets(boxes, block) and any(_meets(boxes, read) for read in step.reads.values()):
                found |= {
                    (sheet, row, column)
                    for _, sheet, row, column in block.walk()
                    if (row, column) in moments.get(sheet, ())
                }
    return found


def _meets(boxes: dict[str, Boxes], block: Block) -> bool:
    """Whether a cell in the rectangles around a block shows a date."""
    return any(
        a.sheet in boxes and boxes[a.sheet].meets((a.row, a.column, b.row, b.column)) for a, b in block.rectangles()
    )

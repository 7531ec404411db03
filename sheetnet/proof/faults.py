"""What is wrong with the cells that the reader fills, and with those that must stay blank."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import isnan
from typing import Any

import numpy as np

from sheetnet.grid import Anchor
from sheetnet.layout import ANSWER, CHOICE, DRAWING, NUMBER, Plan
from sheetnet.lenses.drawings import as_pixel
from sheetnet.lenses.elements import is_number
from sheetnet.proof.compare import shown
from sheetnet.proof.found import Findings, address, as_elements
from sheetnet.proof.report import Wrong
from sheetnet.values import ErrorValue

MOST = 10_000  # faults of a kind that are listed


def inputs_of(plan: Plan) -> dict[str, str]:
    """The inputs that the reader fills and whose cells were found: full name -> what may stand there."""
    return {full: kind for full, kind in plan.given().items() if full in plan.blocks}


def input_faults(findings: Findings) -> list[Wrong]:
    """The cells of inputs with a wrong content: no number where one belongs, an error, a class without a name.

    At most ``MOST``, because a strange file may describe millions.
    """
    found = (fault for full, kind in inputs_of(findings.plan).items() for fault in _faults(findings, full, kind))
    return list(islice(found, MOST))


def _faults(findings: Findings, full: str, kind: str) -> Iterator[Wrong]:
    block = findings.plan.blocks[full]
    raw = findings.values(block)
    if raw.dtype == np.float64 and kind != DRAWING and np.isfinite(raw).all():
        return
    elements = as_elements(raw)
    for index in np.ndindex(*raw.shape):
        wanted = _wanted(kind, full, raw[index], elements[index])
        if wanted:
            at = block.cell(*index)
            what, why = wanted
            yield Wrong(at.sheet, address(at), what, shown(raw[index]), why)


def _wanted(kind: str, full: str, raw: Any, value: Any) -> tuple[str, str] | None:
    """What should stand in a cell, and why what stands there is wrong; None where it is right."""
    if kind == ANSWER:
        return None
    if kind == NUMBER:
        return None if is_number(raw) else ("a number", f"{full} needs a number here")
    if kind == DRAWING:
        return ("a number", "a drawing needs a number here, or nothing") if isnan(as_pixel(value)) else None
    if isinstance(raw, ErrorValue):
        return "a choice" if kind == CHOICE else "a name", f"{full} holds an error"
    # A choice may be anything. A name may not be TRUE, because spreadsheets differ about TRUE as a word.
    if kind == CHOICE or (value != "" and not isinstance(value, bool)):
        return None
    return "a name", f"{full} needs a name here"


def padding_faults(findings: Findings) -> list[Wrong]:
    """The cells of padding that are not blank, at most ``MOST``: they change what the windows see."""
    return list(islice(_padding_faults(findings), MOST))


def _padding_faults(findings: Findings) -> Iterator[Wrong]:
    for full, (top, left, bottom, right) in findings.plan.margins.items():
        if full not in findings.plan.blocks or not any((top, left, bottom, right)):
            continue
        block = findings.plan.blocks[full]
        deep = block.shape[0] if len(block.steps) == 3 else 1  # laid out in rows, a row of pixels has one per channel
        for first, last in block.rectangles():
            findings.check_time()
            grid = findings.contents.grids[first.sheet]
            rows = first.row - top * deep, last.row + bottom * deep
            columns = first.column - left, last.column + right
            around = (
                (rows[0], columns[0], first.row - 1, columns[1]),
                (last.row + 1, columns[0], rows[1], columns[1]),
                (first.row, columns[0], last.row, first.column - 1),
                (first.row, last.column + 1, last.row, columns[1]),
            )
            for box in around:
                if box[0] <= box[2] and box[1] <= box[3] and box[0] > 0 and box[1] > 0:
                    for row, column in grid.occupied(*box):
                        at = Anchor(first.sheet, row, column)
                        value = shown(findings.cell(at).value)
                        yield Wrong(at.sheet, address(at), "blank", value, f"padding of {full}")

"""Sheets of grids: tensors of any rank, one matrix below the other, each with the index it belongs to."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Block
from sheetnet.layout import EXTRA
from sheetnet.layout.grids import NONE
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import add_scale, signed_stops, times, tint_padding
from sheetnet.network import Node
from sheetnet.workbook.book import Sheet

WIDTH = 11.0  # characters of a column of numbers


def draw_extra(lesson: Lesson) -> None:
    """The tensors that come from outside: numbers that a reader may change."""
    words = lesson.words
    sheet = lesson.book.add(lesson.plan.sheets[EXTRA], default_width=WIDTH, freeze=BELOW, repeat_rows="1:1")
    about = words("grid.extra_about", count=len(lesson.network.extra))
    draw_head(lesson, sheet, Head(words("grid.extra_title"), words("grid.extra_lead"), about=about))
    for name, _ in lesson.network.extra:
        full = f"{name}.out"
        lesson.give(full, lesson.values[full], "weight.wide")
        _label(lesson, sheet, full, name)
    draw_links(lesson, sheet)


def draw_grid(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """The labels around the numbers of a layer: which tensor, which matrix of it, which row and column."""
    for own in (*node.layer.tensors(lesson.network.input_shapes(node)), *_parameters(lesson, node)):
        key = f"labels.{node.layer.kind}.{own}"
        short = "labels.value" if own == "out" else f"labels.{own}"
        known = next((k for k in (key, short) if k in lesson.words), None)
        _label(lesson, sheet, f"{node.name}.{own}", lesson.words(known) if known else own)


def _parameters(lesson: Lesson, node: Node) -> list[str]:
    return list(node.layer.params(lesson.network.input_shapes(node)))


def _label(lesson: Lesson, sheet: Sheet, full: str, label: str) -> None:
    block = lesson.plan.blocks[full]
    values = lesson.values[full]
    sheet.widths |= {1: 3.0, 2: 6.0}
    named = f"{label}  {times(block.shape)}"
    if len(block.shape) < 2:
        at = block.anchors[0]
        sheet.text(at.row - 1, at.column, named, "note")
        _scale(lesson, sheet, block, values)
        return
    height, width = block.shape[-2:]
    margin = top, left, _, right = lesson.plan.margins.get(full, NONE)
    for lead in np.ndindex(*block.shape[:-2]):
        at = block.cell(*lead, 0, 0)
        which = f"{label} [{', '.join(str(i + 1) for i in lead)}]" if lead else named
        sheet.text(at.row - top - 1, at.column, which if any(lead) or not lead else f"{named}   {which}", "note")
        for y in range(height):
            sheet.number(at.row + y, at.column - left - 1, y + 1, "index")
        tint_padding(sheet, at, height, width, margin)
    sheet.widths |= {block.anchors[0].column - left - 1: 6.0, block.anchors[0].column + width + right: 6.0}
    _scale(lesson, sheet, block, values)


def _scale(lesson: Lesson, sheet: Sheet, block: Block, values: np.ndarray) -> None:
    if values.size > 1:
        add_scale(sheet, block, signed_stops(lesson, values))

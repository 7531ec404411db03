"""Sheets of tables: a row per element, and for a dense layer a column per suspect."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layout import FIRST
from sheetnet.lesson.frame import Lesson, add_scale, draw_view, look, signed_stops
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet


def draw_table(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """A table: a row per element; a dense layer has a column per suspect as well."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    sheet.widths |= {1: 9.0, 2: 24.0}
    of = network.input_shapes(node)
    jury = [own for own, shape in node.layer.params(of).items() if len(shape) == 2]
    for name, view in plan.views.items():
        if name.partition(".")[0] == node.name:
            draw_view(lesson, sheet, view, look("number", lesson.values[view.tensor]))
    if TRUTH in node.inputs and plan.blocks[f"{TRUTH}.out"].anchors[0].sheet == sheet.title:
        sheet.tensor(plan.blocks[f"{TRUTH}.out"], lesson.values[f"{TRUTH}.out"], "input")
    if jury:
        _label_jury(lesson, sheet, node, jury[0])
        return
    columns = {name: view.block for name, view in plan.views.items() if name.partition(".")[0] == node.name}
    columns |= {full: plan.blocks[full] for full in network.names(node).values()}
    sheet.text(FIRST, 1, words("labels.number"), "heading")
    out = plan.blocks[f"{node.name}.out"]
    tall = max((b for b in columns.values() if b.shape), key=lambda b: b.shape[0], default=out)
    same = len(network.classes) == (tall.shape or (0,))[0]
    sheet.text(FIRST, 2, words("labels.suspect") if same else "", "heading")
    for number, name in enumerate(_element_names(lesson, (tall.shape or (1,))[0])):
        sheet.number(FIRST + 1 + number, 1, number + 1, "index")
        sheet.text(FIRST + 1 + number, 2, name, "text")
    for full, block in columns.items():
        own = full.partition(".")[2]
        at = block.anchors[0]
        if at.sheet != sheet.title:
            continue
        own = TRUTH if full == f"{TRUTH}.out" else own
        key = f"labels.{node.layer.kind}.{own}"
        label = words(key) if key in words else words("labels.value") if own == "out" else own
        if block.shape:
            sheet.text(FIRST, at.column, label, "heading.right")
            sheet.widths[at.column] = max(14.0, len(label) * 0.95)
        else:
            sheet.text(at.row, at.column + 1, label, "text")
            sheet.widths[at.column] = max(14.0, sheet.widths.get(at.column, 0))
    if len(of.get("x", ())) == 3:
        _label_origins(lesson, sheet, of["x"])


def _label_jury(lesson: Lesson, sheet: Sheet, node: Node, weight: str) -> None:
    plan, words = lesson.plan, lesson.words
    shape = lesson.network.parameters[f"{node.name}.{weight}"]
    block = plan.blocks[f"{node.name}.{weight}"]
    for row, key in ((FIRST + 1, "logit"), (FIRST + 2, "bias")):
        sheet.text(row, 1, words(f"labels.{key}"), "text")
    sheet.text(FIRST, 1, "", "heading")
    for column in (2, 3):
        sheet.text(FIRST, column, "", "heading")
    sheet.text(FIRST + 4, 1, words("labels.number"), "heading")
    sheet.text(FIRST + 4, 2, "", "heading")
    sheet.text(FIRST + 4, 3, words("labels.evidence"), "heading.right")
    sheet.widths |= {2: 4.0, 3: 14.0}
    for unit, name in enumerate(_element_names(lesson, shape[0])):
        column = block.cell(unit, 0).column
        sheet.text(FIRST, column, name, "heading.right")
        sheet.text(FIRST + 4, column, name, "heading.right")
        sheet.widths[column] = min(30.0, max(14.0, len(name) * 1.1))
    for i in range(shape[1]):
        sheet.number(block.cell(0, i).row, 1, i + 1, "index")
    add_scale(sheet, block, signed_stops(lesson.values[f"{node.name}.{weight}"]))
    sheet.freeze = f"A{FIRST + 5}"


def _label_origins(lesson: Lesson, sheet: Sheet, shape: Shape) -> None:
    """Which map, row and column each flattened element came from."""
    for column, key in ((3, "channel"), (4, "row"), (5, "column")):
        sheet.text(FIRST, column, lesson.words(f"labels.{key}"), "heading.right")
        sheet.widths[column] = 8.0
    sheet.widths[2] = 2.0
    for number, index in enumerate(np.ndindex(*shape)):
        for column, i in enumerate(index, 3):
            sheet.number(FIRST + 1 + number, column, i + 1, "index")


def _element_names(lesson: Lesson, count: int) -> list[str]:
    """What the elements of a column are called: suspects, where there is one for each."""
    classes = lesson.network.classes
    return list(classes) if count == len(classes) else [""] * count

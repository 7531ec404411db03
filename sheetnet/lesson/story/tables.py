"""Sheets of tables: a row per element, and for a dense layer a column per unit."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers.softmax import Softmax
from sheetnet.layout import CLASSES, FIRST, form, names_at, view_name
from sheetnet.layout.sheets.outcome import MOST_CHARTED
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.looks import add_scale, number_style, signed_stops
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.story.addition import repeated
from sheetnet.lesson.story.outcome import draw_softmax
from sheetnet.lesson.story.score import draw_loss
from sheetnet.network import TRUTH, Node
from sheetnet.workbook.book import Sheet

MOST_NAME, LEAST_NAME = 44.0, 12.0  # characters of a column of names
WIDE_NUMBER, LEAST_NUMBER = 14.0, 9.0  # of a column of numbers
WIDE_INDEX, LEAST_INDEX = 6.0, 4.5  # of a column of numbers of rows
WIDEST_NUMBER = 1e7  # a larger number has no fixed decimals


def draw_table(lesson: Lesson, sheet: Sheet, node: Node) -> None:
    """A table: a row per element, and for a dense layer a column per unit."""
    network, plan = lesson.network, lesson.plan
    for own in plan.views(node):
        if own not in ("names", "heads"):
            name = view_name(node, own)
            lesson.show(name, number_style("number", lesson.value(repeated(plan, name))))
    draw_names(lesson, node)
    of = network.input_shapes(node)
    weights = [own for own, shape in node.layer.params(of).items() if len(shape) == 2]
    if weights:
        _label_matrix(lesson, sheet, node, weights[0])
        return
    flat = len(of.get("x", ())) == 3
    head = _label_columns(lesson, sheet, node)
    if flat:
        _label_origins(lesson, sheet, of["x"], head)
    sheet.repeat_rows = f"{head}:{head}"
    sheet.one_page = len(network.classes) <= MOST_CHARTED and node.layer.gives in ("probabilities", "loss")
    if isinstance(node.layer, Softmax):
        draw_softmax(lesson, sheet, node)
    if node.layer.gives == "loss":
        draw_loss(lesson, sheet, node)


def _label_columns(lesson: Lesson, sheet: Sheet, node: Node) -> int:
    """Names of columns, and of rows where they are classes; returns the row of the heads."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    views = plan.views(node)
    names_there = names_at(plan, node) in plan.blocks
    columns = {f"{node.name}.{own}": block for own, block in views.items() if own not in ("names", "heads")}
    columns |= {full: plan.blocks[full] for full in network.names(node).values()}
    here = {full: block for full, block in columns.items() if block.anchors[0].sheet == sheet.title}
    tall = max((b for b in here.values() if b.shape), key=lambda b: b.shape[0], default=None)
    head = tall.anchors[0].row - 1 if tall else FIRST
    count = tall.shape[0] if tall else 1
    narrow = node.layer.gives in ("probabilities", "loss")  # charts stand beside such a table
    least = LEAST_NUMBER if narrow else WIDE_NUMBER
    sheet.widths[1] = LEAST_INDEX if narrow else WIDE_INDEX
    sheet.widths[2] = _name_width([words("labels.class"), *network.classes]) if names_there else WIDE_NUMBER
    sheet.text(head, 1, words("labels.number"), "heading.center")
    if names_there:
        sheet.text(head, 2, words("labels.class"), "heading")
    else:
        sheet.blank(head, 2, "heading")
    for number in range(count):
        sheet.number(head + 1 + number, 1, number + 1, "index")
    known = network.shapes | network.parameters
    for full, block in here.items():
        room = _number_width(lesson, full if full in known else f"{view_name(node, full.partition('.')[2])}.out")
        own = TRUTH if full == f"{TRUTH}.out" else full.partition(".")[2]
        label = column_label(lesson, node, own)
        at = block.anchors[0]
        if block.shape:
            sheet.text(head, at.column, label, "heading.right")
            sheet.widths[at.column] = max(least, characters(label, bold=True), room)
        else:
            sheet.text(at.row, at.column + 1, label, "after.bold" if at.row < head else "after")
            sheet.widths[at.column] = max(least, sheet.widths.get(at.column, 0), room)
    return head


def column_label(lesson: Lesson, node: Node, own: str) -> str:
    """What a column of a table, or a single number of it, is called."""
    words, told = lesson.words, f"_{node.layer.told_as}" if node.layer.told_as else ""
    keys = tuple(dict.fromkeys(f"labels.{node.layer.kind}.{own}{after}" for after in (told, "")))
    keys = (*keys, "labels.value" if own == "out" else f"labels.{own}")
    return next((words(key) for key in keys if key in words), own)


def _number_width(lesson: Lesson, full: str) -> float:
    """Characters of the widest number of a tensor with four decimals."""
    most = float(np.abs(lesson.value(full)).max(initial=0.0))
    return characters(f"-{most:.4f}") if most < WIDEST_NUMBER else 0.0  # a larger one is rounded to its column


def _label_matrix(lesson: Lesson, sheet: Sheet, node: Node, weight: str) -> None:
    plan, words = lesson.plan, lesson.words
    shape = lesson.network.parameters[f"{node.name}.{weight}"]
    block = plan.blocks[f"{node.name}.{weight}"]
    for row, key in ((FIRST + 1, "logit"), (FIRST + 2, "bias")):
        sheet.text(row, 1, words(f"labels.{key}"), "text")
    for column in (1, 2, 3):
        sheet.blank(FIRST, column, "heading")
    sheet.text(FIRST + 4, 1, words("labels.number"), "heading.center")
    sheet.blank(FIRST + 4, 2, "heading")
    sheet.text(FIRST + 4, 3, words("labels.input"), "heading.right")
    sheet.widths |= {1: 9.0, 2: 4.0, 3: 14.0}
    named = names_at(plan, node) in plan.blocks
    for unit in range(shape[0]):
        column = block.cell(unit, 0).column
        shown = lesson.network.classes[unit] if named else words("labels.unit", number=unit + 1)
        for row in () if named else (FIRST, FIRST + 4):
            sheet.text(row, column, shown, "heading.right")
        sheet.widths[column] = _name_width([shown])
    for i in range(shape[1]):
        sheet.number(block.cell(0, i).row, 1, i + 1, "index")
    add_scale(sheet, block, signed_stops(lesson, lesson.values[f"{node.name}.{weight}"]))
    sheet.repeat_rows = f"{FIRST + 4}:{FIRST + 4}"


def _label_origins(lesson: Lesson, sheet: Sheet, shape: Shape, head: int) -> None:
    """Which map, row and column each flattened element came from."""
    for column, key in ((3, "channel"), (4, "row"), (5, "column")):
        sheet.text(head, column, lesson.words(f"labels.{key}"), "heading.center")
        sheet.widths[column] = 8.0
    sheet.widths[2] = 2.0
    for number, index in enumerate(np.ndindex(*shape)):
        for column, i in enumerate(index, 3):
            sheet.number(head + 1 + number, column, i + 1, "origin")


def _name_width(names: list[str]) -> float:
    return min(MOST_NAME, max(LEAST_NAME, *(characters(name, bold=True) for name in names)))


def draw_names(lesson: Lesson, node: Node) -> None:
    """The names of the classes beside the elements of a layer. In one place the reader can edit them."""
    plan = lesson.plan
    if names_at(plan, node) == CLASSES:
        if CLASSES in plan.blocks:
            lesson.give(CLASSES, list(lesson.network.classes), "sample")
    else:
        style = "heading.right" if form(lesson.network, node) == "matrix" else "text"
        for own in ("names", "heads"):
            if view_name(node, own) in plan.looks:
                lesson.show(view_name(node, own), style)

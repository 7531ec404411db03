"""The sheet Weights: what each suspect's weights look like, laid back over the maps that were flattened.

A dense layer sees a column; element (c*H + y)*W + x of it was pixel (y, x) of map c, so its weights are maps too.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from sheetnet.grid import a1
from sheetnet.layout import FIRST
from sheetnet.lesson.frame import (
    SQUARE_HEIGHT,
    SQUARE_WIDTH,
    Head,
    Lesson,
    draw_head,
    draw_links,
    look,
    picture_sheet,
    signed_stops,
)
from sheetnet.lesson.measure import characters
from sheetnet.lesson.pictures import map_stops
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

MOST_UNITS, MOST_CELLS = 10, 20_000
MOST_NAME = 36.0  # characters of a column; a longer name is cut by the next one


def laid_back(network: Network) -> tuple[Node, Node] | None:
    """The last dense layer that reads flattened maps, and the flatten layer before it."""
    nodes = {node.name: node for node in network.nodes}
    for node in reversed(network.nodes):
        before = nodes.get(node.inputs[0])
        if node.layer.kind == "dense" and before is not None and before.layer.kind == "flatten":
            units, count = network.parameters[f"{node.name}.weight"]
            if min(units, MOST_UNITS) * count <= MOST_CELLS and before.inputs[0] in nodes:
                return node, before
    return None


def draw_weights(lesson: Lesson, title: str) -> None:
    """The sheet: a row of maps per channel; first what was found there, then each suspect's weights."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    found = laid_back(network)
    if found is None:
        raise ValueError("no dense layer reads flattened maps")
    node, flatten = found
    source = network.sources(flatten)["x"]
    channels, height, width = network.shapes[source]
    weight = plan.blocks[f"{node.name}.weight"].viewed(title)
    maps = plan.blocks[source].viewed(title)
    units = min(weight.shape[0], MOST_UNITS)
    sheet = picture_sheet(lesson, title)
    sheet.widths |= {1: 2.0, 2: max(8.0, characters(words("labels.map", number=channels), 9))}
    draw_head(lesson, sheet, Head(words("weights.title"), words("weights.lead"), words("weights.analogy")))
    classes = network.classes if network.names_classes(node) else ()
    names = [classes[unit] if classes else words("labels.unit", number=unit + 1) for unit in range(units)]
    heads = [words("weights.found"), *names]
    room = min(MOST_NAME, max(characters(head, 12, bold=True) for head in heads))
    pitch = max(width + 1, ceil(room / SQUARE_WIDTH))  # columns from one map to the next
    looks = look("map", lesson.values[source]), look("map", lesson.values[f"{node.name}.weight"])
    for place, head in enumerate(heads):
        sheet.text(FIRST, 3 + place * pitch, head, "heading.plain")
    for c in range(channels):
        row = FIRST + 1 + c * (height + 1)
        sheet.text(row, 2, words("labels.map", number=c + 1), "note")
        for y, x in np.ndindex(height, width):
            sheet.heights[row + y] = SQUARE_HEIGHT
            sheet.formula(row + y, 3 + x, maps[c, y, x], looks[0], float(lesson.values[source][c, y, x]))
            i = (c * height + y) * width + x
            for unit in range(units):
                value = float(lesson.values[f"{node.name}.weight"][unit, i])
                sheet.formula(row + y, 3 + (unit + 1) * pitch + x, weight[unit, i], looks[1], value)
    before = next(n for n in network.nodes if n.name == flatten.inputs[0])
    last = FIRST + channels * (height + 1)
    sheet.scales.append(Scale([_box(sheet, FIRST + 1, 3, last, width)], map_stops(lesson, before)))
    rest = [_box(sheet, FIRST + 1, 3 + (unit + 1) * pitch, last, width) for unit in range(units)]
    sheet.scales.append(Scale(rest, signed_stops(lesson, lesson.values[f"{node.name}.weight"])))
    sheet.breaks = [FIRST + c * (height + 1) for c in range(1, channels)]
    sheet.one_page = channels == 1
    draw_links(lesson, sheet, plan.sheets[node.name])


def _box(sheet: Sheet, row: int, column: int, last: int, width: int) -> str:
    return f"{a1(row, column)}:{a1(last, column + width - 1)}"

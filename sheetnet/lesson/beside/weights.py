"""The sheet Weights: the weights of each class, shown as maps of the shape that was flattened.

A dense layer reads a column. Its element (c*H + y)*W + x was pixel (y, x) of map c, so its weights make maps as well.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from sheetnet.grid import Block
from sheetnet.layers.dense import Dense
from sheetnet.layout import CLASSES, FIRST
from sheetnet.layout.addresses import area
from sheetnet.layout.plan import ACROSS, DOWN
from sheetnet.layout.sheets.weights import LABELS, Maps
from sheetnet.lenses import Area, Copy, element
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import SQUARE_WIDTH, number_style, picture_sheet, row_height, signed_stops
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import open_whole
from sheetnet.lesson.story.maps import map_stops
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Scale

MOST_UNITS, MOST_CELLS = 10, 20_000
MOST_NAME = 36.0  # characters of a column; a longer name is cut by the next one


def laid_back(network: Network) -> tuple[Node, Node] | None:
    """The last dense layer that reads flattened maps, and the flatten layer before it."""
    nodes = {node.name: node for node in network.nodes}
    for node in reversed(network.nodes):
        before = nodes.get(node.inputs[0])
        if isinstance(node.layer, Dense) and before is not None and before.layer.unrolls:
            units, count = network.parameters[f"{node.name}.weight"]
            if min(units, MOST_UNITS) * count <= MOST_CELLS and before.inputs[0] in nodes:
                return node, before
    return None


def draw_weights(lesson: Lesson, title: str) -> None:
    """The sheet: a row of maps per channel; first what was found there, then the weights of each class."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    found = laid_back(network)
    if found is None:
        raise ValueError("no dense layer reads flattened maps; ask laid_back before")
    node, flatten = found
    source, full = network.sources(flatten)["x"], f"{node.name}.weight"
    channels, height, width = shape = network.shapes[source]
    units = min(network.parameters[full][0], MOST_UNITS)
    sheet = picture_sheet(lesson, title)
    sheet.aside = True
    sheet.widths |= {1: 2.0, LABELS: max(8.0, characters(words("labels.map", number=channels), 9))}
    draw_head(lesson, sheet, Head(words("weights.title"), words("weights.lead"), words("weights.analogy")))
    classes = network.classes if network.names_classes(node) else ()
    names = [classes[unit] if classes else words("labels.unit", number=unit + 1) for unit in range(units)]
    heads = [words("weights.found"), *names]
    room = min(MOST_NAME, max(characters(head, 12, bold=True) for head in heads))
    pitch = max(width + 1, ceil(room / SQUARE_WIDTH))  # columns from one map to the next
    live = bool(classes) and CLASSES in plan.blocks  # a reader may give the classes other names
    places = Maps(title, shape, pitch)
    for number, head in enumerate(heads[:1] if live else heads):
        sheet.text(FIRST, places.column(number), head, "heading.plain")
    for c in range(channels):
        row = places.row(c)
        sheet.text(row, LABELS, words("labels.map", number=c + 1), "note")
        sheet.heights |= {row + y: row_height(height) for y in range(height)}
    style = number_style("map", lesson.values[source])
    lesson.look("weights.found", Copy(), {"x": source}, style, out=places.maps(0))
    style = number_style("map", lesson.values[full])
    for unit in range(1, units + 1):
        reads = {"x": _of_unit(lesson, full, unit - 1)}
        lesson.look(f"weights.unit.{unit}", Copy(shape), reads, style, out=places.maps(unit))
        if live:
            reads = {"x": element(CLASSES, plan.blocks[CLASSES], unit - 1)}
            lesson.look(f"weights.name.{unit}", Copy(), reads, "heading.plain", out=places.name(unit))
    before = next(n for n in network.nodes if n.name == flatten.inputs[0])
    sheet.scales.append(Scale([area(places.around(0))], map_stops(lesson, before)))
    rest = [area(places.around(unit)) for unit in range(1, units + 1)]
    sheet.scales.append(Scale(rest, signed_stops(lesson, lesson.values[full])))
    sheet.breaks = places.ends()
    sheet.one_page = channels == 1
    draw_links(lesson, sheet, plan.sheets[node.name])
    open_whole(sheet, Block((height, width), places.maps(units).anchors[:1], (DOWN, ACROSS)))


def _of_unit(lesson: Lesson, full: str, unit: int) -> Area:
    """The weights of a unit, which stand below each other or side by side."""
    block = lesson.plan.blocks[full]
    count = block.shape[1]
    return replace(element(full, block, unit, 0), shape=(count,) if block.steps[-1] == (1, 0) else (1, count))

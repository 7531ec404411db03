"""The close-up of a max pooling: the window, its largest number, and where in the window it stands."""

from __future__ import annotations

import numpy as np

from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layout import FIRST, spread
from sheetnet.layout.addresses import area, at
from sheetnet.layout.sheets.closeups import Window
from sheetnet.layout.sheets.panel import RIGHT, Lines
from sheetnet.lenses import Measure, Part
from sheetnet.lesson.beside.closeup.marks import mark_cell, mark_largest, mark_window
from sheetnet.lesson.beside.closeup.panel import SQUARE, WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import number_style, picture_sheet
from sheetnet.lesson.story.maps import map_stops
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Scale

MOST_SIDE = 20
PREFIX, MARK = "closeup_pool", "pool"


def offered(network: Network) -> list[Node]:
    """The poolings that the close-up can show."""
    pools = [(node, node.layer) for node in network.nodes if isinstance(node.layer, MaxPool2d)]
    plain = [node for node, pool in pools if max(pool.size) <= MOST_SIDE and pool.dilation == (1, 1)]
    return spread(network, plain)


def draw_pool(lesson: Lesson, title: str) -> None:
    """The sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    nodes = offered(network)
    layers = [node.layer for node in nodes]
    high, wide = (max(layer.size[axis] for layer in layers) for axis in (0, 1))  # type: ignore[attr-defined]
    sheet = picture_sheet(lesson, title)
    sheet.widths |= WIDTHS
    head = Head(words("closeup.pool_title"), words("closeup.pool_lead"), words("kinds.maxpool2d.analogy"))
    draw_head(lesson, sheet, head)
    places = Window(title, high, wide)
    names = [lesson.named[node.name] for node in nodes]
    panel = Panel(lesson, sheet, PREFIX, MARK, names, Lines(title, places.lists))
    panel.choose_window(nodes, "map")
    panel.heading("closeup.result")
    sheet.text(FIRST, RIGHT, words("closeup.window_of"), "heading.plain")
    style = number_style("map", np.concatenate([lesson.values[f"{node.name}.out"].ravel() for node in nodes]))
    sizes = tuple(layer.size for layer in layers)  # type: ignore[attr-defined]
    paddings = tuple(node.layer.padding_of(network.input_shapes(node)) for node in nodes)
    window = Part(sizes, ("=map", "top", "left"), paddings, "blank")  # a maximum passes over padding
    reads = panel.by_layer([network.sources(node)["x"] for node in nodes], "map", "top", "left")
    lesson.look(f"{PREFIX}.window", window, reads, style, out=places.cells())
    summed = style.replace("map", "sum")
    largest = panel.say("closeup.largest", Measure("MAX"), {"x1": f"{PREFIX}.window.out"}, summed)
    out = panel.by_layer([f"{node.name}.out" for node in nodes], "map", "row", "column")
    place = Part(tuple(() for _ in nodes), ("=map", "=row", "=column"))
    panel.tick(largest, panel.say("closeup.there", place, out, summed))
    panel.finish(SQUARE)
    sheet.one_page = True
    sheet.scales.append(Scale([area(places.cells())], map_stops(lesson, nodes[0])))
    mark_largest(lesson, sheet, area(places.marked()), at(places.cells()), panel.address(largest))
    for number, node in enumerate(nodes, 1):
        x = network.sources(node)["x"]
        mark_window(lesson, MARK, number, x, node.layer.size, "map")  # type: ignore[attr-defined]
        mark_cell(lesson, MARK, number, f"{node.name}.out", "map")
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))

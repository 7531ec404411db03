"""The close-up of a max pooling: the window, its largest number, and where in the window it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layout import FIRST, spread
from sheetnet.layout.addresses import area, at
from sheetnet.layout.sheets.closeups import Window
from sheetnet.layout.sheets.panel import RIGHT, Lines
from sheetnet.lenses import Measure, OfLayer, Part, Sentence, element, inline, number_piece
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
MOST_SAID, DIGITS = 16, 4  # numbers of a window that are said one by one; their decimals
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
    values = np.concatenate([lesson.values[f"{node.name}.out"].ravel() for node in nodes])
    style, summed = number_style("map", values), number_style("sum", values)
    sizes = tuple(layer.size for layer in layers)  # type: ignore[attr-defined]
    paddings = tuple(node.layer.padding_of(network.input_shapes(node)) for node in nodes)
    window = Part(sizes, ("=map", "top", "left"), paddings, "blank")  # a maximum passes over padding
    reads = panel.by_layer([network.sources(node)["x"] for node in nodes], "map", "top", "left")
    lesson.look(f"{PREFIX}.window", window, reads, style, out=places.cells())
    largest = panel.say("closeup.largest", Measure("MAX"), {"x1": f"{PREFIX}.window.out"}, summed)
    out = panel.by_layer([f"{node.name}.out" for node in nodes], "map", "row", "column")
    place = Part(tuple(() for _ in nodes), ("=map", "=row", "=column"))
    panel.tick(largest, panel.say("closeup.there", place, out, summed))
    _tell(panel, places, [layer.size for layer in layers], largest)  # type: ignore[attr-defined]
    panel.follow(nodes[0])
    panel.finish(SQUARE)
    sheet.one_page = True
    sheet.scales.append(Scale([area(places.cells())], map_stops(lesson, nodes[0])))
    mark_largest(lesson, sheet, area(places.marked()), at(places.cells()), panel.address(largest))
    for number, node in enumerate(nodes, 1):
        x = network.sources(node)["x"]
        mark_window(lesson, MARK, number, x, node.layer.size, "map")  # type: ignore[attr-defined]
        mark_cell(lesson, MARK, number, f"{node.name}.out", "map")
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _tell(panel: Panel, places: Window, sizes: Sequence[tuple[int, int]], largest: str) -> None:
    """The maximum in a sentence with all numbers of the window; none where a window has too many."""
    if max(high * wide for high, wide in sizes) > MOST_SAID:
        return
    full, block, told = f"{PREFIX}.window.out", places.cells(), []
    for size in sizes:
        cells = {f"n{k}": element(full, block, *at) for k, at in enumerate(np.ndindex(*size))}
        listed = [piece for own in cells for piece in ("; ", number_piece(own, DIGITS, padding=True))][1:]
        pieces = ("max(", *listed, ") = ", number_piece("largest", DIGITS))
        told.append(inline(Sentence(pieces), **cells, largest=largest))
    alike = len(set(sizes)) == 1
    panel.tell_numbers(told[0] if alike else inline(OfLayer(), **panel.by_layer(told)))

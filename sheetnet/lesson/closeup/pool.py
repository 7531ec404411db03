"""The close-up of a pooling: the window, its largest number, and where that stood."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import a1
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layout import FIRST, is_deep, spread
from sheetnet.lesson.closeup.marks import mark_cell, mark_largest, mark_window
from sheetnet.lesson.closeup.panel import RIGHT, SQUARE, WIDTHS, Panel
from sheetnet.lesson.frame import Head, Lesson, draw_head, draw_links, look, picture_sheet
from sheetnet.lesson.lookup import choose, entry, span
from sheetnet.lesson.pictures import map_stops
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Scale

MOST_SIDE = 20
PREFIX = "pool"
ROWS = 24  # of the panel


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
    lists = max(FIRST + high + 3, FIRST + ROWS)
    panel = Panel(lesson, sheet, PREFIX, [lesson.named[node.name] for node in nodes], lists)
    panel.choose_window(nodes, "map")
    panel.heading("closeup.result")
    sheet.text(FIRST, RIGHT, words("closeup.window_of"), "heading.plain")
    style = look("map", np.concatenate([lesson.values[f"{node.name}.out"].ravel() for node in nodes]))
    for i in range(high):
        for j in range(wide):
            seen = [_seen(lesson, node, i, j, panel, title) for node in nodes]
            sheet.formula(FIRST + 1 + i, RIGHT + j, choose(panel.layer, seen), style)
    summed = style.replace("map", "sum")
    cells = span(FIRST + 1, RIGHT, high, wide)
    largest = panel.say("closeup.largest", f"MAX({cells})", summed)
    there = [_chosen(lesson, node, panel, title) for node in nodes]
    panel.tick(largest, panel.say("closeup.there", choose(panel.layer, there), summed))
    panel.finish(SQUARE)
    sheet.one_page = True
    where = cells.replace("$", "")
    stops = map_stops(lesson, nodes[0])
    sheet.scales.append(Scale([where], stops))
    marked = span(FIRST + 1, RIGHT, high, wide + 1).replace("$", "")  # one column more, see marks
    mark_largest(lesson, sheet, marked, a1(FIRST + 1, RIGHT), largest)
    for number, node in enumerate(nodes, 1):
        x = network.sources(node)["x"]
        mark_window(lesson, PREFIX, number, x, node.layer.size, "map")  # type: ignore[attr-defined]
        mark_cell(lesson, PREFIX, number, f"{node.name}.out", "map")
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _seen(lesson: Lesson, node: Node, i: int, j: int, panel: Panel, home: str) -> str:
    """One cell of the window; blank where it is padding, so that it is no candidate for the largest."""
    network = lesson.network
    size = node.layer.size  # type: ignore[attr-defined]
    if i >= size[0] or j >= size[1]:
        return '""'
    x = network.sources(node)["x"]
    _, height, width = network.shapes[x]
    top, left = panel.used["top"], panel.used["left"]
    block = lesson.plan.blocks[x].viewed(home)
    margin = lesson.plan.margins.get(x, (0, 0, 0, 0))
    value = entry(block, ((panel.used["map"], -1), (top, i - 1), (left, j - 1)), margin)
    if not any(node.layer.padding_of(network.input_shapes(node))):
        return value
    inside = f"{top}+{i}>0,{top}+{i}<={height},{left}+{j}>0,{left}+{j}<={width}"
    return f'IF(AND({inside}),{value},"")'


def _chosen(lesson: Lesson, node: Node, panel: Panel, home: str) -> str:
    block = lesson.plan.blocks[f"{node.name}.out"].viewed(home)
    places = [(panel.used[name], -1) for name in ("map", "row", "column")]
    return entry(block, places, short=is_deep(lesson.network))

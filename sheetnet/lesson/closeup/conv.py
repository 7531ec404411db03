"""The close-up of a convolution: window x glass = products, channel by channel, and what they add up to."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import a1
from sheetnet.layers import Array
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layout import FIRST, is_deep, spread
from sheetnet.lesson.closeup.marks import mark_cell, mark_window
from sheetnet.lesson.closeup.panel import RIGHT, SQUARE, WIDTHS, Panel
from sheetnet.lesson.frame import Head, Lesson, draw_head, draw_links, look, picture_sheet, signed_stops
from sheetnet.lesson.lookup import choose, entry, fixed, span
from sheetnet.lesson.outcome import quoted
from sheetnet.lesson.pictures import glass_name
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

MOST_CELLS = 2000  # of a window, over all channels; a layer with more is not offered
MOST_SIDE = 11
PREFIX = "conv"
ROWS = 24  # of the panel
MOST_ON_PAGE = 48  # rows of bands


def offered(network: Network) -> list[Node]:
    """The convolutions that the close-up can show."""
    nodes = []
    for node in network.nodes:
        if isinstance(node.layer, Conv2d) and node.layer.groups == 1 and node.layer.dilation == (1, 1):
            _, channels, height, width = network.parameters[f"{node.name}.weight"]
            if max(height, width) <= MOST_SIDE and channels * height * width <= MOST_CELLS:
                nodes.append(node)
    return spread(network, nodes)


def draw_conv(lesson: Lesson, title: str) -> None:
    """The sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    nodes = offered(network)
    shapes = [network.parameters[f"{node.name}.weight"] for node in nodes]
    channels, high, wide = (max(shape[axis] for shape in shapes) for axis in (1, 2, 3))
    wide = max(2, wide)  # room for the headings
    sheet = picture_sheet(lesson, title)
    sheet.widths |= WIDTHS
    head = Head(words("closeup.conv_title"), words("closeup.conv_lead"), words("kinds.conv2d.analogy"))
    draw_head(lesson, sheet, head)
    bands = FIRST + channels * (high + 1) + 2
    panel = Panel(lesson, sheet, PREFIX, [lesson.named[node.name] for node in nodes], max(bands, FIRST + ROWS))
    panel.choose_window(nodes, "filter")
    panel.heading("closeup.result")
    sums = _draw_bands(lesson, sheet, nodes, panel, (channels, high, wide))
    style = _looks(lesson, nodes)[-1]
    products = panel.say("closeup.products", f"SUM({sums})", style)
    given = [_chosen(lesson, node, "bias", panel, sheet.title) for node in nodes]
    bias = panel.say("closeup.bias", choose(panel.layer, given), style)
    result = panel.say("closeup.total", f"{products}+{bias}", style)
    made = [_chosen(lesson, node, "out", panel, sheet.title) for node in nodes]
    there = panel.say("closeup.there", choose(panel.layer, made), style)
    panel.tick(result, there)
    gates = [_gate(network, node) for node in nodes]
    if any(gates):
        none = quoted(words("closeup.no_relu"))
        after = [none if g is None else _chosen(lesson, g, "out", panel, sheet.title) for g in gates]
        panel.say("closeup.relu", choose(panel.layer, after), style)
    panel.finish(SQUARE)
    ends = [FIRST + c * (high + 1) for c in range(1, channels)]
    sheet.one_page = bands - FIRST <= MOST_ON_PAGE
    sheet.breaks = [end for end in ends if end >= panel.row]  # a band is not cut by the end of a page
    _mark(lesson, nodes)
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_bands(lesson: Lesson, sheet: Sheet, nodes: list[Node], panel: Panel, size: tuple[int, int, int]) -> str:
    """A band per channel; returns the cells of their sums."""
    words = lesson.words
    channels, high, wide = size
    seen_look, weight_look, product_look, sum_look = _looks(lesson, nodes)
    window, glass, product = (RIGHT + k * (wide + 1) for k in range(3))
    total = product + wide + 1
    sheet.widths |= {window - 1: 8.0, total: 10.0} | {at - 1: 3.2 for at in (glass, product, total)}
    for column, key in ((window, "window_of"), (glass, "glass"), (product, "products_of"), (total, "sum")):
        sheet.text(FIRST, column, words(f"closeup.{key}"), "heading.plain")
    for c in range(channels):
        row = FIRST + 1 + c * (high + 1)
        label = choose(panel.layer, [_channel_label(lesson, node, c) for node in nodes])
        sheet.formula(row, window - 1, label, "note")
        middle = row + (high - 1) // 2
        for column, sign in ((glass - 1, "x"), (product - 1, "="), (total - 1, "→")):
            sheet.formula(middle, column, f'IF({fixed(row, window - 1)}="","","{sign}")', "sign")
        for i in range(high):
            for j in range(wide):
                at, by = a1(row + i, window + j), a1(row + i, glass + j)
                seen = [_seen(lesson, node, c, i, j, panel, sheet.title) for node in nodes]
                sheet.formula(row + i, window + j, choose(panel.layer, seen), seen_look)
                weights = [_weight(lesson, node, c, i, j, panel, sheet.title) for node in nodes]
                sheet.formula(row + i, glass + j, choose(panel.layer, weights), weight_look)
                sheet.formula(row + i, product + j, f'IF({at}="","",{at}*{by})', product_look)
        cells = span(row, product, high, wide)
        sheet.formula(middle, total, f'IF(COUNT({cells})=0,"",SUM({cells}))', sum_look)
    last = FIRST + channels * (high + 1)
    for column, values in ((window, _values(lesson, nodes, "x")), (glass, _values(lesson, nodes, "weight"))):
        where = span(FIRST + 1, column, last - FIRST, wide).replace("$", "")
        sheet.scales.append(Scale([where], signed_stops(lesson, values)))
    where = span(FIRST + 1, product, last - FIRST, wide).replace("$", "")
    theme = lesson.theme
    sheet.scales.append(Scale([where], [(theme.negative, None), (theme.paper, 0.0), (theme.positive, None)]))
    return span(FIRST + 1, total, last - FIRST)


def _values(lesson: Lesson, nodes: list[Node], own: str) -> Array:
    """The numbers of the first layer that can be chosen, which decide the colours."""
    return lesson.values[lesson.network.names(nodes[0])[own]]


def _looks(lesson: Lesson, nodes: list[Node]) -> tuple[str, str, str, str]:
    """The looks of windows, weights, products and sums of all the layers: decimals where there are any, and room."""
    x, weight = (
        np.concatenate([lesson.values[lesson.network.names(node)[own]].ravel() for node in nodes])
        for own in ("x", "weight")
    )
    largest = np.abs(x).max() * np.abs(weight).max()
    seen, weights, products = (look("map", v) for v in (x, weight, np.concatenate([x, weight, [largest]])))
    whole = seen == weights == "map.general" and not (np.concatenate([x, weight]) % 1).any()
    return seen, weights, products, "sum.general" if whole else "sum"


def _channel_label(lesson: Lesson, node: Node, channel: int) -> str:
    channels = lesson.network.parameters[f"{node.name}.weight"][1]
    return quoted(glass_name(lesson, channel, channels)) if channel < channels else '""'


def _seen(lesson: Lesson, node: Node, c: int, i: int, j: int, panel: Panel, home: str) -> str:
    """One cell of the window; a blank one, of padding, counts as 0."""
    _, channels, high, wide = lesson.network.parameters[f"{node.name}.weight"]
    if c >= channels or i >= high or j >= wide:
        return '""'
    x = lesson.network.sources(node)["x"]
    block = lesson.plan.blocks[x].viewed(home)
    margin = lesson.plan.margins.get(x, (0, 0, 0, 0))
    value = entry(block, (c, (panel.used["top"], i - 1), (panel.used["left"], j - 1)), margin)
    return f"{value}+0" if any(margin) else value  # a blank cell is not yet 0 in every spreadsheet


def _weight(lesson: Lesson, node: Node, c: int, i: int, j: int, panel: Panel, home: str) -> str:
    _, channels, high, wide = lesson.network.parameters[f"{node.name}.weight"]
    if c >= channels or i >= high or j >= wide:
        return '""'
    block = lesson.plan.blocks[f"{node.name}.weight"].viewed(home)
    return entry(block, ((panel.used["filter"], -1), c, i, j))


def _chosen(lesson: Lesson, node: Node, own: str, panel: Panel, home: str) -> str:
    """The element of a tensor at the chosen filter, row and column."""
    block = lesson.plan.blocks[f"{node.name}.{own}"].viewed(home)
    names = ("filter", "row", "column")[: len(block.shape)]
    return entry(block, [(panel.used[name], -1) for name in names], short=is_deep(lesson.network))


def _gate(network: Network, node: Node) -> Node | None:
    """The ReLU that reads a layer's maps."""
    return next((n for n in network.nodes if n.layer.kind == "relu" and n.inputs[0] == node.name), None)


def _mark(lesson: Lesson, nodes: list[Node]) -> None:
    """Mark the window in what the layer sees, and in the photo where that is the photo rescaled; and the cell."""
    network = lesson.network
    before = {one.name: one for one in network.nodes}
    for number, node in enumerate(nodes, 1):
        size = node.layer.size  # type: ignore[attr-defined]
        mark_window(lesson, PREFIX, number, network.sources(node)["x"], size)
        source = before.get(node.inputs[0])
        if source is not None and source.layer.kind == "rescale":
            mark_window(lesson, PREFIX, number, network.sources(source)["x"], size)
        mark_cell(lesson, PREFIX, number, f"{node.name}.out")
        gate = _gate(network, node)
        if gate is not None:
            mark_cell(lesson, PREFIX, number, f"{gate.name}.out")

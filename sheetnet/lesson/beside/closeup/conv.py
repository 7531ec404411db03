"""The close-up of a convolution: window x filter = products, channel by channel, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.layers import Array
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.relu import ReLU
from sheetnet.layers.rescale import Rescale
from sheetnet.layout import FIRST, spread
from sheetnet.layout.addresses import area
from sheetnet.layout.sheets.closeups import Bands
from sheetnet.layout.sheets.panel import Lines
from sheetnet.lenses import (
    Beside,
    Count,
    Labels,
    Look,
    OfLayer,
    Part,
    Products,
    Sentence,
    Source,
    When,
    element,
    inline,
    number_piece,
)
from sheetnet.lesson.beside.closeup.marks import mark_cell, mark_window
from sheetnet.lesson.beside.closeup.panel import SQUARE, WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import number_style, picture_sheet, signed_stops
from sheetnet.lesson.frame.screen import fit
from sheetnet.lesson.story.maps import channel_name
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Scale

MOST_CELLS = 2000  # of a window, over all channels; a layer with more is not offered
MOST_SIDE = 11
MOST_TERMS, DIGITS = 8, 4  # channels that a sentence names; decimals of its numbers
PREFIX, MARK = "closeup", "conv"
CHANNELS, SUMS = f"{PREFIX}.channels.out", f"{PREFIX}.products.sum"
PLACE = ("filter", "row", "column")


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
    bands = Bands(title, *_largest(network, nodes)[1:])
    sheet = picture_sheet(lesson, title)
    sheet.widths |= WIDTHS
    head = Head(words("closeup.conv_title"), words("closeup.conv_lead"), words("kinds.conv2d.analogy"))
    draw_head(lesson, sheet, head)
    lines = Lines(title, bands.lists)
    panel = Panel(lesson, sheet, PREFIX, MARK, [lesson.named[node.name] for node in nodes], lines)
    panel.choose_window(nodes, "filter")
    panel.heading("closeup.result")
    products = _draw_bands(lesson, sheet, bands, nodes, panel)
    style = _looks(lesson, nodes)[-1]
    alone = tuple(() for _ in nodes)
    given = panel.by_layer([f"{node.name}.bias" for node in nodes], "filter")
    bias = panel.say("closeup.bias", Part(alone, ("=filter",)), given, style)
    result = panel.say("closeup.total", Add(), {"x": products, "y": bias}, style)
    made = panel.by_layer([f"{node.name}.out" for node in nodes], *PLACE)
    there = panel.say("closeup.there", Part(alone, _alone(PLACE)), made, style)
    panel.tick(result, there)
    panel.tell_numbers(_in_numbers(panel, bands, nodes, {"products": products, "bias": bias, "total": result}))
    panel.follow(nodes[0])
    gates = [_gate(network, node) for node in nodes]
    if any(gates):
        after = panel.by_layer([_behind(lesson, panel, gate) for gate in gates])
        panel.say("closeup.relu", OfLayer(), after, style)
    panel.finish(SQUARE)
    shown = lesson.network.parameters[f"{nodes[0].name}.weight"][
        1
    ]  # the channels of the layer that is chosen at first
    fit(sheet, bands.middles(bands.sums).cell(0), bands.pictures(bands.window).cell(shown - 1, bands.high - 1, 0))
    sheet.one_page = bands.one_page
    sheet.breaks = [end for end in bands.ends() if end >= lines.row]  # a band is not cut by the end of a page
    _mark(lesson, nodes)
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_bands(lesson: Lesson, sheet: Sheet, bands: Bands, nodes: list[Node], panel: Panel) -> str:
    """A band per channel; returns the full name of the sum of all products, which stands in the panel."""
    network, words = lesson.network, lesson.words
    seen_look, weight_look, product_look, sum_look = _looks(lesson, nodes)
    signs = {bands.filters - 1: "×", bands.products - 1: "=", bands.sums - 1: "→"}
    sheet.widths |= {bands.window - 1: 8.0, bands.sums: 10.0} | dict.fromkeys(signs, 3.2)
    heads = {"window_of": bands.window, "filter_of": bands.filters, "products_of": bands.products, "sum": bands.sums}
    for key, column in heads.items():
        sheet.text(FIRST, column, words(f"closeup.{key}"), "heading.plain")
    shapes = [network.parameters[f"{node.name}.weight"][1:] for node in nodes]
    labels = tuple(tuple(channel_name(lesson, c, shape[0]) for c in range(shape[0])) for shape in shapes)
    lesson.look(f"{PREFIX}.channels", Labels(labels), panel.layer, "note", out=bands.labels(bands.window - 1))
    for key, (column, sign) in zip(("times", "equals", "adds"), signs.items(), strict=True):
        there = {"x": CHANNELS}
        lesson.look(f"{PREFIX}.{key}", Beside(sign), there, "sign", out=bands.middles(column))
    rooms = tuple(node.layer.padding_of(network.input_shapes(node)) for node in nodes)
    part = Part(tuple(shapes), ("", "top", "left"), rooms)
    reads = panel.by_layer([network.sources(node)["x"] for node in nodes], "top", "left")
    lesson.look(f"{PREFIX}.window", part, reads, seen_look, out=bands.pictures(bands.window))
    reads = panel.by_layer([f"{node.name}.weight" for node in nodes], "filter")
    part = Part(tuple(shapes), ("=filter", "", "", ""))
    lesson.look(f"{PREFIX}.weight", part, reads, weight_look, out=bands.pictures(bands.filters))
    factors = {"x": f"{PREFIX}.window.out", "weight": f"{PREFIX}.weight.out"}
    blocks = {
        "product": bands.pictures(bands.products),
        "sum": bands.middles(bands.sums),
        "out": panel.line("closeup.products"),
    }
    styles = {"product": product_look, "sum": sum_look, "out": sum_look}
    lesson.look(f"{PREFIX}.products", Products(), factors, styles, **blocks)
    for column, own in ((bands.window, "x"), (bands.filters, "weight")):
        sheet.scales.append(Scale([area(bands.around(column))], signed_stops(lesson, _values(lesson, nodes, own))))
    largest = np.array([np.abs(_values(lesson, nodes, own)).max() for own in ("x", "weight")]).prod(keepdims=True)
    sheet.scales.append(Scale([area(bands.around(bands.products))], signed_stops(lesson, largest)))
    return f"{PREFIX}.products.out"


def _in_numbers(panel: Panel, bands: Bands, nodes: list[Node], totals: Mapping[str, str]) -> Look:
    """The result as a sentence: what each channel adds, the bias, and the sum; of many channels their sum alone."""
    lesson, words = panel.lesson, panel.lesson.words
    counts = tuple(lesson.network.parameters[f"{node.name}.weight"][1] for node in nodes)
    count = inline(Count(counts), **(panel.layer if len(set(counts)) > 1 else {}))

    def sentence(key: str, reads: Mapping[str, Source]) -> Look:
        """``terms`` are words; all else are numbers, of which all but the first ones follow a sign."""
        pieces = []
        for part in words.parts(key):
            said = isinstance(part, str) or part[0] in ("terms", "name")
            if said:
                pieces.append(part)
                continue
            blank = part[0] in ("first", "other")  # sums of a window that is none, since its place is an error
            pieces.append(number_piece(part[0], DIGITS, padding=blank, bracket=part[0] in ("bias", "other")))
        return inline(
            Sentence(tuple(pieces)), **{own: one for own, one in reads.items() if (own,) in words.parts(key)}
        )

    terms: dict[str, Source] = {}
    for channel in range(min(bands.channels, MOST_TERMS)):
        own = "other" if channel else "first"
        sums, names = (panel.lesson.plan.blocks[full] for full in (SUMS, CHANNELS))
        reads = {own: element(SUMS, sums, channel), "name": element(CHANNELS, names, channel)}
        term: Source = sentence(f"closeup.term_{own}", reads)
        if channel >= min(counts):
            term = inline(When(float(channel), "", ("term",)), x=count, term=term)
        terms[f"t{channel}"] = term
    named = sentence(
        "closeup.conv_told", {**totals, "terms": inline(Sentence(tuple((own,) for own in terms)), **terms)}
    )
    if max(counts) <= MOST_TERMS:
        return named
    whole = sentence("closeup.conv_told_all", totals)
    return inline(When(float(MOST_TERMS), ("named",), ("whole",)), x=count, named=named, whole=whole)


def _largest(network: Network, nodes: list[Node]) -> tuple[int, ...]:
    """The largest weight, axis by axis."""
    shapes = [network.parameters[f"{node.name}.weight"] for node in nodes]
    return tuple(max(sizes) for sizes in zip(*shapes, strict=True))


def _values(lesson: Lesson, nodes: list[Node], own: str) -> Array:
    """The numbers of the first layer that can be chosen, which decide the colours."""
    values: Array = lesson.values[lesson.network.names(nodes[0])[own]]
    return values


def _looks(lesson: Lesson, nodes: list[Node]) -> tuple[str, str, str, str]:
    """The styles of windows, weights, products and sums, which suit the numbers of all layers."""
    x, weight = (
        np.concatenate([lesson.values[lesson.network.names(node)[own]].ravel() for node in nodes])
        for own in ("x", "weight")
    )
    largest = np.abs(x).max() * np.abs(weight).max()
    seen, weights, products = (number_style("map", v) for v in (x, weight, np.concatenate([x, weight, [largest]])))
    whole = seen == weights == "map.general" and not (np.concatenate([x, weight]) % 1).any()
    return seen, weights, products, "sum.general" if whole else "sum"


def _alone(names: tuple[str, ...]) -> tuple[str, ...]:
    """Along each axis of a tensor, one element only."""
    return tuple(f"={name}" for name in names)


def _behind(lesson: Lesson, panel: Panel, gate: Node | None) -> Look:
    """The chosen element of what the ReLU after a layer makes; a text where no ReLU follows."""
    if gate is None:
        return inline(Sentence((lesson.words("closeup.no_relu"),)))
    chosen: dict[str, Source] = {name: panel.used[name] for name in PLACE}
    return inline(Part(((),), _alone(PLACE)), x1=f"{gate.name}.out", **chosen)


def _gate(network: Network, node: Node) -> Node | None:
    """The ReLU that reads a layer's maps."""
    return next((n for n in network.nodes if isinstance(n.layer, ReLU) and n.inputs[0] == node.name), None)


def _mark(lesson: Lesson, nodes: list[Node]) -> None:
    """Mark the window in what the layer sees, and in the photo where that is the photo rescaled; and the cell."""
    network = lesson.network
    before = {one.name: one for one in network.nodes}
    for number, node in enumerate(nodes, 1):
        size = node.layer.size  # type: ignore[attr-defined]
        mark_window(lesson, MARK, number, network.sources(node)["x"], size)
        source = before.get(node.inputs[0])
        if source is not None and isinstance(source.layer, Rescale):
            mark_window(lesson, MARK, number, network.sources(source)["x"], size)
        mark_cell(lesson, MARK, number, f"{node.name}.out")
        gate = _gate(network, node)
        if gate is not None:
            mark_cell(lesson, MARK, number, f"{gate.name}.out")

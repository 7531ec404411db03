"""Exercises of a convolution: what one channel adds to a number, and the whole number.

    whole = sum of (window * filter) over all channels + bias

Where all channels together are too many products for a pencil, one of them is shown, which the pupil chooses, and the
sum of the others is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from sheetnet.layers import Array
from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layout.addresses import area
from sheetnet.layout.sheets.practice import tallest
from sheetnet.lenses import Labels, Measure, Part, Source, SumProduct, inline
from sheetnet.lesson.beside.practice.card import Card, Slip
from sheetnet.lesson.beside.practice.digits import decimals, of_products, shown
from sheetnet.lesson.beside.practice.sees import WINDOW, answer_of, begin_window, choose_place, digits_of, one_of
from sheetnet.lesson.frame.looks import number_style, signed_stops
from sheetnet.lesson.story.maps import channel_name
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Scale

MOST_PRODUCTS = 27  # of a window over all channels; of more than that one channel is shown
Shape3 = tuple[int, int, int]


def convolutions(network: Network) -> list[Node]:
    """The convolutions of pictures with windows that can be worked out, without gaps."""
    return [
        node
        for node in network.nodes
        if isinstance(node.layer, Conv2d)
        and node.layer.groups == 1
        and node.layer.dilation == (1, 1)
        and max(node.layer.size) <= WINDOW
    ]


def room_of(nodes: Sequence[Node]) -> int:
    """How many columns the window, a sign and the filter take."""
    return 2 * max(int(node.layer.size[1]) for node in nodes) + 1  # type: ignore[attr-defined]


def draw_channel(card: Card) -> int:
    """One channel of one window: a product for each pixel of it, and their sum."""
    shapes = [(1, *_weight(card, node)[1:]) for node in card.nodes]
    card.head(card.lesson.words("practice.channel_title"), card.lesson.words("practice.channel_question"))
    _choose(card, shapes)
    summed = _draw_window(card, shapes)
    slips: list[Slip] = [("unweighed", inline(Measure("SUM"), x1=f"{card.prefix}.window.out"))]
    digits = []
    for node, error in zip(card.nodes, _errors(card, shapes), strict=True):
        x, weight = _factors(card, node)
        digits.append(decimals(np.array([np.abs(x).max() * np.abs(weight).max()]), error))
    return card.ask(summed, digits, slips)


def draw_whole(card: Card) -> int:
    """One number of a map: all products of its window, and the bias."""
    lesson, words = card.lesson, card.lesson.words
    shapes: list[Shape3] = []
    for node in card.nodes:
        _, channels, high, wide = lesson.network.parameters[f"{node.name}.weight"]
        shapes.append((channels if channels * high * wide <= MOST_PRODUCTS else 1, high, wide))
    title = lesson.words(f"kinds.{card.nodes[0].layer.kind}.title")
    hidden = any(_weight(card, node)[0] > shape[0] for node, shape in zip(card.nodes, shapes, strict=True))
    card.head(title, words("practice.part_question" if hidden else "practice.whole_question"))
    names = _choose(card, shapes)
    summed = _draw_window(card, shapes)
    biases = [f"{node.name}.bias" for node in card.nodes]
    style = number_style("number", np.concatenate([lesson.values[full] for full in biases]))
    bias = card.say("practice.bias", *one_of(card, biases, names[:1]), style)
    answer, parts = answer_of(card, names), [summed]
    if hidden:
        known = inline(Measure("SUM"), x1=summed, x2=bias)
        everything = [lesson.values[f"{node.name}.out"].ravel() for node in card.nodes]
        style = number_style("number", np.concatenate(everything))
        others = card.say("practice.others", Sub(), {"x": answer, "y": known}, style)
        parts.append(others)
    slips: list[Slip] = [("biasless", _sum(parts))]
    if hidden:
        slips.append(("alone", _sum([summed, bias])))
    return card.ask(answer, digits_of(card, _errors(card, shapes)), slips)


def _sum(parts: Sequence[Source]) -> Source:
    return parts[0] if len(parts) == 1 else inline(Measure("SUM"), **{f"x{k}": one for k, one in enumerate(parts, 1)})


def _weight(card: Card, node: Node) -> Shape3:
    """Channels, height and width of a filter."""
    _, channels, high, wide = card.lesson.network.parameters[f"{node.name}.weight"]
    return channels, high, wide


def _factors(card: Card, node: Node) -> tuple[Array, Array]:
    """What a layer multiplies."""
    x: Array = card.lesson.values[card.lesson.network.sources(node)["x"]]
    weight: Array = card.lesson.values[f"{node.name}.weight"]
    return x, weight


def _errors(card: Card, shapes: Sequence[Shape3]) -> list[float]:
    return [of_products(*_factors(card, node), prod(shape)) for node, shape in zip(card.nodes, shapes, strict=True)]


def _choose(card: Card, shapes: Sequence[Shape3]) -> tuple[str, ...]:
    """The choices of the place, and of the channel that is shown where not all are."""
    node = card.nodes[0]
    place = card.lesson.thread.places[node.name]
    counts = [_weight(card, one)[0] - shape[0] + 1 for one, shape in zip(card.nodes, shapes, strict=True)]
    counts = [count if shape[0] == 1 else 1 for count, shape in zip(counts, shapes, strict=True)]
    first = _loudest(card, node, place) + 1 if counts[0] > 1 else 1
    return choose_place(card, place, ("channel", counts, first))


def _loudest(card: Card, node: Node, place: Sequence[int]) -> int:
    """The channel that adds most at a place."""
    x, weight = _factors(card, node)
    layer, filter_weight = node.layer, weight[place[0]]
    top, left, bottom, right = layer.padding_of(card.lesson.network.input_shapes(node))
    wide = np.pad(x, ((0, 0), (top, bottom), (left, right)))
    row, column = (i * step for i, step in zip(place[1:], layer.stride, strict=True))  # type: ignore[attr-defined]
    _, high, across = filter_weight.shape
    seen = wide[:, row : row + high, column : column + across]
    return int(np.argmax(np.abs((seen * filter_weight).sum(axis=(1, 2)))))


def _draw_window(card: Card, shapes: Sequence[Shape3]) -> Source:
    """Window and filter side by side, and what the channels are called; returns the sum of their products."""
    lesson, network, group, prefix = card.lesson, card.lesson.network, card.group, card.prefix
    begin_window(card)
    channels, high, wide = whole = tallest(shapes)
    row = card.tables(channels * high + 1)
    chosen = "channel" if "channel" in card.used else ""
    blocks = [group.window(row + 1, whole, 0), group.window(row + 1, whole, wide + 1)]
    sources = [[network.sources(node)["x"], f"{node.name}.weight"] for node in card.nodes]
    rooms = tuple(node.layer.padding_of(network.input_shapes(node)) for node in card.nodes)
    parts = [Part(tuple(shapes), (chosen, "top", "left"), rooms), Part(tuple(shapes), ("=map", chosen, "", ""))]
    needs = [("channel", "top", "left"), ("map", "channel")]
    for own, block, part, names, key in zip(
        ("window", "weight"), blocks, parts, needs, ("window_of", "filter_of"), strict=True
    ):
        fulls = [pair[own == "weight"] for pair in sources]
        values = np.concatenate([lesson.values[full].ravel() for full in fulls])
        lesson.look(f"{prefix}.{own}", part, card.by_layer(fulls, *names), shown(values).style, out=block)
        card.sheet.text(row, block.anchors[0].column, lesson.words(f"closeup.{key}"), "practice.over")
        first = signed_stops(lesson, lesson.values[fulls[0]])
        card.sheet.scales.append(Scale([area(block)], first))
    card.sheet.text(row + 1 + (channels * high - 1) // 2, group.tables + wide, "×", "sign")
    if channels > 1:
        labels = tuple(
            tuple(channel_name(lesson, c, shape[0]) for c in range(shape[0])) if shape[0] > 1 else ("",)
            for shape in shapes
        )
        card.widen(group.named, [name for names in labels for name in names])
        lesson.look(
            f"{prefix}.channels", Labels(labels), card.by_layer([]), "beside", out=group.names(row + 1, whole)
        )
    return inline(SumProduct(), x=f"{prefix}.window.out", weight=f"{prefix}.weight.out")

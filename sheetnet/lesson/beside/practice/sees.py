"""Exercises of single steps: a number through a ReLU, the largest of a window, a sum of two, a pixel rescaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.avgpool2d import AvgPool2d
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.maxpool2d import MaxPool2d
from sheetnet.layers.rescale import Rescale
from sheetnet.layout.addresses import area
from sheetnet.layout.sheets.practice import tallest
from sheetnet.lenses import Begins, Measure, OfLayer, Part, Source, inline
from sheetnet.lesson.beside.practice.card import Card, Slip
from sheetnet.lesson.beside.practice.digits import FINE, decimals, shown
from sheetnet.lesson.frame.looks import number_style, signed_stops
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Scale

AXES: dict[int, tuple[str, ...]] = {1: ("place",), 2: ("row", "column"), 3: ("map", "row", "column")}
WINDOW = 5  # rows and columns of a window, at most


def gates(network: Network) -> list[Node]:
    """The layers that make of each number one of its own, by nothing but that number, of the first such kind."""
    found = [
        node
        for node in network.nodes
        if isinstance(node.layer, Elementwise) and node.layer.role == "sees" and not fields(node.layer)  # type: ignore[arg-type]
    ]
    return _alike(network, found)


def pools(network: Network) -> list[Node]:
    """The poolings of the first kind, with windows that can be looked through."""
    found = [
        node
        for node in network.nodes
        if isinstance(node.layer, MaxPool2d | AvgPool2d)
        and max(node.layer.size) <= WINDOW
        and node.layer.dilation == (1, 1)
        and not getattr(node.layer, "count_padding", False)
    ]
    return _alike(network, found)


def sums(network: Network) -> list[Node]:
    """The layers that add two tensors of one shape."""
    alike = [n for n in network.nodes if isinstance(n.layer, Add) and len(set(network.input_shapes(n).values())) == 1]
    return _alike(network, alike)


def rescaled(network: Network) -> list[Node]:
    """The layers that rescale."""
    found = [node for node in network.nodes if isinstance(node.layer, Rescale)]
    return [node for node in _alike(network, found) if node.layer.told_as == found[0].layer.told_as]


def _alike(network: Network, found: list[Node]) -> list[Node]:
    """Those of the kind and rank of the first one; none where its elements cannot be chosen."""
    ranks = {node.name: len(network.shapes[f"{node.name}.out"]) for node in found}
    return [
        node
        for node in found
        if node.layer.kind == found[0].layer.kind and ranks[node.name] == ranks[found[0].name] in AXES
    ]


def room_of(nodes: Sequence[Node]) -> int:
    """How many columns the window of a pooling takes."""
    return max(int(node.layer.size[1]) for node in nodes)  # type: ignore[attr-defined]


def choose_place(card: Card, place: Sequence[int], *more: tuple[str, Sequence[int], int]) -> tuple[str, ...]:
    """The choices of the layer and of one element of it; returns their names. ``place``: what is chosen at first.

    ``more``: further choices: name, counts, what is chosen at first.
    """
    network = card.lesson.network
    outs = [network.shapes[f"{node.name}.out"] for node in card.nodes]
    names = AXES[len(outs[0])]
    filters = card.nodes[0].layer.filter_axis is not None
    card.choose_layer()
    for axis, name in enumerate(names):
        key = "closeup.filter" if filters and name == "map" else f"practice.{name}"
        card.choose(name, key, [out[axis] for out in outs], place[axis] + 1)
    for name, counts, first in more:
        if max(counts) > 1:
            card.choose(name, f"closeup.{name}", counts, first)
    return names


def one_of(card: Card, fulls: Sequence[str], names: Sequence[str]) -> tuple[Part, dict[str, Source]]:
    """The chosen element of the one of some tensors that belongs to the chosen layer: a lens, and what it reads."""
    alone: tuple[Shape, ...] = tuple(() for _ in fulls)
    return Part(alone, tuple(f"={name}" for name in names)), card.by_layer(fulls, *names)


def answer_of(card: Card, names: Sequence[str]) -> Source:
    """The chosen element of what the layer makes: the right answer."""
    lens, reads = one_of(card, [f"{node.name}.out" for node in card.nodes], names)
    return inline(lens, **reads)


def digits_of(card: Card, errors: Sequence[float]) -> list[int]:
    """The decimals of the answers of each layer."""
    values = card.lesson.values
    return [decimals(values[f"{node.name}.out"], error) for node, error in zip(card.nodes, errors, strict=True)]


def draw_gate(card: Card) -> int:
    """One number goes into a ReLU, or the like."""
    lesson, network, node = card.lesson, card.lesson.network, card.nodes[0]
    kind = node.layer.kind
    formula = lesson.words(f"kinds.{kind}.formula")
    card.head(lesson.words(f"kinds.{kind}.title"), lesson.words("practice.gate", formula=formula))
    sources = [network.sources(one)["x"] for one in card.nodes]
    x = lesson.values[sources[0]]
    names = choose_place(card, [int(i) for i in np.unravel_index(int(np.argmin(x)), x.shape)])
    lens, reads = one_of(card, sources, names)
    style = number_style("number", np.concatenate([lesson.values[full].ravel() for full in sources]))
    seen = card.say("practice.x", lens, reads, style)
    slip = "negative" if node.layer.signs == "never" else "same"
    return card.ask(answer_of(card, names), digits_of(card, [FINE] * len(sources)), [(slip, seen)])


def draw_pool(card: Card) -> int:
    """One window of a pooling."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    largest = isinstance(card.nodes[0].layer, MaxPool2d)
    kind = card.nodes[0].layer.kind
    card.head(words(f"kinds.{kind}.title"), words(f"practice.{'largest' if largest else 'mean_of'}"))
    names = choose_place(card, lesson.thread.places[card.nodes[0].name])
    sizes = tuple(node.layer.size for node in card.nodes)  # type: ignore[attr-defined]
    begin_window(card)
    sources = [network.sources(node)["x"] for node in card.nodes]
    rooms = tuple(node.layer.padding_of(network.input_shapes(node)) for node in card.nodes)
    values = np.concatenate([lesson.values[full].ravel() for full in sources])
    high, wide = tallest([(1, *size) for size in sizes])[1:]
    block = card.group.window(card.tables(high), (1, high, wide), 0)
    window = Part(tuple((1, *size) for size in sizes), ("map", "top", "left"), rooms, "blank")
    reads = card.by_layer(sources, "map", "top", "left")
    lesson.look(f"{card.prefix}.window", window, reads, shown(values).style, out=block)
    card.sheet.scales.append(Scale([area(block)], signed_stops(lesson, values)))
    other = inline(Measure("AVERAGE" if largest else "MAX"), x1=f"{card.prefix}.window.out")
    slips: list[Slip] = [("mean" if largest else "largest", other)]
    if not largest:
        slips.append(("undivided", inline(Measure("SUM"), x1=f"{card.prefix}.window.out")))
    return card.ask(answer_of(card, names), digits_of(card, [shown(values).error / 2] * len(sources)), slips)


def begin_window(card: Card) -> None:
    """Where the window of the chosen row and column begins."""
    network = card.lesson.network
    paddings = [node.layer.padding_of(network.input_shapes(node)) for node in card.nodes]
    for axis, (name, place) in enumerate((("top", "row"), ("left", "column"))):
        strides = tuple(node.layer.stride[axis] for node in card.nodes)  # type: ignore[attr-defined]
        lens = Begins(strides, tuple(padding[axis] for padding in paddings))
        reads = {**card.by_layer([]), "place": card.used[place]}
        out = card.aside.one(card.number)
        card.lesson.look(f"{card.prefix}.{name}", lens, reads, "origin", out=out)
        card.used[name] = f"{card.prefix}.{name}.out"


def draw_sum(card: Card) -> int:
    """Two numbers that are added."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    kind = card.nodes[0].layer.kind
    card.head(words(f"kinds.{kind}.title"), words(f"kinds.{kind}.formula"))
    names = choose_place(card, lesson.thread.places[card.nodes[0].name])
    seen = []
    for own in ("x", "y"):
        sources = [network.sources(node)[own] for node in card.nodes]
        style = number_style("number", np.concatenate([lesson.values[full].ravel() for full in sources]))
        seen.append(card.say(f"practice.{own}", *one_of(card, sources, names), style))
    slips: list[Slip] = [("one_of_two", one) for one in seen]
    return card.ask(answer_of(card, names), digits_of(card, [FINE] * len(card.nodes)), slips)


def draw_rescale(card: Card) -> int:
    """One pixel, rescaled: divided, and where that is more, what is subtracted and divided by besides."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    layer = card.nodes[0].layer
    card.head(words(f"kinds.{layer.kind}.title"), words("practice.divide" if layer.told_as else "practice.rescale"))
    names = choose_place(card, lesson.thread.places[card.nodes[0].name])
    sources = [network.sources(node)["x"] for node in card.nodes]
    seen = card.say("practice.x", *one_of(card, sources, names), number_style("number", lesson.values[sources[0]]))
    for own in ("divisor",) if layer.told_as else ("divisor", "mean", "std"):
        fulls = [f"{node.name}.{own}" for node in card.nodes]
        style = number_style("number", lesson.values[fulls[0]])
        if network.parameters[fulls[0]]:
            card.say(f"practice.{own}", *one_of(card, fulls, names[:1]), style)
        else:
            card.say(f"practice.{own}", OfLayer(), card.by_layer(fulls), style)
    return card.ask(answer_of(card, names), digits_of(card, [FINE] * len(sources)), [("same", seen)])

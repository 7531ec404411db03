"""Exercises of the end of a network: one sum of evidence times weights, one share of a softmax, the loss.

logit = sum of (evidence * weight) + bias;  share = e^logit / sum of e^logit;  loss = -ln(share of the truth)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetnet.layers.arithmetic.sub import Sub
from sheetnet.layers.crossentropy import CrossEntropy
from sheetnet.layers.dense import Dense
from sheetnet.layers.softmax import Softmax
from sheetnet.layout import CLASSES
from sheetnet.lenses import Begins, Copy, Factors, Measure, Part, Source, SumProduct, decimal, inline
from sheetnet.lesson.beside.practice.card import Card, Slip
from sheetnet.lesson.beside.practice.digits import FINE, MOST, of_products, shown
from sheetnet.lesson.beside.practice.digits import decimals as decimals_of
from sheetnet.lesson.beside.practice.sees import answer_of, one_of
from sheetnet.lesson.frame.looks import number_style
from sheetnet.network import Network, Node

SHOWN = 8  # products of a dense layer, at most; the sum of the others is given
MOST_CLASSES = 12  # of a softmax
ROOM = 2  # columns of a table


def hidden(network: Network) -> list[Node]:
    """The dense layers before the last one."""
    return _dense(network)[:-1]


def last(network: Network) -> list[Node]:
    """The last dense layer, as a list."""
    return _dense(network)[-1:]


def _dense(network: Network) -> list[Node]:
    return [node for node in network.nodes if isinstance(node.layer, Dense)]


def line_up(network: Network) -> list[Node]:
    """The softmax of the classes, as a list; none where there are too many to add up."""
    node = network.line_up
    named = node is not None and isinstance(node.layer, Softmax) and len(network.classes) <= MOST_CLASSES
    return [node] if node is not None and named else []


def losses(network: Network) -> list[Node]:
    """The cross-entropy of that softmax, as a list."""
    node, before = network.loss, network.line_up
    if node is None or before is None or not isinstance(node.layer, CrossEntropy):
        return []
    return [node] if network.sources(node)["log"] == f"{before.name}.log" else []


def draw_unit(card: Card) -> int:
    """One number of a dense layer. Of many products a few are shown, and the others are given as their sum."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    node = card.nodes[0]
    counts = [network.input_shapes(one)["x"][0] for one in card.nodes]
    many = any(count > SHOWN for count in counts)
    logit = network.names_classes(node)
    title = words("practice.logit_title" if logit else f"kinds.{node.layer.kind}.title")
    card.head(title, words("practice.some_question" if many else "practice.unit_question"))
    place = lesson.thread.places[node.name]
    card.choose_layer()
    if logit:
        choose_class(card, "closeup.unit", place[0])
    else:
        sizes = [network.shapes[f"{one.name}.out"][0] for one in card.nodes]
        card.choose("unit", "practice.place", sizes, place[0] + 1)
    if many:
        card.choose(
            "part", "practice.part", [max(1, count // SHOWN) for count in counts], _loudest(card, node, place)
        )
        lens = Begins((SHOWN,) * len(counts), (0,) * len(counts))
        reads = {**card.by_layer([]), "place": card.used["part"]}
        lesson.look(f"{card.prefix}.from", lens, reads, "origin", out=card.aside.one(card.number))
        card.used["from"] = f"{card.prefix}.from.out"
    summed = _draw_products(card, [min(SHOWN, count) for count in counts])
    biases = [f"{one.name}.bias" for one in card.nodes]
    style = number_style("number", np.concatenate([lesson.values[full] for full in biases]))
    bias = card.say("practice.bias", *one_of(card, biases, ["unit"]), style)
    answer, parts = answer_of(card, ["unit"]), [summed]
    if many:
        known = inline(Measure("SUM"), x1=summed, x2=bias)
        everything = [lesson.values[f"{one.name}.out"].ravel() for one in card.nodes]
        style = number_style("number", np.concatenate(everything))
        parts.append(card.say("practice.others", Sub(), {"x": answer, "y": known}, style))
    without = inline(Measure("SUM"), **{f"x{k}": one for k, one in enumerate(parts, 1)})
    slips: list[Slip] = [("biasless", without)]
    if many:
        slips.append(("alone", inline(Measure("SUM"), x1=summed, x2=bias)))
    return card.ask(answer, [_digits(card, one, count) for one, count in zip(card.nodes, counts, strict=True)], slips)


def _digits(card: Card, node: Node, count: int) -> int:
    x, weight = (card.lesson.values[full] for full in (card.lesson.network.sources(node)["x"], f"{node.name}.weight"))
    error = of_products(x, weight, min(SHOWN, count), None if card.group.squares else FINE)
    return decimals_of(card.lesson.values[f"{node.name}.out"], error)


def _loudest(card: Card, node: Node, place: Sequence[int]) -> int:
    """The part, from 1 on, with the largest product of all."""
    x = card.lesson.values[card.lesson.network.sources(node)["x"]]
    products = np.abs(x * card.lesson.values[f"{node.name}.weight"][place[0]])
    parts = max(1, len(x) // SHOWN)
    return int(np.argmax(products[: parts * SHOWN])) // SHOWN + 1


def _draw_products(card: Card, counts: Sequence[int]) -> Source:
    """Evidence and weights side by side; returns the sum of their products."""
    lesson, network = card.lesson, card.lesson.network
    room, sizes = max(counts), tuple((count,) for count in counts)
    row, start = card.tables(room + 1), "from" if "from" in card.used else ""
    inputs, weights = [network.sources(node)["x"] for node in card.nodes], [f"{n.name}.weight" for n in card.nodes]
    head = "practice.over" if card.group.squares else "heading.right"
    for across, (own, fulls, part, key) in enumerate(
        (
            ("x", inputs, Part(sizes, (start,)), "head_x"),
            ("weight", weights, Part(sizes, ("=unit", start)), "head_weight"),
        )
    ):
        values = np.concatenate([lesson.values[full].ravel() for full in fulls])
        style = shown(values).style if card.group.squares else number_style("number", values)
        block = card.group.column(row + 1, across, room)
        lesson.look(f"{card.prefix}.{own}", part, card.by_layer(fulls, "unit", "from"), style, out=block)
        card.sheet.text(row, block.anchors[0].column, lesson.words(f"closeup.{key}"), head)
    return inline(SumProduct(), x=f"{card.prefix}.x.out", weight=f"{card.prefix}.weight.out")


def draw_share(card: Card) -> int:
    """The probability of one class, from all logits."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    [node] = card.nodes
    base = getattr(node.layer, "base", None)
    told = words("practice.e") if base is None else decimal(base)
    card.head(words(f"kinds.{node.layer.kind}.title"), words("practice.share_question", base=told))
    count, logits = len(network.classes), network.sources(node)["x"]
    choose_class(card, "closeup.unit", lesson.thread.places[node.name][0])
    row = card.tables(count + 1)
    if CLASSES in lesson.plan.blocks:
        card.widen(card.group.tables, network.classes)
        lesson.look(
            f"{card.prefix}.names", Copy(), {"x": CLASSES}, "beside", out=card.group.column(row + 1, 0, count)
        )
    card.sheet.text(row, card.group.tables + 1, words("practice.logit"), "heading.right")
    style = number_style("number", lesson.values[logits])
    lesson.look(f"{card.prefix}.logits", Copy(), {"x": logits}, style, out=card.group.column(row + 1, 1, count))
    lens, reads = one_of(card, [f"{node.name}.exp"], ["unit"])
    slips: list[Slip] = [("unshared", inline(lens, **reads))]
    return card.ask(answer_of(card, ["unit"]), [MOST], slips)


def draw_loss(card: Card) -> int:
    """The loss that there would be if a class were the truth, from its probability. First the runner-up is asked."""
    lesson, network, words = card.lesson, card.lesson.network, card.lesson.words
    before = network.line_up
    assert before is not None
    card.head(words("practice.loss_title"), words("practice.loss_question"))
    chances = lesson.values[f"{before.name}.out"]
    runner_up = int(np.argsort(-chances, kind="stable")[:2][-1])
    choose_class(card, "practice.truth", runner_up)
    lens, reads = one_of(card, [f"{before.name}.out"], ["unit"])
    chance = card.say("practice.chance", lens, reads, "number")
    card.more_digits(chance)
    lens, reads = one_of(card, [f"{before.name}.log"], ["unit"])
    return card.ask(inline(Factors((-1, "x")), x=inline(lens, **reads)), [MOST], [("chance", chance)])


def choose_class(card: Card, key: str, first: int) -> None:
    """The choice of a class, by its number, and what it is called."""
    plan, count = card.lesson.plan, len(card.lesson.network.classes)
    card.choose("unit", key, [count], first + 1)
    if CLASSES in plan.blocks:
        card.widen(card.group.number, card.lesson.network.classes)
        card.say("practice.name", Part(((),), ("=unit",)), card.by_layer([CLASSES], "unit"), "beside")

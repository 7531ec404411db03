"""The close-up of a logit: the elements that raise it most, and those that lower it most, at most ten.

An element adds its number times its weight. All these products stand in a table on the right; the two tables of ten
look up their rows there.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.dense import Dense
from sheetnet.layout import CLASSES, FIRST, spread, view_name
from sheetnet.layout.sheets.closeups import (
    AGAINST,
    ALL,
    ALL_PRODUCT,
    ALL_WEIGHT,
    ALL_X,
    FOR,
    NEXT,
    NUMBER,
    PRODUCT,
    SHARE,
    TOP_COUNT,
    VALUE,
    WEIGHT,
    Tables,
    X,
)
from sheetnet.layout.sheets.panel import Lines
from sheetnet.lenses import (
    Alike,
    Look,
    Measure,
    OfLayer,
    Origin,
    Part,
    Picked,
    Products,
    Ranking,
    Sentence,
    When,
    inline,
    number_piece,
)
from sheetnet.lesson.beside.closeup.panel import WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import number_style
from sheetnet.lesson.frame.measure import characters
from sheetnet.lesson.frame.screen import WIDTH, reach
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER

MOST_INPUTS = 5000  # of a layer that is offered
PREFIX, MARK = "closeup_logit", "logit"
ORIGIN_WIDTH, NUMBER_WIDTH, LEAST_GAP = 5.0, 9.5, 3.0  # characters of a column, at least
DIGITS = 4  # of the numbers in a sentence
HEADS = ("number", "map", "row", "column", "x", "weight", "product")
ALL_HEADS = ("number", "x", "weight", "product", "share", "next")


def offered(network: Network) -> list[Node]:
    """The dense layers that the close-up can show."""
    return spread(
        network,
        [n for n in network.nodes if isinstance(n.layer, Dense) and network.input_shapes(n)["x"][0] <= MOST_INPUTS],
    )


def draw_logit(lesson: Lesson, title: str) -> None:
    """The sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    nodes = offered(network)
    sheet = lesson.book.add(title, freeze=BELOW, one_page=True)
    sheet.widths |= WIDTHS | {AGAINST - 1: 2.0, NEXT + 1: LEAST_GAP}
    sheet.widths |= dict.fromkeys((*range(ALL, NEXT + 1), VALUE, VALUE + 1), 12.0)
    sheet.print_columns = AGAINST + PRODUCT
    head = Head(words("closeup.logit_title"), words("closeup.logit_lead"), words("kinds.dense.analogy"))
    draw_head(lesson, sheet, head)
    names = [lesson.named[node.name] for node in nodes]
    panel = Panel(lesson, sheet, PREFIX, MARK, names, Lines(title, Tables.LISTS))
    panel.heading("closeup.choose")
    panel.choose_layer(len(nodes) - 1)
    followed = lesson.thread.places[nodes[-1].name][0] + 1
    panel.choose("unit", [network.shapes[f"{node.name}.out"][0] for node in nodes], followed)
    units = [_unit_name(lesson, node, panel) for node in nodes]
    names = [name for node in nodes for name in _unit_names(lesson, node)]
    if len(units) == 1:
        panel.tell("closeup.name", units[0].lens, units[0].reads, names)
    else:
        panel.tell("closeup.name", OfLayer(), panel.by_layer(units), names)
    panel.skip()
    panel.heading("closeup.result")
    counts = tuple((network.input_shapes(node)["x"][0],) for node in nodes)
    places = Tables(title, max(counts)[0])
    styles = _styles(lesson, nodes)
    total = _draw_all(lesson, sheet, places, nodes, panel, styles)
    alone = Part(tuple(() for _ in nodes), ("=unit",))
    given = panel.by_layer([f"{node.name}.bias" for node in nodes], "unit")
    bias = panel.say("closeup.bias", alone, given, styles["sum"])
    result = panel.say("closeup.logit", Add(), {"x": total, "y": bias}, styles["sum"])
    made = panel.by_layer([f"{node.name}.out" for node in nodes], "unit")
    panel.tick(result, panel.say("closeup.there", alone, made, styles["sum"]))
    for side, table in (("for", FOR), ("against", AGAINST)):
        _draw_top(lesson, sheet, places, nodes, panel, styles, table, side)
    panel.tell_numbers(_in_numbers(lesson, total, bias, result))
    panel.follow(nodes[-1])
    panel.finish()
    beyond = WIDTH - reach(sheet, 1, ALL - 2)[0]  # the table of all products begins beyond the first screen
    sheet.widths[ALL - 1] = max(LEAST_GAP, beyond / PIXELS_PER_CHARACTER + 1)
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _styles(lesson: Lesson, nodes: list[Node]) -> dict[str, str]:
    """The styles of evidence, weights and products, and of what they add up to, which suit all layers."""
    x, weight, product, out, bias = [], [], [], [], []
    for node in nodes:
        seen, rows = lesson.values[lesson.network.sources(node)["x"]], lesson.values[f"{node.name}.weight"]
        x.append(seen.ravel())
        weight.append(rows.ravel())
        product.append((rows * seen).ravel())
        out.append(lesson.values[f"{node.name}.out"].ravel())
        bias.append(lesson.values[f"{node.name}.bias"].ravel())
    shown = {"x": x, "weight": weight, "product": product}
    return {own: number_style("number", np.concatenate(each)) for own, each in shown.items()} | {
        "sum": number_style("sum", np.concatenate(out + bias))
    }


def _in_numbers(lesson: Lesson, total: str, bias: str, result: str) -> Look:
    """The logit in a sentence: all products, the bias, and what they add up to."""
    pieces = lesson.words.parts("closeup.logit_told")
    said = tuple(
        part if isinstance(part, str) else number_piece(part[0], DIGITS, bracket=part == ("bias",)) for part in pieces
    )
    return inline(Sentence(said), products=total, bias=bias, out=result)


def _draw_all(
    lesson: Lesson, sheet: Sheet, places: Tables, nodes: list[Node], panel: Panel, styles: Mapping[str, str]
) -> str:
    """All products of the chosen layer and unit, and their shares of the largest; returns the name of their sum."""
    words = lesson.words
    counts = tuple((lesson.network.input_shapes(node)["x"][0],) for node in nodes)
    sheet.text(FIRST, ALL, words("closeup.all"), "heading.plain")
    for column, key in enumerate(ALL_HEADS, ALL):
        style = "heading.center" if key in ("number", "next") else "heading.right"
        sheet.text(FIRST + 1, column, words(f"closeup.head_{key}"), style)
    for i in range(places.count):
        sheet.number(places.all(ALL).cell(i).row, ALL, i + 1, "index")
    inputs = panel.by_layer([_input(lesson, node) for node in nodes])
    lesson.look(f"{PREFIX}.x", Part(counts, ("",)), inputs, styles["x"], out=places.all(ALL_X))
    weights = panel.by_layer([f"{node.name}.weight" for node in nodes], "unit")
    lesson.look(
        f"{PREFIX}.weight", Part(counts, ("=unit", "")), weights, styles["weight"], out=places.all(ALL_WEIGHT)
    )
    factors, line = {"x": f"{PREFIX}.x.out", "weight": f"{PREFIX}.weight.out"}, panel.line("closeup.weighted_sum")
    shown = {"product": styles["product"], "out": styles["sum"]}
    lesson.look(f"{PREFIX}.products", Products(), factors, shown, product=places.all(ALL_PRODUCT), out=line)
    sheet.text(FIRST, ALL_WEIGHT, words("closeup.scale"), "note")
    blocks = {"scale": places.scale(), "share": places.all(SHARE), "out": places.all(NEXT)}
    shown = {"scale": styles["product"], "share": "number", "out": "origin"}
    lesson.look(f"{PREFIX}.alike", Alike(), {"x": f"{PREFIX}.products.product"}, shown, **blocks)
    return f"{PREFIX}.products.out"


def _draw_top(
    lesson: Lesson,
    sheet: Sheet,
    places: Tables,
    nodes: list[Node],
    panel: Panel,
    styles: Mapping[str, str],
    table: int,
    side: str,
) -> None:
    """The largest products above 0, or the smallest below it: which element, where it came from, what it says."""
    words, name = lesson.words, f"{PREFIX}.{side}"
    for column, key in enumerate(HEADS):
        head = words(f"closeup.head_{key}")
        sheet.text(FIRST + 1, table + column, head, "heading.center" if column < X else "heading.right")
        room = ORIGIN_WIDTH if column < X else _number_width(lesson, nodes, column)
        sheet.widths[table + column] = max(room, characters(head, bold=True))
    shares = places.value(table).anchors[0]
    sheet.text(shares.row - 1, shares.column, words("closeup.head_share"), "heading.right")
    found = {"share": f"{PREFIX}.alike.share", "follow": f"{PREFIX}.alike.out"}
    blocks = {"value": places.value(table), "out": places.top(table, NUMBER)}
    lesson.look(name, Ranking(TOP_COUNT, side == "for"), found, {"value": "number", "out": "origin"}, **blocks)
    heading = When(0.0, words(f"closeup.nobody_{side}"), words(f"closeup.{side}"))
    heard = inline(Measure("COUNT"), x1=f"{name}.value")
    lesson.look(f"{name}.heading", heading, {"x": heard}, "heading.plain", out=places.heading(table))
    origin = Origin(tuple(_origin_shape(lesson.network, node) for node in nodes))
    numbers = {"numbers": f"{name}.out", **panel.layer}
    lesson.look(f"{name}.origin", origin, numbers, "origin", out=places.origin(table))
    columns = ((X, "x", "x.out"), (WEIGHT, "weight", "weight.out"), (PRODUCT, "product", "products.product"))
    for column, key, full in columns:
        reads = {"x": f"{PREFIX}.{full}", "numbers": f"{name}.out"}
        lesson.look(f"{name}.{key}", Picked(), reads, styles[key], out=places.top(table, column))


def _number_width(lesson: Lesson, nodes: list[Node], column: int) -> float:
    """Characters of a column that holds the largest evidence, weight or product of the layers."""
    most = 0.0
    for node in nodes:
        x = np.abs(lesson.values[lesson.network.sources(node)["x"]])
        weight = np.abs(lesson.values[f"{node.name}.weight"])
        shown = {X: x, WEIGHT: weight, PRODUCT: weight * x}[column]
        most = max(most, float(shown.max()))
    return max(NUMBER_WIDTH, characters(f"-{most:.4f}"))


def _input(lesson: Lesson, node: Node) -> str:
    """The full name of what a layer reads; that of the copy, where the layer's own sheet repeats it."""
    repeated = f"{view_name(node, 'x')}.out"
    return repeated if repeated in lesson.plan.blocks else lesson.network.sources(node)["x"]


def _origin_shape(network: Network, node: Node) -> Shape:
    """The shape of the maps that were flattened into a dense layer's input; () where it has other inputs."""
    before = next((n for n in network.nodes if n.name == node.inputs[0]), None)
    shape = () if before is None or not before.layer.unrolls else network.input_shapes(before)["x"]
    return shape if len(shape) == 3 else ()


def _unit_name(lesson: Lesson, node: Node, panel: Panel) -> Look:
    """What the chosen unit is called: its class, or its number in a hidden layer."""
    unit = panel.used["unit"]
    if _is_named(lesson, node):
        return inline(Part(((),), ("=unit",)), x1=CLASSES, unit=unit)
    return inline(Sentence(tuple(lesson.words.parts("labels.unit"))), number=unit)


def _unit_names(lesson: Lesson, node: Node) -> list[str]:
    """What the units are called: all classes, or the last unit of a hidden layer, whose number is the longest."""
    if _is_named(lesson, node):
        return list(lesson.network.classes)
    return [lesson.words("labels.unit", number=lesson.network.shapes[f"{node.name}.out"][0])]


def _is_named(lesson: Lesson, node: Node) -> bool:
    """Whether the units of a layer are the classes."""
    return CLASSES in lesson.plan.blocks and lesson.network.names_classes(node)

"""The close-up of a logit: the ten elements that raise it most, and the ten that lower it most.

An element adds its number times its weight. All these products stand in a table on the right; the two tables of ten
look up their rows there.
"""

from __future__ import annotations

from sheetnet.grid import Block, Shape
from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.dense import Dense
from sheetnet.layout import CLASSES, FIRST, spread, view_name
from sheetnet.layout.places import cell, down, grid
from sheetnet.lenses import Alike, Look, OfLayer, Origin, Part, Picked, Products, Ranking, Sentence, inline
from sheetnet.lesson.beside.closeup.panel import RIGHT, WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet

MOST_INPUTS = 5000  # of a layer that is offered
MOST = 10
PREFIX, MARK = "closeup_logit", "logit"
PLACE, NUMBER, MAP, ROW, COLUMN, X, WEIGHT, PRODUCT = range(RIGHT, RIGHT + 8)  # columns of the two tables
HEADS = ("place", "number", "map", "row", "column", "x", "weight", "product")
ALL = PRODUCT + 2  # the columns of the table of all products
ALL_X, ALL_WEIGHT, ALL_PRODUCT, SHARE, NEXT = range(ALL + 1, ALL + 6)
ALL_HEADS = ("number", "x", "weight", "product", "share", "next")
VALUE = NEXT + 2  # the shares of the two tables, in their rows
FIRST_OF_ALL = FIRST + 2  # the row of the first product


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
    sheet = lesson.book.add(title, freeze=f"A{FIRST}", one_page=True)
    sheet.widths |= WIDTHS | dict.fromkeys(range(RIGHT, PRODUCT), 10.0)
    sheet.widths |= {PRODUCT: 11.5, PRODUCT + 1: 3.0, NEXT + 1: 3.0} | dict.fromkeys(
        (*range(ALL, NEXT + 1), VALUE), 12.0
    )
    sheet.print_columns = PRODUCT
    head = Head(words("closeup.logit_title"), words("closeup.logit_lead"), words("kinds.dense.analogy"))
    draw_head(lesson, sheet, head)
    panel = Panel(lesson, sheet, PREFIX, MARK, [lesson.named[node.name] for node in nodes], FIRST + 2 * MOST + 8)
    panel.heading("closeup.choose")
    panel.choose_layer(len(nodes) - 1)
    panel.choose("unit", [network.shapes[f"{node.name}.out"][0] for node in nodes], 1)
    names = [_unit_name(lesson, node, panel) for node in nodes]
    if len(names) == 1:
        panel.say("closeup.name", names[0].lens, names[0].reads, "text")
    else:
        panel.say("closeup.name", OfLayer(), panel.by_layer(names), "text")
    panel.row += 1
    panel.heading("closeup.result")
    total = _draw_all(lesson, sheet, nodes, panel)
    alone = Part(tuple(() for _ in nodes), ("=unit",))
    given = panel.by_layer([f"{node.name}.bias" for node in nodes], "unit")
    bias = panel.say("closeup.bias", alone, given)
    result = panel.say("closeup.logit", Add(), {"x": total, "y": bias})
    made = panel.by_layer([f"{node.name}.out" for node in nodes], "unit")
    panel.tick(result, panel.say("closeup.there", alone, made))
    _draw_top(lesson, sheet, nodes, panel, FIRST, "for")
    _draw_top(lesson, sheet, nodes, panel, FIRST + MOST + 4, "against")
    panel.finish()
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_all(lesson: Lesson, sheet: Sheet, nodes: list[Node], panel: Panel) -> str:
    """All products of the chosen layer and unit, and their shares of the largest; returns the name of their sum."""
    words, here = lesson.words, sheet.title
    counts = tuple((lesson.network.input_shapes(node)["x"][0],) for node in nodes)
    [most] = max(counts)
    sheet.text(FIRST, ALL, words("closeup.all"), "heading.plain")
    for column, key in enumerate(ALL_HEADS, ALL):
        style = "heading.center" if key in ("number", "next") else "heading.right"
        sheet.text(FIRST + 1, column, words(f"closeup.head_{key}"), style)
    for i in range(most):
        sheet.number(FIRST_OF_ALL + i, ALL, i + 1, "index")

    def beside(at: int) -> Block:
        return down(here, FIRST_OF_ALL, at, most)

    inputs = panel.by_layer([_input(lesson, node) for node in nodes])
    lesson.look(f"{PREFIX}.x", Part(counts, ("",)), inputs, "number", out=beside(ALL_X))
    weights = panel.by_layer([f"{node.name}.weight" for node in nodes], "unit")
    lesson.look(f"{PREFIX}.weight", Part(counts, ("=unit", "")), weights, "number", out=beside(ALL_WEIGHT))
    factors, line = {"x": f"{PREFIX}.x.out", "weight": f"{PREFIX}.weight.out"}, panel.line("closeup.weighted_sum")
    styles = {"product": "number", "out": "sum"}
    lesson.look(f"{PREFIX}.products", Products(), factors, styles, product=beside(ALL_PRODUCT), out=line)
    sheet.text(FIRST, ALL_WEIGHT, words("closeup.scale"), "note")
    blocks = {"scale": cell(here, FIRST, SHARE), "share": beside(SHARE), "out": beside(NEXT)}
    styles = {"scale": "number", "share": "number", "out": "origin"}
    lesson.look(f"{PREFIX}.alike", Alike(), {"x": f"{PREFIX}.products.product"}, styles, **blocks)
    return f"{PREFIX}.products.out"


def _draw_top(lesson: Lesson, sheet: Sheet, nodes: list[Node], panel: Panel, row: int, side: str) -> None:
    """The ten largest or smallest products: which element, where it came from, what it says."""
    words, here, name = lesson.words, sheet.title, f"{PREFIX}.{side}"
    sheet.text(row, PLACE, words(f"closeup.{side}"), "heading.plain")
    for column, key in zip((*range(PLACE, PRODUCT + 1), VALUE), (*HEADS, "share"), strict=True):
        style = "heading.center" if column < X else "heading.right"
        sheet.text(row + 1, column, words(f"closeup.head_{key}"), style)
    for k in range(MOST):
        sheet.number(row + 2 + k, PLACE, k + 1, "index")
    found = {"share": f"{PREFIX}.alike.share", "follow": f"{PREFIX}.alike.out"}
    blocks = {"value": down(here, row + 2, VALUE, MOST), "out": down(here, row + 2, NUMBER, MOST)}
    styles = {"value": "number", "out": "origin"}
    lesson.look(name, Ranking(MOST, side == "for"), found, styles, **blocks)
    origin = Origin(tuple(_origin_shape(lesson.network, node) for node in nodes))
    places = {"numbers": f"{name}.out", **panel.layer}
    lesson.look(f"{name}.origin", origin, places, "origin", out=grid(here, row + 2, MAP, MOST, 3))
    columns = ((X, "x", "x.out"), (WEIGHT, "weight", "weight.out"), (PRODUCT, "product", "products.product"))
    for column, key, full in columns:
        block = down(here, row + 2, column, MOST)
        reads = {"x": f"{PREFIX}.{full}", "numbers": f"{name}.out"}
        lesson.look(f"{name}.{key}", Picked(), reads, "number", out=block)


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
    if CLASSES in lesson.plan.blocks and lesson.network.names_classes(node):
        return inline(Part(((),), ("=unit",)), x1=CLASSES, unit=unit)
    return inline(Sentence(tuple(lesson.words.parts("labels.unit"))), number=unit)

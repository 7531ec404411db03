"""The close-up of a logit: the ten pieces of evidence that spoke most for a suspect, and the ten most against.

What a piece of evidence says is its number times its weight. Equal products are told one after the other: the
search for the next one begins behind the last one found. Spreadsheets disagree about whether products are equal
that differ in the last digits only, so those are treated alike, and a search that finds nothing begins anew.
"""

from __future__ import annotations

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layout import FIRST, spread
from sheetnet.lesson.closeup.panel import LABELS, RIGHT, WIDTHS, Panel
from sheetnet.lesson.frame import Head, Lesson, draw_head, draw_links
from sheetnet.lesson.lookup import choose, entry, fixed, span
from sheetnet.lesson.outcome import quoted
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet

MOST_EVIDENCE = 5000  # of a layer that is offered
MOST = 10
ALIKE = "1E-11"  # products that differ by less; a MATCH takes numbers for equal that differ by 1E-12
PREFIX = "logit"
PLACE, NUMBER, MAP, ROW, COLUMN, X, WEIGHT, PRODUCT = range(RIGHT, RIGHT + 8)  # columns of the two tables
ALL = PRODUCT + 2  # the column of all products
HEADS = ("place", "number", "map", "row", "column", "x", "weight", "product")


def offered(network: Network) -> list[Node]:
    """The dense layers that the close-up can show."""
    return spread(
        network,
        [n for n in network.nodes if n.layer.kind == "dense" and network.input_shapes(n)["x"][0] <= MOST_EVIDENCE],
    )


def draw_logit(lesson: Lesson, title: str) -> None:
    """The sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    nodes = offered(network)
    sheet = lesson.book.add(title, freeze=f"A{FIRST}", one_page=True)
    sheet.widths |= WIDTHS | dict.fromkeys(range(RIGHT, PRODUCT), 10.0)
    sheet.widths |= {PRODUCT: 11.5, PRODUCT + 1: 3.0, ALL: 12.0, ALL + 1: 12.0}
    head = Head(words("closeup.logit_title"), words("closeup.logit_lead"), words("kinds.dense.analogy"))
    draw_head(lesson, sheet, head)
    counts = [network.input_shapes(node)["x"][0] for node in nodes]
    panel = Panel(lesson, sheet, PREFIX, [lesson.named[node.name] for node in nodes], FIRST + 2 * MOST + 8)
    panel.heading("closeup.choose")
    panel.choose_layer(len(nodes) - 1)
    panel.choose("suspect", [network.shapes[f"{node.name}.out"][0] for node in nodes], 1)
    panel.say("closeup.name", choose(panel.layer, [_unit_name(lesson, node, panel, title) for node in nodes]), "text")
    panel.row += 1
    panel.heading("closeup.result")
    products = _draw_all(lesson, sheet, nodes, panel, max(counts))
    total = panel.say("closeup.evidence_sum", f"SUM({products})")
    bias = panel.say("closeup.bias", choose(panel.layer, [_chosen(lesson, n, "bias", panel, title) for n in nodes]))
    result = panel.say("closeup.logit", f"{total}+{bias}")
    there = choose(panel.layer, [_chosen(lesson, n, "out", panel, title) for n in nodes])
    panel.tick(result, panel.say("closeup.there", there))
    count = choose(panel.layer, list(map(str, counts)))
    _draw_top(lesson, sheet, nodes, panel, products, FIRST, "for", count)
    _draw_top(lesson, sheet, nodes, panel, products, FIRST + MOST + 4, "against", count)
    panel.finish()
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_all(lesson: Lesson, sheet: Sheet, nodes: list[Node], panel: Panel, most: int) -> str:
    """A column of all products of the chosen layer and suspect; returns its cells."""
    words, home = lesson.words, sheet.title
    sheet.text(FIRST, ALL, words("closeup.all"), "heading.right")
    chosen = (panel.used["suspect"], -1)
    pairs = [
        (lesson.plan.seen(node)["x"].viewed(home), lesson.plan.blocks[f"{node.name}.weight"].viewed(home))
        for node in nodes
    ]
    for i in range(most):
        options = [f"{x[i]}*{entry(w, (chosen, i))}" if i < x.shape[0] else '""' for x, w in pairs]
        sheet.formula(FIRST + 1 + i, ALL, choose(panel.layer, options), "number")
    sheet.print_columns = PRODUCT
    return span(FIRST + 1, ALL, most)


def _draw_top(
    lesson: Lesson, sheet: Sheet, nodes: list[Node], panel: Panel, products: str, row: int, side: str, count: str
) -> None:
    """The ten largest or smallest products: which evidence, where it came from, what it says."""
    words, home = lesson.words, sheet.title
    sheet.text(row, PLACE, words(f"closeup.{side}"), "heading.plain")
    origins = [_origin_shape(lesson.network, node) for node in nodes]
    for column, key in zip(range(PLACE, PRODUCT + 1), HEADS, strict=True):
        style = "heading.center" if column < X else "heading.right"
        sheet.text(row + 1, column, words(f"closeup.head_{key}"), style)
    ranked, last = ("LARGE" if side == "for" else "SMALL"), products.rpartition(":")[2]
    for k in range(1, MOST + 1):
        at = row + 1 + k
        number, value = fixed(at, NUMBER), fixed(at, PRODUCT)
        sheet.number(at, PLACE, k, "index")
        sheet.formula(at, PRODUCT, f'IF({k}>{count},"",{ranked}({products},{k}))', "number")
        search = f"MATCH({value},{products},0)"
        if k > 1:
            previous = fixed(at - 1, NUMBER)
            rest = f"INDEX({products},{previous}+1):{last}"
            alike = f"ABS({value}-{fixed(at - 1, PRODUCT)})<={ALIKE}*(1+ABS({value}))"
            search = f"IF({alike},IFERROR({previous}+MATCH({value},{rest},0),{search}),{search})"
        sheet.formula(at, NUMBER, f'IF({k}>{count},"",{search})', "origin")
        for column, axis in ((MAP, 0), (ROW, 1), (COLUMN, 2)):
            places = [_origin(shape, axis, number) for shape in origins]
            sheet.formula(at, column, f'IF({k}>{count},"",{choose(panel.layer, places)})', "origin")
        for column, own in ((X, "x"), (WEIGHT, "weight")):
            cells = [_evidence(lesson, node, own, panel, number, home) for node in nodes]
            sheet.formula(at, column, f'IF({k}>{count},"",{choose(panel.layer, cells)})', "number")


def _evidence(lesson: Lesson, node: Node, own: str, panel: Panel, number: str, home: str) -> str:
    if own == "x":
        return entry(lesson.plan.seen(node)["x"].viewed(home), ((number, -1),))
    weight = lesson.plan.blocks[f"{node.name}.weight"].viewed(home)
    return entry(weight, ((panel.used["suspect"], -1), (number, -1)))


def _origin_shape(network: Network, node: Node) -> Shape | None:
    """The shape of the maps that were flattened into a dense layer's input; None where it has other inputs."""
    before = next((n for n in network.nodes if n.name == node.inputs[0]), None)
    if before is None or before.layer.kind != "flatten":
        return None
    return network.input_shapes(before)["x"]


def _origin(shape: Shape | None, axis: int, number: str) -> str:
    """Which map, row or column the element with a number came from, all from 1 on."""
    if shape is None:
        return '"-"'
    _, height, width = shape
    if axis == 0:
        return f"INT(({number}-1)/{height * width})+1"
    if axis == 1:
        return f"MOD(INT(({number}-1)/{width}),{height})+1"
    return f"MOD({number}-1,{width})+1"


def _chosen(lesson: Lesson, node: Node, own: str, panel: Panel, home: str) -> str:
    return entry(lesson.plan.blocks[f"{node.name}.{own}"].viewed(home), ((panel.used["suspect"], -1),))


def _unit_name(lesson: Lesson, node: Node, panel: Panel, home: str) -> str:
    """Who the chosen unit is; a hidden layer's units have numbers only."""
    units = lesson.network.shapes[f"{node.name}.out"][0]
    softmax = lesson.network.line_up
    if softmax is None or not lesson.network.names_classes(node):
        return f"{quoted(lesson.words('labels.unit', number=''))}&{panel.used['suspect']}"
    there = lesson.plan.blocks[f"{softmax.name}.out"].anchors[0]
    names = Block((units,), (Anchor(there.sheet, there.row, LABELS),), ((1, 0),), home)
    return entry(names, ((panel.used["suspect"], -1),))

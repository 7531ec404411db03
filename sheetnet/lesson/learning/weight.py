"""The close-up of a weight of a convolution: every place where it was used, and what that makes of its gradient.

    dL/dweight = sum over all places of  x that the weight met there * dL/dout there

Where two more forward passes are offered, the same number is found from the loss alone, see ``nudged``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layout import FIRST, spread
from sheetnet.layout.addresses import area
from sheetnet.layout.places import down, grid
from sheetnet.layout.sheets.closeups import Bands
from sheetnet.layout.sheets.panel import RIGHT, Lines
from sheetnet.lenses import Begins, Copy, Deviation, Grouped, Part, Products, Source, When, inline, number_piece
from sheetnet.lenses.sentences import Piece
from sheetnet.lesson.beside.closeup.panel import SQUARE, WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import draw_links
from sheetnet.lesson.frame.looks import (
    DOT,
    MOST_READ,
    SQUARE_WIDTH,
    number_style,
    picture_sheet,
    signed_stops,
    with_zeros,
)
from sheetnet.lesson.frame.screen import open_with
from sheetnet.lesson.learning.mirror import style_of
from sheetnet.lesson.learning.nudged import NUDGED, PLACE, draw_nudged
from sheetnet.lesson.learning.passes import Passes
from sheetnet.network import Node
from sheetnet.workbook.look import Scale
from sheetnet.workbook.style import MINI

WEIGHT = "closeup_weight"  # as layers name the sheet
MOST_CELLS = 1_024  # of a map; a layer with more is not offered
DIGITS = 6  # of a gradient in a sentence


def weighty(passes: Passes) -> list[Node]:
    """The convolutions whose weights can be looked at."""
    found = []
    for node in passes.nodes:
        if isinstance(node.layer, Conv2d):
            _, high, wide = passes.network.shapes[f"{node.name}.out"]
            if high * wide <= MOST_CELLS:
                found.append(node)
    return spread(passes.network, found)


def draw_weight(lesson: Lesson, passes: Passes, gradients: Mapping[str, str], *more: str) -> None:
    """The sheet, and the one of the nudged passes where it is offered.

    ``gradients``: the full name of the gradient of each layer's "out", and of each weight; ``more``: titles to link.
    """
    network, words, nodes = lesson.network, lesson.words, weighty(passes)
    title = lesson.extras[WEIGHT]
    sizes = tuple(network.shapes[f"{node.name}.out"][1:] for node in nodes)
    high, wide = (max(size[axis] for size in sizes) for axis in (0, 1))
    bands = Bands(title, 1, high, wide)
    sheet = picture_sheet(lesson, title)
    sheet.widths |= WIDTHS
    names = [lesson.named[node.name] for node in nodes]
    panel = Panel(lesson, sheet, WEIGHT, WEIGHT, names, Lines(title, bands.lists))
    _choose(lesson, panel, nodes, lesson.value(gradients[f"{nodes[0].name}.weight"]))
    panel.heading("closeup.gradient")
    alone, one = tuple(() for _ in nodes), tuple(f"={name}" for name in PLACE)
    taken = panel.by_layer([f"{node.name}.weight" for node in nodes], *PLACE)
    values = np.concatenate([lesson.values[f"{node.name}.weight"].ravel() for node in nodes])
    panel.say("closeup.weight", Part(alone, one), taken, number_style("sum", values))
    total = _draw_maps(lesson, panel, bands, nodes, sizes, gradients)
    found = panel.by_layer([gradients[f"{node.name}.weight"] for node in nodes], *PLACE)
    there = panel.say("closeup.back_sheet", Part(alone, one), found, _summed(lesson, nodes, gradients))
    panel.tick(total, there)
    if NUDGED in lesson.extras:
        layers = [node.name for node in nodes]
        draw_nudged(lesson, passes, panel, layers, there, (max(FIRST + high + 3, FIRST + 8), RIGHT))
    slope, reads = _slope(lesson, there)
    head = Head(
        words("closeup.weight_title"),
        words("closeup.weight_lead"),
        words("closeup.weight_analogy"),
        in_words=words("closeup.weight_formula"),
        numbers=((slope, reads),),
        name=f"{WEIGHT}.slope",
    )
    draw_head(lesson, sheet, head)
    panel.finish(SQUARE)
    open_with(sheet, grid(title, FIRST, bands.sums, min(high, 28) + 2, 1))
    draw_links(lesson, sheet, *dict.fromkeys([*(lesson.plan.sheets[node.name] for node in nodes[:2]), *more]))


def _choose(lesson: Lesson, panel: Panel, nodes: list[Node], gradient: Array) -> None:
    """The choices, the one with the largest gradient first; and the place where the weight is laid on x at first."""
    network = lesson.network
    panel.heading("closeup.choose")
    panel.choose_layer()
    shapes = [network.parameters[f"{node.name}.weight"] for node in nodes]
    first = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    for axis, name in enumerate(PLACE):
        panel.choose(name, [shape[axis] for shape in shapes], int(first[axis]) + 1)
    panel.used["met"] = _met(panel, nodes, shapes)
    row = panel.lines.row
    blocks = {"top": panel.line("closeup.first"), "left": panel.lines.used(row)}
    for axis, (name, place) in enumerate((("top", "row"), ("left", "column"))):
        apart = tuple(node.layer.dilation[axis] for node in nodes)  # type: ignore[attr-defined]
        before = tuple(node.layer.padding_of(network.input_shapes(node))[axis] for node in nodes)
        full, reads = f"{WEIGHT}.{name}", {**panel.layer, "place": panel.used[place]}
        lesson.look(full, Begins(apart, before), reads, "origin", out=blocks[name])
        panel.used[name] = f"{full}.out"


def _met(panel: Panel, nodes: list[Node], shapes: list[Shape]) -> str:
    """The channel of x that the weight is laid on: its own, or with groups one of those that its filter sees.

    ``shapes``: of the weights of each layer.
    """
    groups = [node.layer.groups for node in nodes]  # type: ignore[attr-defined]
    if set(groups) == {1}:
        return panel.used["channel"]
    filters = tuple(shape[0] // count for shape, count in zip(shapes, groups, strict=True))
    lens = Grouped(filters, tuple(shape[1] for shape in shapes))
    reads = {**panel.layer, **{name: panel.used[name] for name in ("filter", "channel")}}
    return panel.say("closeup.met", lens, reads, "origin")


def _draw_maps(
    lesson: Lesson,
    panel: Panel,
    bands: Bands,
    nodes: list[Node],
    sizes: tuple[Shape, ...],
    gradients: Mapping[str, str],
) -> str:
    """What the weight met, dL/dout there and the products side by side; the full name of the sum of all products."""
    network, sheet, words, title = lesson.network, panel.sheet, lesson.words, bands.title
    readable = bands.wide <= MOST_READ
    x = np.concatenate([lesson.values[network.sources(node)["x"]].ravel() for node in nodes])
    back = [lesson.value(gradients[f"{node.name}.out"]) for node in nodes]
    dout = np.concatenate([values.ravel() for values in back])
    most = np.array([np.abs(x).max() * np.abs(dout).max()])
    columns = {"seen": bands.window, "dout": bands.filters, "products": bands.products, "sums": bands.sums}
    for key, column in columns.items():
        sheet.text(FIRST, column, words(f"closeup.{key}_of"), "heading.plain")
    width = SQUARE_WIDTH if readable else DOT
    sheet.widths |= dict.fromkeys(range(bands.window, bands.sums), width)
    sheet.widths |= {bands.sums - 1: 3.2, bands.sums: 10.0}
    middle = FIRST + 1 + (bands.high - 1) // 2
    signs = {bands.filters - 1: "times", bands.products - 1: "equals", bands.sums - 1: "adds"}
    for column, key in signs.items():
        sheet.text(middle, column, words(f"closeup.sign_{key}"), "sign")
        sheet.widths[column] = 3.2
    places = {key: grid(title, FIRST + 1, columns[key], bands.high, bands.wide) for key in columns}
    steps = tuple(node.layer.stride for node in nodes)  # type: ignore[attr-defined]
    rooms = tuple(node.layer.padding_of(network.input_shapes(node)) for node in nodes)
    met = Part(sizes, ("=met", "top", "left"), rooms, steps=steps)
    reads = panel.by_layer([network.sources(node)["x"] for node in nodes], "met", "top", "left")
    lesson.look(f"{WEIGHT}.seen", met, reads, number_style("map", x) if readable else MINI, out=places["seen"])
    reads = panel.by_layer([gradients[f"{node.name}.out"] for node in nodes], "filter")
    part = Part(sizes, ("=filter", "", ""))
    lesson.look(f"{WEIGHT}.dout", part, reads, style_of(True, dout) if readable else MINI, out=places["dout"])
    summed = _summed(lesson, nodes, gradients)
    far = grid(title, FIRST + 1, bands.sums + 3, bands.high, bands.wide)  # the products of a larger map as numbers
    blocks = {
        "product": places["products"] if readable else far,
        "sum": down(title, FIRST + 1, bands.sums, bands.high),
        "out": panel.line("closeup.products"),
    }
    factors = {"x": f"{WEIGHT}.seen.out", "weight": f"{WEIGHT}.dout.out"}
    styles = {"product": style_of(True, most), "sum": summed, "out": summed}
    lesson.look(f"{WEIGHT}.products", Products(), factors, styles, **blocks)
    if not readable:
        sheet.text(FIRST, bands.sums + 3, words("closeup.products_of"), "heading.plain")
        sheet.widths |= dict.fromkeys(range(bands.sums + 3, bands.sums + 3 + bands.wide), SQUARE_WIDTH)
        lesson.look(f"{WEIGHT}.dots", Copy(), {"x": f"{WEIGHT}.products.product"}, MINI, out=places["products"])
        sheet.print_columns = bands.sums
    product = lesson.value(f"{WEIGHT}.products.product")
    sums = lesson.value(f"{WEIGHT}.products.sum")
    fits = {"product": product, "sum": sums}
    zeros = {own: np.array([v for v in seen.ravel() if v != ""], float) for own, seen in fits.items()}
    lesson.show(f"{WEIGHT}.products", styles | {own: with_zeros(styles[own], seen) for own, seen in zeros.items()})
    first = lesson.values[network.sources(nodes[0])["x"]]
    shown = {"seen": first, "dout": back[0], "products": np.array([v for v in product.ravel() if v != ""], float)}
    for key, values in shown.items():
        where = [area(places[key])] + ([area(far)] if key == "products" and not readable else [])
        sheet.scales.append(Scale(where, signed_stops(lesson, values)))
    return f"{WEIGHT}.products.out"


def _summed(lesson: Lesson, nodes: list[Node], gradients: Mapping[str, str]) -> str:
    """The style of a gradient of these weights."""
    every = np.concatenate([lesson.value(gradients[f"{node.name}.weight"]).ravel() for node in nodes])
    return "short" if style_of(False, every) == "number.tiny" else "sum"


def _slope(lesson: Lesson, gradient: str) -> tuple[tuple[Piece, ...], dict[str, Source]]:
    """What a gradient says of the loss and of the step, as pieces of a sentence and what they read."""
    words = lesson.words
    way = inline(When(0.0, words("closeup.larger"), words("closeup.smaller")), x=gradient)
    size = inline(Deviation(0.0), x=gradient)
    step = inline(When(0.0, words("closeup.stays"), ("way",)), x=size, way=way)
    pieces: list[Piece] = []
    for piece in words.parts("closeup.slope"):
        pieces.append(number_piece("gradient", DIGITS, bracket=False) if piece == ("gradient",) else piece)
    return tuple(pieces), {"gradient": gradient, "step": step}

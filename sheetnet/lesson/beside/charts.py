"""The sheet Charts: what a ReLU does to this network's own numbers, as a curve and as a histogram.

The reader chooses the layer; both charts follow.
"""

from __future__ import annotations

from math import prod

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers.relu import ReLU
from sheetnet.layout import form, spread
from sheetnet.layout.addresses import series
from sheetnet.layout.sheets import charts as places
from sheetnet.layout.sheets.charts import AFTER, BEFORE, BINS, EDGE, HISTOGRAM, POINTS, TABLE
from sheetnet.layout.sheets.panel import LABELS, Lines
from sheetnet.lenses import AtMost, Bins, Histogram, Labels, Measure, Points, ReLUCurve
from sheetnet.lenses.elements import numbers
from sheetnet.lesson.beside.closeup.panel import WIDTHS, Panel
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import number_style
from sheetnet.lesson.frame.measure import characters
from sheetnet.network import Network, Node
from sheetnet.workbook.look import Chart, Series

MOST_PIECES = 40  # maps whose counts one formula adds up
PREFIX, MARK = "charts", "relu"
SIZE, ROOM = (350, 300), 51.0  # pixels of a chart; characters of its column


def offered(network: Network) -> list[Node]:
    """The ReLU layers that can be chosen: those whose maps lie in few enough pieces for one formula."""
    alike = [n for n in network.nodes if isinstance(n.layer, ReLU) and form(network, n) != "grid"]
    few = [
        n
        for n in alike
        if len(network.shapes[f"{n.name}.out"]) != 3 or network.shapes[f"{n.name}.out"][0] <= MOST_PIECES
    ]
    return spread(network, few)


def draw_charts(lesson: Lesson, title: str) -> None:
    """The sheet."""
    network, plan, words = lesson.network, lesson.plan, lesson.words
    nodes = offered(network)
    sheet = lesson.book.add(title, freeze=BELOW, one_page=True, aside=True)
    sheet.widths |= WIDTHS | {AFTER: 12.0, EDGE: 12.0} | dict.fromkeys(places.CHARTS, ROOM)
    draw_head(lesson, sheet, Head(words("charts.title"), words("charts.lead"), words("kinds.relu.analogy")))
    titles = [lesson.named[node.name] for node in nodes]
    panel = Panel(lesson, sheet, PREFIX, MARK, titles, Lines(title, places.LISTS))
    panel.heading("closeup.choose")
    panel.choose_layer()
    before, after = ([network.names(node)[own] for node in nodes] for own in ("x", "out"))
    panel.say("charts.count", Measure("COUNT"), panel.by_layer(before), "count")
    x = np.concatenate([lesson.values[full].ravel() for full in before])
    style = number_style("number", x)  # of all layers that may be chosen
    least = panel.say("charts.least", Measure("MIN"), panel.by_layer(before), style)
    most = panel.say("charts.most", Measure("MAX"), panel.by_layer(before), style)
    panel.say("charts.zeros", AtMost(), panel.by_layer(after), "count")
    _draw_bins(lesson, panel, least, most)
    _draw_curve(lesson, panel, before, after, style)
    _draw_histogram(lesson, panel, before, after)
    heads = (characters(words(f"charts.{key}"), bold=True) for key in ("element", "bin"))
    sheet.widths[LABELS] = max(sheet.widths[LABELS], *heads)
    panel.finish()
    sheet.print_rows = TABLE - 2
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_curve(lesson: Lesson, panel: Panel, before: list[str], after: list[str], style: str) -> None:
    """Some of the layer's own numbers on the curve of ReLU, and the table of them; ``style``: of these numbers."""
    words, theme, sheet, row = lesson.words, lesson.theme, panel.sheet, TABLE
    sheet.text(row - 1, LABELS, words("charts.points", count=POINTS), "heading.plain")
    for column, key in ((LABELS, "element"), (BEFORE, "before"), (AFTER, "after")):
        sheet.text(row, column, words(f"charts.{key}"), "heading" if column == LABELS else "heading.right")
    shapes = [lesson.network.shapes[full] for full in before]
    chosen = tuple(_spread(shape) for shape in shapes)
    names = tuple(tuple(map(_name, each, [shape] * POINTS)) for each, shape in zip(chosen, shapes, strict=True))
    labels, x, y = (places.points(sheet.title, column) for column in (LABELS, BEFORE, AFTER))
    lesson.look("charts.elements", Labels(names), panel.layer, "note", out=labels)
    lesson.look("charts.x", Points(chosen), panel.by_layer(before), style, out=x)
    shown = number_style("number", numbers(lesson.value("charts.x.out")).clip(min=0))  # 0 as 0
    lesson.look("charts.y", Points(chosen), panel.by_layer(after), shown, out=y)
    own = Series(words("charts.own"), series(y), series(x), theme.chart_second, line=False, markers=True)
    start, end = (places.bend(sheet.title, column) for column in (BEFORE, AFTER))
    lesson.look("charts.line", ReLUCurve(), {"of": "charts.x.out"}, style, x=start, out=end)
    sheet.text(places.BEND, LABELS, words("charts.relu_line"), "note")
    line = Series(words("charts.relu_line"), series(end), series(start), theme.quiet)
    sheet.charts.append(
        Chart(
            "scatter",
            words("charts.relu"),
            (line, own),
            places.CURVE_CHART,
            SIZE,
            words("charts.relu_alt"),
            x_title=words("charts.before"),
            y_title=words("charts.after"),
        )
    )


def _draw_bins(lesson: Lesson, panel: Panel, least: str, most: str) -> None:
    """Where the bins end, and how wide they are."""
    title = panel.sheet.title
    blocks = {"edge": places.bins(title, EDGE), "out": places.bins(title, LABELS)}
    styles = {"step": "number", "edge": "number", "out": "origin"}
    reads = {"least": least, "most": most}
    lesson.look("charts.bins", Bins(BINS), reads, styles, step=panel.line("charts.step"), **blocks)
    shown = {own: number_style("number", numbers(lesson.value(f"charts.bins.{own}"))) for own in ("step", "edge")}
    lesson.show("charts.bins", styles | shown)


def _draw_histogram(lesson: Lesson, panel: Panel, before: list[str], after: list[str]) -> None:
    """How many numbers fall into each bin, before and after, and the table of these counts."""
    words, theme, sheet, row = lesson.words, lesson.theme, panel.sheet, HISTOGRAM
    sheet.text(row - 1, LABELS, words("charts.bins"), "heading.plain")
    for column, key in ((LABELS, "bin"), (BEFORE, "before"), (AFTER, "after"), (EDGE, "below")):
        sheet.text(row, column, words(f"charts.{key}"), "heading" if column == LABELS else "heading.right")
    middles = series(places.bins(sheet.title, LABELS))
    shown = []
    colors = (theme.chart_first, theme.chart_second)
    for key, column, tensors, color in zip(
        ("before", "after"), (BEFORE, AFTER), (before, after), colors, strict=True
    ):
        block = places.bins(sheet.title, column)
        reads = {**panel.by_layer(tensors), "edge": "charts.bins.edge"}
        lesson.look(f"charts.{key}", Histogram(), reads, "count", out=block)
        shown.append(Series(words(f"charts.{key}"), series(block), middles, color, dash=key == "after"))
    sheet.charts.append(
        Chart(
            "column",
            words("charts.histogram"),
            tuple(shown),
            places.HISTOGRAM_CHART,
            SIZE,
            words("charts.histogram_alt"),
            x_title=words("charts.bin"),
            y_title=words("charts.how_many"),
        )
    )


def _spread(shape: Shape) -> tuple[int, ...]:
    """Places spread evenly over a tensor, in row-major order."""
    total = prod(shape)
    return tuple((2 * k + 1) * total // (2 * POINTS) for k in range(POINTS))


def _name(place: int, shape: Shape) -> str:
    """Map, row and column of a place, from 1 on."""
    return ", ".join(str(int(i) + 1) for i in np.unravel_index(place, shape))

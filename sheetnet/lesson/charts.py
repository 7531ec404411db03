"""The sheet Charts: what a ReLU does to this network's own numbers, as a curve and as a histogram.

The reader chooses the layer; both charts follow. A histogram counts with COUNTIF below each edge; 0 is the middle
of a bin, so that no number that matters falls on an edge.
"""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Anchor, Block, a1
from sheetnet.layout import FIRST, form, spread
from sheetnet.lesson.closeup.panel import LABELS, WIDTHS, Panel
from sheetnet.lesson.frame import Head, Lesson, draw_head, draw_links
from sheetnet.lesson.lookup import absolute, choose, fixed
from sheetnet.network import Network, Node
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

POINTS, BINS = 40, 17  # BINS is odd, so that 0 is the middle of one
MOST_PIECES = 40  # maps whose counts one formula adds up
PREFIX = "relu"
TABLE = FIRST + 22  # the row where the numbers behind the charts begin
SIZE = (480, 340)


def offered(network: Network) -> list[Node]:
    """The ReLU layers that can be chosen: those whose maps lie in few enough pieces for one formula."""
    alike = [n for n in network.nodes if n.layer.kind == "relu" and form(network, n) != "grid"]
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
    sheet = lesson.book.add(title, freeze=f"A{FIRST}", one_page=True)
    sheet.widths |= WIDTHS | {4: 12.0, 5: 12.0}
    draw_head(lesson, sheet, Head(words("charts.title"), words("charts.lead"), words("kinds.relu.analogy")))
    panel = Panel(lesson, sheet, PREFIX, [lesson.named[node.name] for node in nodes], TABLE + POINTS + BINS + 8)
    panel.heading("closeup.choose")
    panel.choose_layer()
    before, after = ([plan.blocks[_full(network, n, own)].viewed(title) for n in nodes] for own in ("x", "out"))
    panel.say("charts.count", choose(panel.layer, [_over("COUNT", block) for block in before]), "count")
    least = panel.say("charts.least", choose(panel.layer, [_over("MIN", block) for block in before]), "number")
    most = panel.say("charts.most", choose(panel.layer, [_over("MAX", block) for block in before]), "number")
    zeros = choose(panel.layer, [_counted(block, '"<=0"') for block in after])
    panel.say("charts.zeros", zeros, "count")
    _draw_curve(lesson, sheet, panel, before, after)
    _draw_histogram(lesson, sheet, panel, before, after, (least, most))
    panel.finish()
    sheet.print_rows = TABLE - 2
    draw_links(lesson, sheet, *(plan.sheets[node.name] for node in nodes[:2]))


def _draw_curve(lesson: Lesson, sheet: Sheet, panel: Panel, before: list[Block], after: list[Block]) -> None:
    words, theme, row = lesson.words, lesson.theme, TABLE
    sheet.text(row - 1, LABELS, words("charts.points", count=POINTS), "heading.plain")
    for column, key in ((LABELS, "element"), (3, "before"), (4, "after")):
        sheet.text(row, column, words(f"charts.{key}"), "heading" if column == LABELS else "heading.right")
    picks = [_spread(block.shape) for block in before]
    for k in range(POINTS):
        names = [f'"{", ".join(str(i + 1) for i in pick[k])}"' for pick in picks]
        sheet.formula(row + 1 + k, LABELS, choose(panel.layer, names), "note")
        for column, blocks in ((3, before), (4, after)):
            cells = [block[pick[k]] for block, pick in zip(blocks, picks, strict=True)]
            sheet.formula(row + 1 + k, column, choose(panel.layer, cells), "number")
    x, y = (_column(sheet.title, row + 1, column, POINTS) for column in (3, 4))
    own = Series(words("charts.own"), y, x, theme.chart_second, line=False, markers=True)
    bend = row + POINTS + BINS + 5
    least = f"MIN(0,{absolute(Anchor('', row + 1, 3), Anchor('', row + POINTS, 3), '')})"
    for k, formula in enumerate((least, "0", least.replace("MIN(", "MAX("))):
        sheet.formula(bend + k, 3, formula, "number")
        sheet.formula(bend + k, 4, f"MAX({a1(bend + k, 3)},0)", "number")
    sheet.text(bend, LABELS, words("charts.relu_line"), "note")
    line = Series(
        words("charts.relu_line"),
        _column(sheet.title, bend, 4, 3),
        _column(sheet.title, bend, 3, 3),
        theme.quiet,
    )
    sheet.charts.append(
        Chart(
            "scatter",
            words("charts.relu"),
            (line, own),
            a1(FIRST, 7),
            SIZE,
            words("charts.relu_alt"),
            x_title=words("charts.before"),
            y_title=words("charts.after"),
        )
    )


def _draw_histogram(
    lesson: Lesson,
    sheet: Sheet,
    panel: Panel,
    before: list[Block],
    after: list[Block],
    ends: tuple[str, str],
) -> None:
    words, theme, row = lesson.words, lesson.theme, TABLE + POINTS + 3
    sheet.text(row - 1, LABELS, words("charts.bins"), "heading.plain")
    for column, key in ((LABELS, "bin"), (3, "before"), (4, "after"), (5, "below")):
        sheet.text(row, column, words(f"charts.{key}"), "heading" if column == LABELS else "heading.right")
    step = f"MAX(ABS({ends[0]}),ABS({ends[1]}),0.000001)/{BINS // 2}"
    for k in range(BINS):
        at = row + 1 + k
        sheet.formula(at, LABELS, f"ROUND({k - BINS // 2}*{step},3)", "origin")
        sheet.formula(at, 5, f"{k - BINS // 2 + 0.5}*{step}", "number")
        for column, blocks in ((3, before), (4, after)):
            counts = choose(panel.layer, [_counted(block, f'"<"&{fixed(at, 5)}') for block in blocks])
            less = f"-SUM({a1(row + 1, column)}:{a1(at - 1, column)})" if k else ""
            sheet.formula(at, column, f"{counts}{less}", "count")
    names = _column(sheet.title, row + 1, LABELS, BINS)
    series = (
        Series(words("charts.before"), _column(sheet.title, row + 1, 3, BINS), names, theme.chart_first),
        Series(words("charts.after"), _column(sheet.title, row + 1, 4, BINS), names, theme.chart_second, dash=True),
    )
    sheet.charts.append(
        Chart(
            "column",
            words("charts.histogram"),
            series,
            a1(FIRST, 15),
            SIZE,
            words("charts.histogram_alt"),
            x_title=words("charts.bin"),
            y_title=words("charts.how_many"),
        )
    )


def _full(network: Network, node: Node, own: str) -> str:
    return network.names(node)[own]


def _ranges(block: Block) -> list[str]:
    return [absolute(first, last, block.seen_from) for first, last in block.rectangles()]


def _over(function: str, block: Block) -> str:
    return f"{function}({','.join(_ranges(block))})"


def _counted(block: Block, condition: str) -> str:
    """How many elements meet a condition; one COUNTIF per map."""
    return "+".join(f"COUNTIF({cells},{condition})" for cells in _ranges(block))


def _spread(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Elements spread evenly over a tensor."""
    total = int(np.prod(shape))
    places = [(2 * k + 1) * total // (2 * POINTS) for k in range(POINTS)]
    return [tuple(int(i) for i in np.unravel_index(place, shape)) for place in places]


def _column(sheet: str, row: int, column: int, count: int) -> str:
    return absolute(Anchor(sheet, row, column), Anchor(sheet, row + count - 1, column), "")

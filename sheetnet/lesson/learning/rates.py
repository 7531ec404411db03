"""The loss against the rate: the forward pass with the new weights, once for each of twelve rates, and a chart of it.

The passes stand below each other on the sheet Rates. They are offered for a small network only, and where no
convolution needs blank cells around maps that lie there.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from sheetnet.grid import Block
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layout import FIRST
from sheetnet.layout.addresses import at, series
from sheetnet.layout.places import cell, down
from sheetnet.lenses import Copy, Update, element
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.learning.forward import RATE
from sheetnet.lesson.learning.mirror import Beside, label, own_name
from sheetnet.lesson.learning.passes import Passes
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.look import Chart, Series

MOST = 1_000  # formulas of a forward pass
FACTORS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)  # of the rate that the reader has set
RATES = "rates"
WIDTH = 10.0  # characters of a column
COLUMN, SIZE = 1, (420, 260)  # of the first pass; pixels of the chart


def offered(passes: Passes) -> bool:
    """Whether there is room for twelve forward passes."""
    network = passes.network
    tensors = (node.layer.tensors(network.input_shapes(node)) for node in passes.nodes)
    formulas = sum(prod(shape) for told in tensors for shape in told.values())
    padded = (
        any(node.layer.padding_of(network.input_shapes(node)))
        for node in passes.nodes
        if any(passes.takes_part(name) for name in node.inputs)
    )
    return formulas <= MOST and not any(padded)


def draw_rates(
    lesson: Lesson, passes: Passes, gradients: Mapping[str, str], home: str, row: int, chart: Block
) -> None:
    """The sheet Rates; on the sheet ``home`` the list, from ``row`` on, and the ``chart``."""
    words, count, title = lesson.words, len(FACTORS), lesson.extras[RATES]
    sheet = lesson.book.add(title, default_width=WIDTH, freeze=BELOW, repeat_rows="1:1")
    sheet.aside = True
    sheet.widths |= {COLUMN: 12.0, COLUMN + 1: 14.0}
    about = words("learning.rates_about", count=count)
    draw_head(lesson, sheet, Head(words("learning.rates_title"), words("learning.rates_lead"), about=about))
    factors = down(title, FIRST + 1, COLUMN, count)
    lesson.constant("rates.factors", factors, list(FACTORS))
    sheet.text(FIRST, COLUMN, words("learning.factor"), "note")
    for number, factor in enumerate(FACTORS):
        sheet.number(factors.cell(number).row, COLUMN, factor, "number.general")
    rates, losses = down(home, row + 1, 1, count), down(home, row + 1, 2, count)
    lesson.look("rates.all", Mul(), {"x": "rates.factors", "y": RATE}, "number", out=rates)
    below = FIRST + 1
    for number in range(count):
        name, at_rate = f"rates.pass{number}", element("rates.all.out", rates, number)
        lesson.look(f"rates.rate.{number}", Copy(), {"x": at_rate}, "number", out=cell(title, below, COLUMN + 2))
        sheet.text(below, COLUMN + 1, words("learning.rate"), "note")
        below, loss = _draw_pass(lesson, passes, gradients, sheet, (name, f"rates.rate.{number}.out"), below)
        lesson.look(f"rates.loss.{number}", Copy(), {"x": loss}, "number", out=cell(home, losses.cell(number).row, 2))
    _draw_chart(lesson, row, rates, losses, chart)
    draw_links(lesson, sheet, home)


def _draw_pass(
    lesson: Lesson, passes: Passes, gradients: Mapping[str, str], sheet: Sheet, called: tuple[str, str], row: int
) -> tuple[int, str]:
    """A forward pass with the new weights, its tensors side by side; the row behind it, and the name of its loss.

    ``called``: what its looks are called, and the full name of its rate.
    """
    name, rate = called
    network, beside, last = passes.network, Beside({}, {}), row
    beside.take(sheet.title, COLUMN + 3)
    loss = ""
    for node in passes.nodes:
        of, reads = network.input_shapes(node), dict(network.names(node))
        tensors = node.layer.tensors(of)
        for own in node.layer.params(of):
            full = f"{node.name}.{own}"
            if full in gradients:
                block = beside.like(sheet.title, lesson.plan.blocks[full], row + 1)
                taken = {"weight": full, "gradient": gradients[full], "rate": rate}
                lesson.look(f"{name}.new.{full}", Update(), taken, "number", out=block)
                reads[own], last = f"{name}.new.{full}.out", max(last, _bottom(block))
                label(sheet, block, f"{lesson.named[node.name]}: {own_name(lesson, own)}", above=True)
        for own, full in network.sources(node).items():
            source, _, part = full.rpartition(".")
            if passes.takes_part(source):
                reads[own] = f"{name}.{source}.{part}"
        lies_as = {own: lesson.plan.blocks[f"{node.name}.{own}"] for own in tensors}
        blocks = {own: beside.like(sheet.title, block, row + 1) for own, block in lies_as.items()}
        read = {own: full for own, full in reads.items() if own not in tensors}
        lesson.look(f"{name}.{node.name}", node.layer, read, "number", **blocks)
        for own, block in blocks.items():
            label(sheet, block, f"{lesson.named[node.name]}: {own_name(lesson, own)}", above=True)
        last, loss = max(last, *map(_bottom, blocks.values())), f"{name}.{node.name}.out"
    return last + 2, loss


def _bottom(block: Block) -> int:
    return max(last.row for _, last in block.rectangles())


def _draw_chart(lesson: Lesson, row: int, rates: Block, losses: Block, chart: Block) -> None:
    """The heads of the list, and its chart."""
    words, sheet = lesson.words, lesson.book.sheet(chart.anchors[0].sheet)
    for column, key in ((1, "rate"), (2, "loss")):
        sheet.text(row, column, words(f"learning.{key}"), "heading.right")
    rate, after = words("learning.rate"), words("learning.after")
    points = Series(after, series(losses), series(rates), lesson.theme.chart_first, markers=True)
    alt = words("learning.chart_alt")
    sheet.charts.append(Chart("scatter", words("learning.chart"), (points,), at(chart), SIZE, alt, rate, after))

"""The loss against the rate: the forward pass with the new weights, once for each of twelve rates, and a chart of it.

The passes stand below each other on the sheet Rates, where they are offered, see ``again``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetnet.grid import Block
from sheetnet.layers.arithmetic.mul import Mul
from sheetnet.layout import FIRST
from sheetnet.layout.addresses import at, series
from sheetnet.layout.places import cell, down
from sheetnet.lenses import Copy, Update, element
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.learning.again import Changes, draw_pass
from sheetnet.lesson.learning.forward import RATE
from sheetnet.lesson.learning.passes import Passes
from sheetnet.workbook.look import Chart, Series

FACTORS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)  # of the rate that the reader has set
RATES = "rates"
WIDTH = 10.0  # characters of a column
COLUMN, SIZE = 1, (420, 220)  # of the first pass; pixels of the chart


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
        below, loss = draw_pass(lesson, passes, sheet, name, _stepped(gradients, f"rates.rate.{number}.out"), below)
        lesson.look(f"rates.loss.{number}", Copy(), {"x": loss}, "number", out=cell(home, losses.cell(number).row, 2))
    _draw_chart(lesson, row, rates, losses, chart)
    draw_links(lesson, sheet, home)


def _stepped(gradients: Mapping[str, str], rate: str) -> Changes:
    """How each weight takes a step, with the rate of that full name."""
    return {
        full: (Update(), {"weight": full, "gradient": gradient, "rate": rate}) for full, gradient in gradients.items()
    }


def _draw_chart(lesson: Lesson, row: int, rates: Block, losses: Block, chart: Block) -> None:
    """The heads of the list, and its chart."""
    words, sheet = lesson.words, lesson.book.sheet(chart.anchors[0].sheet)
    for column, key in ((1, "rate"), (2, "loss")):
        sheet.text(row, column, words(f"learning.{key}"), "heading.right")
    rate, after = words("learning.rate"), words("learning.after")
    points = Series(after, series(losses), series(rates), lesson.theme.chart_first, markers=True)
    alt = words("learning.chart_alt")
    sheet.charts.append(Chart("scatter", words("learning.chart"), (points,), at(chart), SIZE, alt, rate, after))

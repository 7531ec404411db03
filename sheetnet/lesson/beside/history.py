"""The sheet of the training: loss and accuracy epoch by epoch as charts, and the first filters as they grew.

All of it is told by the card of a model, so its numbers are constants; nothing on the sheet is computed.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from sheetnet.case.history import History
from sheetnet.grid import a1
from sheetnet.layout import FIRST
from sheetnet.layout.addresses import series
from sheetnet.layout.sheets.history import CHARTS, COLUMNS, NAMES, TIMES, TOP, Curves, Grown
from sheetnet.lesson.frame.head import Head, draw_head
from sheetnet.lesson.frame.lesson import Lesson
from sheetnet.lesson.frame.links import BELOW, draw_links
from sheetnet.lesson.frame.looks import add_scale, signed_stops
from sheetnet.lesson.frame.measure import characters
from sheetnet.workbook.book import ROW, Sheet
from sheetnet.workbook.look import Chart, Series
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER, pixels
from sheetnet.workbook.style import MINI

HISTORY = "history"
STYLES = {
    "epochs": "count",
    "loss": "number",
    "accuracy": "percent",
    "held_loss": "number",
    "held_accuracy": "percent",
}
EPOCHS_ROOM, ROOM, GAP, TIMES_ROOM = 8.0, 16.0, 8.0, 9.0  # characters of columns: a chart is as wide as three
SIZE = (276, 300)  # pixels of a chart
POINT = 0.75  # points of a pixel


def draw_history(lesson: Lesson, title: str) -> None:
    """The sheet."""
    history, words = lesson.history, lesson.words
    if history is None:
        raise ValueError("nothing is known of the training; ask the case before")
    sheet = lesson.book.add(title, freeze=BELOW, one_page=True)
    sheet.widths |= dict.fromkeys(range(1, len(COLUMNS) + 1), ROOM)
    epochs = characters(f"{history.epochs[-1]:,}")
    sheet.widths |= {1: max(EPOCHS_ROOM, epochs), len(COLUMNS) + 1: GAP, TIMES: TIMES_ROOM}
    kept = words("history.kept_at", epoch=history.best) if history.best else ""
    held = words("history.held" if history.held_loss else "history.unheld")
    about = words.joined("joined.sentences", filter(None, (held, kept)))
    draw_head(
        lesson, sheet, Head(words("history.title"), words("history.lead"), words("history.analogy"), about=about)
    )
    row = FIRST
    if history.filters:
        row = _draw_filters(lesson, sheet, history)
    used = sum(sheet.heights.get(r, ROW) for r in range(FIRST, row))
    sheet.heights[row] = max(ROW, SIZE[1] * POINT - used + ROW)  # the charts end above the table
    places = Curves(title, row + 1, len(history.epochs))
    sheet.print_rows = row
    sheet.grounds = dict.fromkeys(range(1, row + 1), "paper")  # on it LibreOffice draws no ends of pages
    _draw_table(lesson, sheet, history, places)
    for key, column in zip(("loss", "accuracy"), CHARTS, strict=True):
        _draw_chart(lesson, sheet, history, places, key, column)
    draw_links(lesson, sheet)


def _draw_table(lesson: Lesson, sheet: Sheet, history: History, places: Curves) -> None:
    """A line for each epoch."""
    for column, key in enumerate(COLUMNS, 1):
        values = getattr(history, key)
        if not values:
            continue
        head = lesson.words(f"history.{key}")
        sheet.text(places.row, column, head, "heading.right")
        sheet.widths[column] = max(sheet.widths[column], characters(head, bold=True))
        lesson.constant(f"history.{key}", places.column(key), list(map(float, values)))
        for number, value in enumerate(values):
            sheet.number(places.row + 1 + number, column, value, STYLES[key])


def _draw_chart(lesson: Lesson, sheet: Sheet, history: History, places: Curves, key: str, column: int) -> None:
    """The curve of the pictures that were learned from, that of those held out, and the epoch that was kept."""
    words, theme, x = lesson.words, lesson.theme, series(places.column("epochs"))
    lines = [Series(words("history.while"), series(places.column(key)), x, theme.chart_first, markers=_few(history))]
    shown = key
    if history.held_loss:
        shown = f"held_{key}"
        held = series(places.column(shown))
        lines.append(Series(words("history.after"), held, x, theme.chart_second, markers=_few(history), dash=True))
    if history.best:
        number = history.epochs.index(history.best)
        y, at = (series(places.at(one, number)) for one in (shown, "epochs"))
        lines.append(Series(words("history.kept"), y, at, theme.thread, line=False, markers=True))
    share = key == "accuracy"
    sheet.charts.append(
        Chart(
            "scatter",
            words(f"history.{key}_chart"),
            tuple(lines),
            a1(FIRST, column),
            SIZE,
            words(f"history.{key}_alt"),
            x_title=words("history.epoch_axis"),
            x_span=(0, None),
            y_span=(0, 1 if share else None),
            number_format="0 %" if share else "General",
        )
    )


def _few(history: History) -> bool:
    """Whether a curve of so few epochs would not be seen without marks."""
    return len(history.epochs) < 3


def _draw_filters(lesson: Lesson, sheet: Sheet, history: History) -> int:
    """A line of filters for each epoch, as coloured squares; returns the first row below them."""
    words = lesson.words
    shape = history.filters[0][1].shape
    places = Grown(sheet.title, shape, len(history.filters))
    side = places.side
    sheet.default_width = ceil(1000 * side / PIXELS_PER_CHARACTER) / 1000
    sheet.heights |= dict.fromkeys(range(TOP, TOP + places.rows), side * POINT)
    name = lesson.named.get(history.layer, history.layer)
    key = "history.filters_colour" if shape[1] > 1 else "history.filters"
    sheet.text(FIRST, TIMES, words(key, name=name), "note")
    for number in range(shape[0]):
        text = words("history.filter", number=number + 1)
        fits = pixels(text, 9) < side * places.pitch
        sheet.text(NAMES, places.left(number), text if fits else str(number + 1), "note")
    blocks = [places.filters(time) for time in range(len(history.filters))]
    for time, (epoch, weight) in enumerate(history.filters):
        top, height = places.row(time), shape[2]
        sheet.text(top, TIMES, words("history.epoch", number=epoch), "beside")
        if height > 1:
            sheet.merges.append(f"{a1(top, TIMES)}:{a1(top + height - 1, TIMES)}")
        lesson.constant(f"history.filters.{time}", blocks[time], weight)
        for index, _, row, column in blocks[time].walk():
            sheet.number(row, column, float(weight[index]), MINI)
    stops = signed_stops(lesson, np.array([weight for _, weight in history.filters]))
    add_scale(sheet, blocks[0], stops, *blocks[1:])
    return TOP + places.rows

"""Estimate how wide a text is, so that columns are wide enough for it and pages print all of it."""

from __future__ import annotations

from sheetnet.grid import MAX_COLUMNS, column_number
from sheetnet.workbook.book import Cell, Sheet
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER, pixels
from sheetnet.workbook.style import PLAIN, styles

MARGIN = 6  # pixels beside the text of a cell


def characters(text: str, size: float = 10, *, bold: bool = False) -> float:
    """Width of a column that holds a text."""
    return (pixels(text, size, bold=bold) + 8) / PIXELS_PER_CHARACTER


def column_pixels(width: float) -> int:
    """A column's width on the screen."""
    return int(width * PIXELS_PER_CHARACTER)


def columns_for(sheet: Sheet) -> int:
    """The last column that a printed text, a chart or a picture reaches into.

    Where a sheet says what its last printed column is, a text that begins behind it is not printed.
    """
    last, most = 1, sheet.print_columns or MAX_COLUMNS
    looks = styles(PLAIN)
    for row, entries in sheet.rows.items():
        if sheet.print_rows is not None and row > sheet.print_rows:
            continue
        end = MAX_COLUMNS + 1  # where the next thing to the right begins; a text is cut there
        for entry in sorted(entries, key=lambda e: e.column, reverse=True):
            text = entry.value if isinstance(entry, Cell) else 0.0
            style = looks[entry.style]
            if isinstance(text, str) and style.align in (None, "left") and entry.column <= most:
                room = pixels(text, style.size, bold=style.bold) + MARGIN
                column = entry.column
                while column < end - 1 and room > column_pixels(sheet.widths.get(column, sheet.default_width)):
                    room -= column_pixels(sheet.widths.get(column, sheet.default_width))
                    column += 1
                last = max(last, column)
            if text is not None:
                end = entry.column
    charts = [(chart.at, chart.size[0]) for chart in sheet.charts]
    for at, width in charts + [(at, size) for at, _, _, size in sheet.pictures]:
        column = column_number(at.rstrip("0123456789"))
        while width > column_pixels(sheet.widths.get(column, sheet.default_width)):
            width -= column_pixels(sheet.widths.get(column, sheet.default_width))
            column += 1
        last = max(last, column)
    return last


def fit_print(sheet: Sheet) -> None:
    """Print as many columns as the texts reach into. Call it once every formula has its value."""
    sheet.print_columns = max(sheet.print_columns or sheet.extent()[1], columns_for(sheet))

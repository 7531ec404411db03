"""Print a sheet of pictures as it is: on one page, or on as few as leave its smallest font legible.

A page ends where a row is blank and where no chart and no picture stands. Fonts that would be too small are enlarged.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from openpyxl.worksheet.pagebreak import Break, RowBreak
from openpyxl.worksheet.properties import PageSetupProperties

from sheetnet.printing.pages import LEAST, PAPER
from sheetnet.printing.source import UNSEEN, Source, larger

SMALLEST = 0.65  # a sheet that would have to be smaller to fit on one page gets several
WIDER = 1.06  # how much wider LibreOffice makes a column than Excel
EDGE = 8.0  # points of header and footer on paper
UNREAD = 4.0  # points of numbers that stand for a colour
GONE = 2.0  # points of a row whose links are left out
ROW = 15.0  # points of a row that has no height of its own
PIXEL = 9525  # English metric units
SPARE = 0.97


def print_whole(source: Source, paper: int) -> None:
    """Set the page of a sheet, and the fonts of its cells."""
    sheet = source.sheet
    for row in source.links:  # blank by now
        sheet.row_dimensions[row].height = GONE
    _, top, _, bottom = source.area
    heights = {row: _height(sheet, row) for row in range(top, bottom + 1)}
    wide, high = _room(sheet, paper)
    left, right = source.area[0], source.area[2]
    width = sum(source.widths.get(column, 64.0) for column in range(left, right + 1)) * WIDER * 0.75
    across = min(1.0, SPARE * wide / width)
    whole = min(across, SPARE * high / sum(heights.values()))
    scale = whole if whole >= min(SMALLEST, across) else across
    _enlarge(source, LEAST / (scale - 0.02))  # a spreadsheet scales by whole percents, and measures in its own way
    for part in (sheet.oddHeader.left, sheet.oddFooter.left, sheet.oddFooter.right):
        part.size = ceil(EDGE / scale)  # it is scaled as well
    setup = sheet.page_setup
    setup.fitToWidth, setup.fitToHeight = 1, 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=scale == whole)
    if scale != whole:
        setup.scale = int(scale * 100)
        sheet.row_breaks = RowBreak(brk=[Break(id=row) for row in _ends(source, heights, SPARE * high / scale)])


def _height(sheet: Any, row: int) -> float:
    if sheet.row_dimensions[row].hidden:
        return 0.0
    return float(sheet.row_dimensions[row].height or sheet.sheet_format.defaultRowHeight or ROW)


def _room(sheet: Any, paper: int) -> tuple[float, float]:
    """Points of a page in landscape, without margins."""
    short, long = PAPER[paper]
    margins = sheet.page_margins
    return (long - margins.left - margins.right) * 72, (short - margins.top - margins.bottom) * 72


def _ends(source: Source, heights: dict[int, float], room: float) -> list[int]:
    """The rows after which a page ends."""
    taken = {*source.rows, *(row for first, last in _drawings(source, heights) for row in range(first, last + 1))}
    ends: list[int] = []
    used, candidate, since = 0.0, 0, 0.0
    for row, height in heights.items():
        if used + height > room and candidate:
            ends.append(candidate)
            used, candidate = since, 0
        used, since = used + height, since + height
        if row not in taken:
            candidate, since = row, 0.0
    return ends


def _drawings(source: Source, heights: dict[int, float]) -> list[tuple[int, int]]:
    """The first and the last row of each chart and picture."""
    found = []
    for drawing in (*source.sheet._charts, *source.sheet._images):
        anchor = drawing.anchor
        first = anchor._from.row + 1
        if hasattr(anchor, "to"):
            found.append((first, anchor.to.row + 1))
            continue
        left, row = anchor.ext.height / PIXEL * 0.75, first
        while left > 0:
            left -= heights.get(row, ROW)
            row += 1
        found.append((first, row))
    return found


def _enlarge(source: Source, least: float) -> None:
    """Give every text at least so many points; numbers that nobody is to read show their colour only."""
    size = ceil(10 * least) / 10
    for row, columns in source.rows.items():
        for column in columns:
            cell = source.cells[row, column]
            if cell.value is None or cell.font.sz is None or cell.font.sz >= least:
                continue
            if cell.font.sz < UNREAD:
                cell.number_format = UNSEEN
            else:
                cell.font = larger(cell.font, size)

"""How a sheet is printed: landscape (a worksheet upright), one page wide, which rows are repeated, where a page ends.

A spreadsheet that fits a sheet to the width of a page cuts it wherever the page is full, even in the middle of a map.
So a sheet that says where it may be cut (``Sheet.breaks``) gets a scale of its own, at which its width and its
tallest part fit on A4 and on US Letter.

LibreOffice draws the ends of pages as dashes on the screen, even across titles, where a sheet has a print area or
rows that are repeated. Both stay: without the repeated rows the later pages of Dense and Flatten have no headings,
and without an area Close-up logit prints hundreds of rows that only help it.
"""

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from sheetnet.grid import a1
from sheetnet.workbook.book import ROW, Sheet

A4, LETTER = 9, 1  # as the file format numbers paper
SIDE, TOP, BOTTOM = 0.4, 0.65, 0.6  # margins in inches
# The smaller one of A4 (11.69 x 8.27 inches) and Letter (11 x 8.5), without margins, in pixels of 1/96 inch.
WIDTH, HEIGHT = (11.0 - 2 * SIDE) * 96, (8.27 - TOP - BOTTOM) * 96
SPARE = 0.96  # spreadsheets differ a little about the height of a row
NARROW = 0.93  # they differ more about the width of a column: LibreOffice's is up to 6 % wider than Excel's
LEAST = 0.10  # the smallest scale there is


def set_page(ws: Any, sheet: Sheet, *, letter: bool) -> None:
    """Page, margins, print area, repeated rows, header and footer."""
    ws.page_setup.orientation, ws.page_setup.paperSize = "landscape", LETTER if letter else A4
    ws.page_margins = PageMargins(left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM, header=0.3, footer=0.3)
    ws.oddFooter.left.text, ws.oddFooter.right.text = "&A", "&P / &N"
    ws.print_options.horizontalCentered = True
    if sheet.header:
        ws.oddHeader.left.text = sheet.header.replace("&", "&&")
    if sheet.hidden:
        return
    rows, columns = printed(sheet)
    ws.print_area = f"A1:{a1(rows, columns)}"
    ws.print_title_rows = None if sheet.one_page else sheet.repeat_rows
    if sheet.portrait:
        ws.page_setup.orientation, ws.page_setup.scale = "portrait", 100
        ws.page_setup.firstPageNumber, ws.page_setup.useFirstPageNumber = 1, True
        ws.oddFooter.right.text = "&P"  # each sheet is somebody else's
        for row in sheet.breaks:
            ws.row_breaks.append(Break(id=row))
        return
    plan = None if sheet.one_page else pages(sheet)
    if plan is None:
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, int(sheet.one_page)
        ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        return
    scale, breaks = plan
    ws.page_setup.scale = int(scale * 100)
    for row in breaks:
        ws.row_breaks.append(Break(id=row))


def printed(sheet: Sheet) -> tuple[int, int]:
    """The last row and the last column that are printed."""
    rows, columns = sheet.extent()
    return sheet.print_rows or rows, sheet.print_columns or columns


def pages(sheet: Sheet) -> tuple[float, list[int]] | None:
    """The scale, and the rows after which a page ends; None where no scale fits, or where the sheet has no breaks."""
    rows, columns = printed(sheet)
    ends = [row for row in sheet.breaks if row < rows]
    if not ends:
        return None
    width = sum(int(sheet.widths.get(c, sheet.default_width) * 7) for c in range(1, columns + 1))
    heights = [_pixels(sheet, a + 1, b) for a, b in zip([0, *ends], [*ends, rows], strict=True)]
    first, last = (int(end) for end in (sheet.repeat_rows or "1:0").split(":"))
    again = _pixels(sheet, first, last)
    scale = min(SPARE, NARROW * WIDTH / width, SPARE * HEIGHT / max(heights[0], *(again + h for h in heights[1:])))
    if scale < LEAST:
        return None
    breaks, used = [], heights[0]
    for end, height in zip(ends, heights[1:], strict=True):
        if (used + height) * scale > HEIGHT * SPARE:
            breaks.append(end)
            used = again
        used += height
    return scale, breaks


def _pixels(sheet: Sheet, first: int, last: int) -> float:
    return sum(sheet.heights.get(row, ROW) for row in range(first, last + 1)) * 96 / 72

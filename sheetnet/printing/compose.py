"""Compose the printing copy of a workbook: sheets of pages, and the sheets of pictures as they are.

file -> its sheets cut into pieces -> pieces laid out on pages -> a sheet for each page, among the sheets of the file

A sheet with a chart or a picture is printed as it is, see ``whole``. Every other sheet is hidden, and pages repeat
its cells: several maps on a page, lists in columns, and no row of links. The formulas of the file stay, so what is
printed is what LibreOffice calculates. The copy lives until it is printed: openpyxl drops every stored value, so
nobody else may get it.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from sheetnet.errors import WorkbookError
from sheetnet.printing.draw import draw_page
from sheetnet.printing.pages import PAPER, lay_out, size_of
from sheetnet.printing.pieces import pieces
from sheetnet.printing.source import Source
from sheetnet.printing.whole import print_whole
from sheetnet.workbook.read import Contents

A4 = 9


def compose(data: bytes, contents: Contents, titles: list[str], where: str, language: str = "") -> bytes:
    """The printing copy of a workbook that ``read`` has accepted. ``titles``: of the sheets that are printed.

    WorkbookError for a file that openpyxl cannot read; ``where`` names it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl says what it does not keep; a printing copy needs none of it
            book = load_workbook(BytesIO(data))
    # A file that was changed by hand makes openpyxl raise nearly every exception there is.
    except Exception as error:
        raise WorkbookError(
            f"{where}: its sheets cannot be laid out on pages; print them as they are with --all"
        ) from error
    # A sheet that is a chart (F11 in Excel) has no cells; it is printed as it is.
    celled = {sheet.title: sheet for sheet in book.worksheets}
    sources = [
        Source(celled[title], contents.grids[title], language)
        for title in contents.sheets
        if title in titles and title in celled
    ]
    group: list[Source] = []
    for source in sources:
        if source.drawn:
            _blank_links(source)
            print_whole(source, _paper(source))
            _draw_group(book, group)
            group = []
        else:
            group.append(source)
    _draw_group(book, group)
    shown = {source.title for source in sources if source.drawn}
    for title, sheet in celled.items():
        if title not in shown:
            sheet.sheet_state, sheet.print_area = "hidden", None
    for chart in book.chartsheets:
        if chart.title not in titles:
            chart.sheet_state = "hidden"
    book.active = next(book[title] for title in book.sheetnames if book[title].sheet_state == "visible")
    out = BytesIO()
    try:
        book.save(out)
    except OSError as error:  # openpyxl writes each sheet into a temporary file
        raise WorkbookError(
            f"{where}: no printing copy can be made ({error.strerror or error}); is there room for temporary files?"
        ) from error
    return out.getvalue()


def _draw_group(book: Any, group: list[Source]) -> None:
    """Pages for sheets that follow each other, behind the last of them."""
    if not group:
        return
    paper = _paper(group[0])
    width, _ = size_of(paper)
    header = next((text for one in group if (text := one.sheet.oddHeader.left.text)), "")
    place = book.index(group[-1].sheet) + 1
    for number, page in enumerate(lay_out((pieces(one, width) for one in group), paper)):
        sheet = book.create_sheet("page", place + number)
        draw_page(book, sheet, page, paper, header)


def _paper(source: Source) -> int:
    paper = int(source.sheet.page_setup.paperSize or A4)
    return paper if paper in PAPER else A4


def _blank_links(source: Source) -> None:
    for (row, _), cell in source.cells.items():
        if row in source.links:
            cell.value, cell.hyperlink = None, None

"""Draw a page as a sheet of the printing copy: each of its cells repeats a cell of the workbook, and looks like it.

Pieces below each other have columns of different widths. So a page has a column wherever a column of any piece
begins, and a cell that spans several of them is merged.
"""

from __future__ import annotations

from bisect import bisect_left
from copy import copy
from itertools import accumulate, groupby, pairwise
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from sheetnet.grid import a1, sheet_prefix
from sheetnet.printing.pages import BOTTOM, SIDE, TOP, Page
from sheetnet.printing.piece import LEFT_OUT, Piece
from sheetnet.printing.source import LEAST_SIZE, UNSEEN, Box, larger

DOTS = "…"
# LibreOffice measures the width of a column by the digits of Arial at 10 points, which Excel rounds to 7 pixels.
PIXELS_PER_CHARACTER = 7.41
LOST = 0.06  # pixels of a column that LibreOffice may lose, as it counts in hundredths of a millimetre
Extreme = tuple[str, tuple[Box, ...]]


def draw_page(book: Any, sheet: Any, page: Page, paper: int, header: str) -> None:
    """Fill a new sheet with what stands on a page, and say how it is printed."""
    edges = sorted({edge for shelf in page.shelves for left, piece in shelf.pieces for edge in _edges(left, piece)})
    for number, (a, b) in enumerate(pairwise(edges), 1):
        sheet.column_dimensions[_letters(number)].width = (b - a + LOST) / PIXELS_PER_CHARACTER
    row = 1
    extremes: dict[Extreme, str] = {}
    for shelf in page.shelves:
        if shelf.above:
            sheet.row_dimensions[row].height = shelf.above
            row += 1
        for number, height in enumerate(shelf.heights()):
            sheet.row_dimensions[row + number].height = height
        for left, piece in shelf.pieces:
            places = [bisect_left(edges, edge) + 1 for edge in _edges(left, piece)]
            _draw_piece(sheet, piece, row, places)
            _draw_formats(sheet, piece, row, places, len(edges) + 1, extremes)
        row += len(shelf.heights())
    _set_page(sheet, f"A1:{a1(row - 1, max(1, len(edges) - 1))}", paper, header, page)


def _edges(left: int, piece: Piece) -> list[int]:
    """The pixels where the columns of a piece begin, and where the last one ends."""
    return [left + end for end in accumulate(piece.widths, initial=0)]


def _draw_piece(sheet: Any, piece: Piece, top: int, places: list[int]) -> None:
    """``places``: the column of the page where each column of the piece begins, and where the last one ends."""
    source = piece.source
    for row, there in enumerate(piece.rows, top):
        if there == LEFT_OUT:
            sheet.cell(row, places[0]).value = DOTS
            continue
        used = [n for n, column in enumerate(piece.columns) if (there, column) in source.cells]
        used = [n for n in used if (there, piece.columns[n]) not in source.continued]
        for n, following in pairwise([*used, len(piece.columns)]):
            at = (there, piece.columns[n])
            new = sheet.cell(row, places[n])
            _repeat(new, source.cells[at], piece)
            end, need = n + 1, source.room(at) if source.text(at) is not None else 0.0
            while end < following and (
                (there, piece.columns[end]) in source.continued or sum(piece.widths[n:end]) < need
            ):
                end += 1
            if piece.wraps or (need and piece.lines(at, sum(piece.widths[n:end])) > 1):
                new.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
            elif piece.folds:
                new.alignment = Alignment(horizontal=new.alignment.horizontal, vertical="top")
            if places[end] - places[n] > 1:  # sheet.merge_cells() would give a style to every cell, one by one
                sheet.merged_cells.ranges.add(CellRange(f"{a1(row, places[n])}:{a1(row, places[end] - 1)}"))


def _repeat(new: Any, old: Any, piece: Piece) -> None:
    """Let a cell show what another one shows, in the same way."""
    new._style = copy(old._style)
    if piece.source.look(old).small:
        new.font = larger(old.font, LEAST_SIZE)
    if old.value is not None:
        computed = old.data_type == "f"
        if piece.unseen and not isinstance(piece.source.value((old.row, old.column)), str):
            new.number_format = UNSEEN
        new.value = f"={sheet_prefix(piece.source.title)}{old.coordinate}" if computed else old.value
        if not computed:
            new.data_type = old.data_type  # "=" at the beginning of a text makes no formula


def _draw_formats(
    sheet: Any, piece: Piece, top: int, places: list[int], spare: int, extremes: dict[Extreme, str]
) -> None:
    """Repeat colour scales and bars. A scale that ends at the largest number looks at all of its sheet's range."""
    rows = {there: number for number, there in enumerate(piece.rows, top) if there != LEFT_OUT}
    for ranges, rule in piece.source.formats:
        if rule.type not in ("colorScale", "dataBar") and not _constant(rule):
            continue
        found = [one for box in ranges for one in _shared(box, piece, rows, places)]
        if found and rule.type == "colorScale":
            found += _ends(sheet, piece, ranges, spare, extremes)
        if found:
            sheet.conditional_formatting.add(" ".join(found), copy(rule))


def _constant(rule: Rule) -> bool:
    """Whether a rule compares with a number alone, so that it can stand in another place."""
    texts = list(rule.formula or [])
    return rule.type == "cellIs" and all(_number(text) for text in texts)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shared(box: Box, piece: Piece, rows: dict[int, int], places: list[int]) -> list[str]:
    """Where on the page the cells of a range stand that belong to a piece."""
    left, top, right, bottom = box
    if right < piece.columns[0] or left > piece.columns[-1]:
        return []
    columns = [n for n, column in enumerate(piece.columns) if left <= column <= right]
    there = sorted(number for row, number in rows.items() if top <= row <= bottom)
    if not columns or not there:
        return []
    found = []
    for _, run in groupby(enumerate(there), key=lambda pair: pair[1] - pair[0]):
        lines = [number for _, number in run]
        found.append(f"{a1(lines[0], places[columns[0]])}:{a1(lines[-1], places[columns[-1] + 1] - 1)}")
    return found


def _ends(sheet: Any, piece: Piece, ranges: tuple[Box, ...], spare: int, extremes: dict[Extreme, str]) -> list[str]:
    """Two cells beside the page with the smallest and the largest number of some ranges."""
    prefix = sheet_prefix(piece.source.title)
    key = (prefix, ranges)
    if key not in extremes:
        row = 2 * len(extremes) + 1
        named = ",".join(f"{prefix}{a1(top, left)}:{a1(bottom, right)}" for left, top, right, bottom in ranges)
        sheet.cell(row, spare).value = f"=MIN({named})"
        sheet.cell(row + 1, spare).value = f"=MAX({named})"
        extremes[key] = f"{a1(row, spare)}:{a1(row + 1, spare)}"
    return [extremes[key]]


def _set_page(sheet: Any, area: str, paper: int, header: str, page: Page) -> None:
    sheet.print_area = area
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", paper
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM, header=0.25, footer=0.25)
    sheet.oddHeader.left.text = header or None
    sheet.oddFooter.left.text = ", ".join(page.titles).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


def _letters(column: int) -> str:
    return a1(1, column).rstrip("1")

"""The shell: all of a workbook but its cells, made by openpyxl.

openpyxl cannot write a formula together with its value, so ``write`` streams the cells into this shell. Styles are
numbered here, because the cells name them by number.
"""

from __future__ import annotations

import gc
import sys
import traceback
from io import BytesIO
from itertools import groupby, product
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import ColorScale, DataBar, FormatObject, Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.hyperlink import Hyperlink

from sheetnet.errors import WorkbookError
from sheetnet.layers.options import literal
from sheetnet.limits.folder import temporary_files_thrown_away
from sheetnet.workbook.book import ROW, Book, Sheet, reference
from sheetnet.workbook.look import Mark, Scale
from sheetnet.workbook.page import set_page
from sheetnet.workbook.style import FONT, Style, styles

NOTED_BY, NOTE = "sheetnet", (260, 110)  # the author of notes; width and height of one in pixels
NUMBER_FORMAT = 164  # the first number that a format of one's own may have


def make_shell(book: Book) -> tuple[bytes, dict[str, int]]:
    """The .xlsx of a book without its cells, and the number of each style."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    # Widths are counted in digits of this font. Arial is everywhere, or one of the same widths; Calibri is not.
    made._fonts = IndexedList([Font(name=FONT, size=10, family=2)])  # type: ignore[attr-defined]
    for sheet in book.sheets:
        made_sheet = made.create_sheet(sheet.title)
        _make_sheet(made_sheet, sheet, letter=book.letter)
        if sheet.charts:
            from sheetnet.workbook.charts import make_chart  # slow to import, and a book may have no charts

            for chart in sheet.charts:
                made_sheet.add_chart(make_chart(chart, book.value, book.font, book.theme))
    numbers = _number_styles(made, book)
    for name, first, last in sorted(book.names):
        made.defined_names[name] = DefinedName(name, hidden=True, attr_text=reference(first, last))
    for key, text in book.properties.items():
        made.custom_doc_props.append(StringProperty(name=key, value=text))  # type: ignore[attr-defined]
    made.calculation.fullCalcOnLoad = True
    out = BytesIO()
    try:
        with temporary_files_thrown_away():  # a build that is killed leaves none
            made.save(out)
    except OSError as error:  # openpyxl writes each sheet into a temporary file
        _let_go(error)
        raise WorkbookError(
            f"the workbook cannot be made ({error.strerror or error}); is there room for temporary files?"
        ) from error
    return out.getvalue(), numbers


def _let_go(error: OSError) -> None:
    """Drop what openpyxl has half written: it writes once more as it is dropped, and Python tells that it cannot."""
    told, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = told


def _number_styles(made: Any, book: Book) -> dict[str, int]:
    numbers = {}
    for row, (name, style) in enumerate({**styles(book.theme), **book.looks}.items(), 1):
        scratch = made.worksheets[0].cell(row, 1)  # its cells are replaced when the file is written
        _dress(scratch, style, book.font if style.words else FONT)
        numbers[name] = scratch.style_id
    return numbers


def _dress(cell: Any, style: Style, font: str) -> None:
    cell.font = Font(
        name=font,
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        color=style.color,
        underline="single" if style.underline else None,
    )
    cell.fill = PatternFill("solid", fgColor=style.fill) if style.fill else PatternFill()
    cell.alignment = Alignment(
        horizontal=style.align, vertical="bottom" if style.low else "center", indent=style.indent
    )
    cell.number_format = style.format
    if style.open:
        cell.protection = Protection(locked=False)
    side = Side("medium" if style.framed else "thin", color=style.border) if style.border else None
    cell.border = Border(side, side, side, side) if side else Border()


def _make_sheet(ws: Any, sheet: Sheet, *, letter: bool) -> None:
    ws.sheet_view.showGridLines = False
    ws.sheet_view.showRowColHeaders = sheet.headings
    ws.sheet_state = "hidden" if sheet.hidden else "visible"
    ws.sheet_properties.tabColor = sheet.tab_color
    _set_widths(ws, sheet)
    ws.freeze_panes = sheet.freeze
    ws.sheet_view.zoomScale = ws.sheet_view.zoomScaleNormal = sheet.zoom
    for pane in ws.sheet_view.selection:  # openpyxl gives each pane of a frozen sheet one of its own
        pane.activeCell = pane.sqref = sheet.selected
    for mark in sheet.marks:  # first: the order is that of their priority
        ws.conditional_formatting.add(" ".join(mark.ranges), _mark_rule(mark))
    for where, color in sheet.bars:
        ws.conditional_formatting.add(where, _bar_rule(color))
    for scale in sheet.scales:
        ws.conditional_formatting.add(" ".join(scale.ranges), _scale_rule(scale))
    for where, start, color in sheet.contrasts:
        ws.conditional_formatting.add(where, _contrast_rule(start, color))
    for where, target in sheet.links:
        ws[where].hyperlink = Hyperlink(ref=where, location=target)
    ws.merged_cells = _merged(sheet)
    for where, source in sheet.choices:
        validation = DataValidation("list", formula1=source, showErrorMessage=True)
        validation.add(where)
        ws.add_data_validation(validation)
    for where, least, most, message in sheet.limits:
        limit = DataValidation("whole", str(least), str(most), showErrorMessage=True, allow_blank=True, error=message)
        limit.add(where)
        ws.add_data_validation(limit)
    for where, lowest, highest, message in sheet.spans:
        ends = literal(lowest), literal(highest)
        span = DataValidation("decimal", *ends, showErrorMessage=True, allow_blank=True, error=message)
        span.add(where)
        ws.add_data_validation(span)
    if sheet.folded:
        ws.sheet_format.outlineLevelRow = 1
    ws.protection.sheet = sheet.locked
    for where, said in sheet.notes:
        ws[where].comment = Comment(said, NOTED_BY, height=NOTE[1], width=NOTE[0])
    for where, png, alt, pixels in sheet.pictures:
        _add_picture(ws, where, png, alt, pixels)
    set_page(ws, sheet, letter=letter)


def _merged(sheet: Sheet) -> MultiCellRange:
    """The merged ranges; openpyxl would compare each of them with all others."""
    taken: set[tuple[int, int]] = set()
    ranges = [CellRange(where) for where in sheet.merges]
    for one in ranges:
        cells = set(product(range(one.min_row, one.max_row + 1), range(one.min_col, one.max_col + 1)))
        if not taken.isdisjoint(cells):
            raise WorkbookError(f"{sheet.title}!{one.coord}: cells are merged twice; this is a defect of sheetnet")
        taken |= cells
    return MultiCellRange(ranges)


def _set_widths(ws: Any, sheet: Sheet) -> None:
    last = max(sheet.extent()[1], *sheet.widths, 1)  # a column under a chart may have no cells
    ws.sheet_format.defaultColWidth = sheet.default_width
    ws.sheet_format.defaultRowHeight, ws.sheet_format.customHeight = ROW, True
    widths = [sheet.widths.get(column, sheet.default_width) for column in range(1, last + 1)]
    start = 1
    for width, run in groupby(widths):  # one entry for neighbours of equal width: openpyxl is slow with many
        letter, end = get_column_letter(start), start + len(list(run)) - 1
        ws.column_dimensions[letter] = ColumnDimension(ws, index=letter, min=start, max=end, width=width)
        start = end + 1


def _contrast_rule(start: float, color: str) -> Rule:
    look = DifferentialStyle(font=Font(color=color))
    return Rule("cellIs", operator="greaterThanOrEqual", formula=[literal(float(f"{start:g}"))], dxf=look)


def _mark_rule(mark: Mark) -> Rule:
    look = DifferentialStyle()
    if mark.font or mark.bold:
        look.font = Font(color=mark.font, bold=mark.bold or None)
    if mark.fill:  # in a conditional format bgColor is the colour of a solid fill; some programs read fgColor
        look.fill = PatternFill("solid", fgColor=mark.fill, bgColor=mark.fill)
    if mark.border:
        side = Side("thin", color=mark.border)  # the only one that Excel knows here
        look.border = Border(side, side, side, side)
    if mark.format:
        look.numFmt = NumberFormat(NUMBER_FORMAT, mark.format)
    return Rule("expression", formula=[mark.formula], stopIfTrue=mark.stop, dxf=look)


def _bar_rule(color: str) -> Rule:
    ends = [FormatObject("num", 0), FormatObject("num", 1)]
    return Rule("dataBar", dataBar=DataBar(0, 100, True, ends, Color(color)))


def _scale_rule(scale: Scale) -> Rule:
    last = len(scale.stops) - 1
    points = [
        FormatObject("num", value) if value is not None else FormatObject("max" if i == last else "min")
        for i, (_, value) in enumerate(scale.stops)
    ]
    return Rule("colorScale", colorScale=ColorScale(points, [Color(color) for color, _ in scale.stops]))


def _add_picture(ws: Any, where: str, png: bytes, alt: str, pixels: int) -> None:
    picture = Image(BytesIO(png))
    factor = pixels / max(picture.width, picture.height)
    picture.width, picture.height = round(picture.width * factor), round(picture.height * factor)
    ws.add_image(picture, where)

"""A sheet of the file as paper sees it: which of its cells show something, and how wide what they show is.

What stands outside of the print area is not printed, and neither are folded rows, a row of links, which lead nowhere
on paper, and sentences about the screen (``said``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.utils import range_boundaries

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS
from sheetnet.printing.said import on_paper
from sheetnet.values import Value
from sheetnet.workbook.measure import PIXELS_PER_CHARACTER, pixels
from sheetnet.workbook.reading.grid import Grid

PADDING = 3.0  # pixels of a cell beside what it shows
BESIDE = 6.0  # pixels of the head of a column beside its words, so that those of two heads do not touch
KNOWN = ("Arial", "Liberation Sans", None)
REPLACED = 1.15  # letters of the font that LibreOffice puts in the place of a Chinese one are wider
SAFE = 1.03  # an estimated width is a little too small for some words
LEAST_SIZE = 8.2  # points: smaller fonts become as large
UNSEEN = ";;;"  # the format of a cell that shows its colour only
LINE = 1.17  # how much higher than its font a row is
LONGEST = 4  # digits of a number without a format of its own; a spreadsheet shows what fits
DIGIT = 556  # thousandths of the size of the font; other signs of numbers are wider or narrower
SIGNS = {"-": 333, "+": 584, ".": 278, ",": 278, "%": 889, "E": 667}
Box = tuple[int, int, int, int]  # first column, first row, last column, last row
_DECIMALS = re.compile(r"\.([0#]+)")


@dataclass(frozen=True, slots=True)
class Look:
    """What the style of a cell says. ``painted``: a blank cell shows its fill or border; ``free``: text flows on."""

    size: float
    bold: bool
    code: str
    free: bool
    painted: bool
    filled: bool
    known: bool  # its font is one whose widths are known, or has them
    small: bool  # its font is enlarged


class Source:
    """One sheet of the file. ``grid``: its stored values; ``language``: of its words."""

    def __init__(self, sheet: Any, grid: Grid, language: str = "") -> None:
        self.sheet, self._grid = sheet, grid
        self._said: dict[tuple[int, int], str | None] = {}
        self._say(language)
        self._looks: dict[int, Look] = {}
        self.area = _area(sheet)  # first column, first row, last column and last row that are printed
        first_column, first_row, last_column, last_row = self.area
        self.cells: dict[tuple[int, int], Any] = {
            (row, column): cell
            for (row, column), cell in sorted(sheet._cells.items())
            if first_row <= row <= last_row
            and first_column <= column <= last_column
            and not isinstance(cell, MergedCell)
            and not sheet.row_dimensions[row].hidden
            and (cell.value is not None or self.look(cell).painted)
        }
        self.widths = _widths(sheet, max(last_column, sheet.max_column))
        self.formats: list[tuple[tuple[Box, ...], Any]] = [  # conditional formats: ranges and rule
            (tuple(map(_box, str(one.sqref).split())), rule)
            for one in sheet.conditional_formatting
            for rule in one.rules
        ]
        self.rows: dict[int, list[int]] = {}  # the columns of the cells in each row, ascending
        for row, column in self.cells:
            self.rows.setdefault(row, []).append(column)
        self.continued = set(self._continued())  # blank cells that the words of a filled one before them run on into
        self.links = [row for row in self.rows if self._leads_only(row)]
        for row in self.links:
            del self.rows[row]

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.sheet.title)

    @property
    def one_page(self) -> bool:
        """Whether all of it is to stand on one page."""
        fits = self.sheet.sheet_properties.pageSetUpPr
        return bool(fits and fits.fitToPage and self.sheet.page_setup.fitToHeight in (1, None))

    @property
    def drawn(self) -> bool:
        """Whether it is a picture rather than numbers: with a chart, a picture, or digits that do not show."""
        unseen = any(self.look(cell).code == UNSEEN for cell in self.cells.values())
        return bool(self.sheet._charts or self.sheet._images) or unseen

    @property
    def repeated(self) -> int | None:
        """The head of its list: the one row that is printed on every page; None where it has no list."""
        rows = re.findall("[0-9]+", self.sheet.print_title_rows or "")
        return int(rows[0]) if len(rows) == 2 and rows[0] == rows[1] else None

    def look(self, cell: Any) -> Look:
        """What the style of a cell says."""
        number = cell.style_id
        if number not in self._looks:
            font, edges = cell.font, cell.border
            filled = cell.fill.fill_type not in (None, "none")
            sides = (edges.left, edges.right, edges.top, edges.bottom)
            bordered = any(side is not None and side.style for side in sides)
            free = cell.alignment.horizontal in (None, "general", "left") and not filled and not bordered
            size = float(font.sz or 10)
            shown = max(LEAST_SIZE, size), bool(font.b), cell.number_format
            known = font.name in KNOWN
            self._looks[number] = Look(*shown, free, filled or bordered, filled, known, size < LEAST_SIZE)
        return self._looks[number]

    def value(self, at: tuple[int, int]) -> Value:
        """What a cell shows, as the file has it."""
        found = self._said[at] if at in self._said else self._grid.value(*at)
        return None if found == "" else found

    def text(self, at: tuple[int, int]) -> str | None:
        """A text that stands in a cell and may flow on to the right; None where there is no such text."""
        value = self.value(at)
        free = self.look(self.cells[at]).free or (at[0], at[1] + 1) in self.continued
        return value if isinstance(value, str) and free else None

    def room(self, at: tuple[int, int]) -> float:
        """Pixels that a cell needs for what it shows."""
        value, look = self.value(at), self.look(self.cells[at])
        if value is None:
            return 0.0
        if isinstance(value, str):
            needed = pixels(value, look.size, bold=look.bold) * (SAFE if look.known else REPLACED)
            return needed + (PADDING if look.free else BESIDE)
        return sum(SIGNS.get(sign, DIGIT) for sign in _shown(value, look.code)) / 750 * look.size + PADDING

    def height(self, at: tuple[int, int]) -> float:
        """Points that a cell needs."""
        return self.look(self.cells[at]).size * LINE

    def _say(self, language: str) -> None:
        """Change what is said of the screen."""
        for (row, column), cell in self.sheet._cells.items():
            value = None if isinstance(cell, MergedCell) or cell.value is None else self._grid.value(row, column)
            if isinstance(value, str) and value and (said := on_paper(value, language)) != value.strip():
                cell.value = self._said[row, column] = said or None

    def _continued(self) -> Iterator[tuple[int, int]]:
        for row, columns in self.rows.items():
            before = None
            for column in columns:
                cell = self.cells[row, column]
                blank = self.value((row, column)) is None
                if blank and before and before.column == column - 1 and before.style_id == cell.style_id:
                    yield row, column
                    before = cell
                    continue
                said = isinstance(self.value((row, column)), str) and cell.alignment.horizontal in (
                    None,
                    "general",
                    "left",
                )
                before = cell if said else None

    def _leads_only(self, row: int) -> bool:
        """Whether a row has nothing but links. A link on a tile of a colour is a label as well."""
        cells = [cell for column in self.rows[row] if (cell := self.cells[row, column]).value is not None]
        return bool(cells) and all(cell.hyperlink is not None and not self.look(cell).filled for cell in cells)


def larger(font: Any, size: float) -> Any:
    """The same font in another size."""
    changed = copy(font)
    changed.sz = size
    return changed


def _area(sheet: Any) -> Box:
    """What is printed."""
    ranges = list(sheet._print_area.ranges)  # the text that tells it has the title of the sheet, with any commas
    if len(ranges) != 1:
        return 1, 1, sheet.max_column, sheet.max_row
    left, top, right, bottom = ranges[0].bounds
    return left, top, right, bottom


def _box(reference: str) -> Box:
    left, top, right, bottom = range_boundaries(reference)
    return int(left or 1), int(top or 1), int(right or MAX_COLUMNS), int(bottom or MAX_ROWS)


def _widths(sheet: Any, most: int) -> dict[int, float]:
    """The width of each column up to the last one that matters, in pixels."""
    default = sheet.sheet_format.defaultColWidth or sheet.sheet_format.baseColWidth or 8
    found = dict.fromkeys(range(1, most + 1), float(default))
    for span in sheet.column_dimensions.values():
        if span.min is not None and span.customWidth:
            found |= dict.fromkeys(range(span.min, min(span.max, most) + 1), float(span.width))
    return {column: width * PIXELS_PER_CHARACTER for column, width in found.items()}


def _shown(value: Value, code: str) -> str:
    """A number as its format shows it, or a text that is as long."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if "E" in code:
        return "-0.0E+00" if value < 0 else "0.0E+00"
    if code == "General":
        return f"{value:.0f}" if float(value).is_integer() else f"{value:.{LONGEST}g}"
    match = _DECIMALS.search(code)
    decimals = len(match[1]) if match else 0
    if match and "#" in match[1]:
        return f"{value:.{decimals}f}".rstrip("0")
    if "%" in code:
        return f"{value * 100:.{decimals}f}{'%' if code.endswith('0%') else ' %'}"
    return f"{value:{',' if ',' in code else ''}.{decimals}f}"

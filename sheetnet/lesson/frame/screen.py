"""What lies on the first screen of a sheet, by arithmetic, and the zoom at which a sheet opens.

A screen of 1366x768 shows about 1266x460 pixels of cells at 100 %: LibreOffice leaves this width, Excel's ribbon this
height. LibreOffice makes columns a tenth wider than the file says, but not the texts in them.
"""

from __future__ import annotations

from openpyxl.utils.cell import coordinate_to_tuple

from sheetnet.grid import Anchor, Block, a1
from sheetnet.lesson.frame.measure import column_pixels
from sheetnet.workbook.book import ROW, Sheet

STRETCH = 1.11  # how much wider LibreOffice makes a column
WIDTH, HEIGHT = 1266 / STRETCH, 460  # pixels of cells
ZOOMS = (100, 90, 80, 75, 70, 65, 60)  # percent; below the last one the words of a head cannot be read
LEAST_READ = 70  # percent at which numbers in squares can be read


def reach(sheet: Sheet, row: int, column: int) -> tuple[float, float]:
    """How far a cell reaches to the right and down from the corner of its sheet, in pixels at 100 %."""
    across = sum(column_pixels(sheet.widths.get(c, sheet.default_width)) for c in range(1, column + 1))
    return across, sum(sheet.heights.get(r, ROW) for r in range(1, row + 1)) * 96 / 72


def shows(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a cell lies wholly on the first screen, at the zoom at which the sheet opens."""
    across, down = reach(sheet, row, column)
    return across * sheet.zoom / 100 <= WIDTH and down * sheet.zoom / 100 <= HEIGHT


def open_with(sheet: Sheet, *blocks: Block) -> bool:
    """Open a sheet at the largest zoom at which some cells lie on the first screen, or at the smallest there is.

    Returns whether they lie there.
    """
    corners = [last for block in blocks for _, last in block.rectangles() if last.sheet == sheet.title]
    row, column = max(at.row for at in corners), max(at.column for at in corners)
    return any(shows(sheet, row, column) for sheet.zoom in ZOOMS)


def open_whole(sheet: Sheet, *blocks: Block) -> None:
    """The same; where they do not lie there even at the smallest zoom, nothing is made smaller."""
    if not open_with(sheet, *blocks):
        sheet.zoom = ZOOMS[0]


def fit(sheet: Sheet, *cells: Anchor) -> None:
    """Open a sheet at the largest zoom at which some cells lie on its first screen, if it can be read there."""
    row, column = max(at.row for at in cells), max(at.column for at in cells)
    for sheet.zoom in (zoom for zoom in ZOOMS if zoom >= LEAST_READ):
        if shows(sheet, row, column):
            return
    sheet.zoom = ZOOMS[0]


def fit_charts(sheet: Sheet) -> None:
    """Open a sheet at the largest zoom at which its charts end on the first screen, or at the smallest there is."""
    places = [coordinate_to_tuple(chart.at) for chart in sheet.charts]
    widths = [chart.size[0] for chart in sheet.charts]
    right = max(reach(sheet, row, column - 1)[0] + wide for (row, column), wide in zip(places, widths, strict=True))
    sheet.zoom = next((zoom for zoom in ZOOMS if right * zoom / 100 <= WIDTH), ZOOMS[-1])


def select(sheet: Sheet, at: Anchor, otherwise: str) -> None:
    """Select a cell when the sheet is opened, or another one where it does not lie on the first screen."""
    sheet.selected = a1(at.row, at.column) if shows(sheet, at.row, at.column) else otherwise

"""Where things stand on the sheet Charts: two charts beside the panel, and below it the numbers that they show."""

from __future__ import annotations

from sheetnet.grid import Block, a1
from sheetnet.layout.places import down
from sheetnet.layout.plan import FIRST
from sheetnet.layout.sheets.panel import RIGHT

POINTS, BINS = 40, 17  # BINS is odd, so that 0 is the middle of one
BEFORE, AFTER, EDGE = 3, 4, 5  # columns of the tables, behind their labels
TABLE = FIRST + 18  # the row of the heads of the points
HISTOGRAM = TABLE + POINTS + 3  # that of the heads of the bins
BEND = TABLE + POINTS + BINS + 5  # the first row of the line that the points lie on
LISTS = BEND + 3  # the row where the lists of the panel begin
CHARTS = (RIGHT, RIGHT + 1)  # the columns of the two charts, each as wide as its chart
CURVE_CHART, HISTOGRAM_CHART = (a1(FIRST, column) for column in CHARTS)


def points(title: str, column: int) -> Block:
    """A column of the table of points; that of the labels has which number of the layer it is."""
    return down(title, TABLE + 1, column, POINTS)


def bins(title: str, column: int) -> Block:
    """A column of the table of bins; that of the labels has the middle of each."""
    return down(title, HISTOGRAM + 1, column, BINS)


def bend(title: str, column: int) -> Block:
    """A column of the line: its ends, and where it bends."""
    return down(title, BEND, column, 3)

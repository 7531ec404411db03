"""Charts of cells. openpyxl writes which cells a chart shows, and this module adds the values that these cells hold.

    <c:f>Softmax!$E$10:$E$12</c:f><c:numCache>... <c:v>0.25</c:v> ...</c:numCache>

openpyxl writes the reference alone. Excel's Protected View, Quick Look and the previews of mail programs draw a chart
from these cached values, and show an empty frame without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, ScatterChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumFmt,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as BarSeries
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.descriptors import Typed
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.drawing.text import RichTextProperties as BodyProperties
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.units import pixels_to_EMU

from sheetnet.workbook.book import Scalar
from sheetnet.workbook.look import Chart, Series
from sheetnet.workbook.reading.references import parse_reference
from sheetnet.workbook.style import FONT, PLAIN, THEMES
from sheetnet.workbook.text import clean, coded, numbers

GRID, AXIS, FRAME, PAPER = "FFE3E8ED", "FF98A2AD", "FFD9DFE5", "FFFFFFFF"
TITLE, NAME, TICK = 14.0, 11.0, 10.0  # points: title; names of axes and series; numbers and categories
GAP = 60  # % of a bar between two categories
MARKERS = ("circle", "square", "triangle", "diamond", "x")  # one for each series, for readers who see no colours
UPWARDS = -5_400_000  # a quarter turn to the left, in 60,000ths of a degree

Lookup = Callable[[str, int, int], Scalar | None]  # sheet, row, column -> what the cell shows


class Pen(NamedTuple):
    """What the words of a chart are written with: a font, and colours for large and for small ones."""

    font: str
    ink: str
    quiet: str


def make_chart(chart: Chart, value: Lookup, font: str = FONT, theme: str = PLAIN) -> Any:
    """``chart`` as openpyxl writes it, with the values of its cells. ValueError where a series names no range."""
    pen = Pen(font, THEMES[theme].ink, THEMES[theme].quiet)
    made = _scatter(chart, value) if chart.kind == "scatter" else _bars(chart, value, pen)
    made.title = _title(chart.title, pen, TITLE, bold=True) if chart.title.strip() else None
    made.legend = _legend(pen) if len(chart.series) > 1 else None
    made.graphical_properties = GraphicalProperties(solidFill=_rgb(PAPER), ln=_line(FRAME, 0.75))
    made.roundedCorners = False
    made.visible_cells_only = False  # a reader may hide the rows that a chart shows
    horizontal = chart.kind == "bar"
    _set_axis(made.x_axis, "l" if horizontal else "b", chart.x_title, pen, line=True)
    _set_axis(made.y_axis, "b" if horizontal else "l", chart.y_title, pen, line=chart.kind == "scatter")
    made.y_axis.scaling.min, made.y_axis.scaling.max = chart.y_span
    made.y_axis.numFmt = NumFmt(chart.number_format, sourceLinked=False)
    if chart.kind == "scatter":
        made.x_axis.scaling.min, made.x_axis.scaling.max = chart.x_span
    row, column = coordinate_to_tuple(chart.at)
    width, height = map(pixels_to_EMU, chart.size)
    made.anchor = OneCellAnchor(AnchorMarker(column - 1, 0, row - 1, 0), XDRPositiveSize2D(width, height))
    return made


def _bars(chart: Chart, value: Lookup, pen: Pen) -> Any:
    made: Any = BarChart(gapWidth=GAP, overlap=0, varyColors=False)
    made.type = "bar" if chart.kind == "bar" else "col"
    if chart.kind == "bar":  # the first category on top; "max" keeps the axis of the numbers at the bottom
        made.x_axis.scaling.orientation, made.y_axis.crosses = "maxMin", "max"
    made.x_axis.majorGridlines, made.x_axis.noMultiLvlLbl = None, True
    made.x_axis.auto = False  # categories are names, and never dates
    made.y_axis.crossBetween = "between"
    for number, series in enumerate(chart.series):
        one = BarSeries(number, number, SeriesLabel(v=coded(series.title).strip()))
        one.spPr = GraphicalProperties(solidFill=_rgb(series.color), ln=_no_line())
        if series.dash:
            hatch = PatternFillProperties("wdUpDiag", _choice(series.color), _choice(PAPER))
            one.spPr = GraphicalProperties(pattFill=hatch, ln=_line(series.color, 1))
        one.invertIfNegative = False  # else Excel draws negative bars white
        one.cat, one.val = _categories(series, value), NumDataSource(_numbers_of(series.values, value))
        one.dLbls = _labels(chart, pen) if chart.labels else None
        made.append(one)
    return made


def _scatter(chart: Chart, value: Lookup) -> Any:
    made: Any = ScatterChart(scatterStyle="lineMarker", varyColors=False)
    made.y_axis.crossBetween = "midCat"
    made.x_axis.crossBetween = "midCat"
    made.x_axis.numFmt = NumFmt("General", sourceLinked=False)
    for number, series in enumerate(chart.series):
        one = XYSeries(number, number, SeriesLabel(v=coded(series.title).strip()))
        line = _line(series.color, 2.25, "dash" if series.dash else "solid")
        one.spPr = GraphicalProperties(ln=line if series.line else _no_line())
        one.marker = _marker(number, series) if series.markers else Marker("none")
        one.smooth = False
        one.xVal = AxDataSource(numRef=_numbers_of(series.x, value))
        one.yVal = NumDataSource(_numbers_of(series.values, value))
        made.append(one)
    return made


def _marker(number: int, series: Series) -> Any:
    symbol: Any = MARKERS[number % len(MARKERS)]
    rim = _line(series.color, 1.5) if symbol == "x" else _line(PAPER, 0.75)  # a pale rim parts crowded points
    return Marker(symbol, 8, GraphicalProperties(solidFill=_rgb(series.color), ln=rim))


def _set_axis(axis: Any, side: str, name: str, pen: Pen, *, line: bool) -> None:
    axis.delete = False  # openpyxl leaves it open, and Excel then hides the axis
    axis.axPos = side
    if axis.majorGridlines is not None:
        axis.majorGridlines.spPr = GraphicalProperties(ln=_line(GRID, 0.75))
    axis.title = _title(name, pen, NAME, turn=side == "l") if name.strip() else None
    axis.majorTickMark = axis.minorTickMark = "none"
    # Labels stand at the edge, also where values are negative. The low end of a bar chart's categories is on top.
    axis.tickLblPos = "nextTo" if axis.crosses == "max" else "low"
    axis.spPr = GraphicalProperties(ln=_line(AXIS, 1) if line else _no_line())
    axis.txPr = _look(pen, TICK)


def _legend(pen: Pen) -> Any:
    return Legend("b", overlay=False, txPr=_look(pen, NAME))


class _Labels(DataLabelList):
    """Labels with a number format of their own, which openpyxl's cannot have and LibreOffice needs."""

    numFmt: Any = Typed(expected_type=NumFmt, allow_none=True)  # noqa: N815
    __nested__ = tuple(name for name in DataLabelList.__nested__ if name != "numFmt")
    __elements__ = DataLabelList.__elements__


def _labels(chart: Chart, pen: Pen) -> Any:
    shown: Any = _Labels(dLblPos="outEnd", txPr=_look(pen, TICK), showVal=True)
    shown.numFmt = NumFmt(chart.label_format or chart.number_format, sourceLinked=False)
    # A program shows each of these unless the file says no.
    shown.showLegendKey = shown.showCatName = shown.showSerName = shown.showPercent = shown.showBubbleSize = False
    return shown


# The values


def _categories(series: Series, value: Lookup) -> Any:
    found = _values(series.x, value)
    if not any(isinstance(v, str) for v in found):
        return AxDataSource(numRef=_numbers_of(series.x, value))
    texts = [v if isinstance(v, str | None) else numbers([float(v)], exact=False)[0] for v in found]
    points = [StrVal(i, coded(t).strip()) for i, t in enumerate(texts) if t is not None]
    return AxDataSource(strRef=StrRef(series.x, StrData(len(found), points)))


def _numbers_of(where: str, value: Lookup) -> Any:
    found = _values(where, value)
    points = []
    for i, v in enumerate(found):
        if isinstance(v, int | float):
            point = NumVal(i)
            point.__dict__["v"] = numbers([float(v)], exact=False)[0]  # openpyxl would write 16 digits
            points.append(point)
    return NumRef(where, NumData("General", len(found), points))


def _values(where: str, value: Lookup) -> list[Scalar | None]:
    """What the cells of a range show, row by row; None for a blank one."""
    span = parse_reference(where)
    if span is None:
        raise ValueError(f"{where!r} is not a range such as Softmax!$E$10:$E$12")
    first, last = span
    columns = range(first.column, last.column + 1)
    return [value(first.sheet, row, column) for row in range(first.row, last.row + 1) for column in columns]


# The looks


def _title(text: str, pen: Pen, size: float, *, bold: bool = False, turn: bool = False) -> Any:
    """A title of rich text: always what it says, never a reference."""
    look = _characters(pen, size, bold=bold)
    lines = [
        Paragraph(ParagraphProperties(defRPr=look), r=[RegularTextRun(look, line.strip())])
        for line in clean(text).strip().splitlines()
    ]
    body = BodyProperties(rot=UPWARDS if turn else 0, vert="horz")
    return Title(Text(rich=RichText(body, p=lines)), Layout(), overlay=False)


def _look(pen: Pen, size: float) -> Any:
    """The style of text that the spreadsheet program writes itself: numbers, categories, the legend."""
    text = Paragraph(ParagraphProperties(defRPr=_characters(pen, size)), CharacterProperties(lang="en-US"), r=[])
    return RichText(BodyProperties(), p=[text])


def _characters(pen: Pen, size: float, *, bold: bool = False) -> Any:
    color = pen.ink if size > TICK else pen.quiet
    made: Any = CharacterProperties(sz=round(size * 100), b=bold, solidFill=_rgb(color))
    made.latin, made.ea = Font(pen.font), Font(pen.font)  # ea: Chinese, which else falls back to the theme's font
    return made


def _line(color: str, points: float, dash: Any = "solid") -> Any:
    return LineProperties(w=round(points * 12_700), solidFill=_rgb(color), prstDash=dash)


def _no_line() -> Any:
    made: Any = LineProperties(noFill=True)
    made.prstDash = None  # openpyxl's default is "solid", and Gnumeric then draws a line all the same
    return made


def _choice(color: str) -> Any:
    made: Any = ColorChoice()
    made.srgbClr = _rgb(color)
    return made


def _rgb(color: str) -> str:
    """ARGB or RGB -> RGB, as charts want it."""
    return color[-6:]

"""What lies over the cells of a sheet: colour scales, marks, charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Scale:
    """A colour scale over ranges. ``stops``: (colour, its value), from least to most; None for the min or the max."""

    ranges: list[str]
    stops: list[tuple[str, float | None]]


@dataclass(slots=True)
class Mark:
    """A conditional format for the cells of ranges in which a formula is true.

    ``formula``: without "=", as the first cell writes it. A mark comes before every scale and bar; with ``stop``
    Excel applies none of these to its cells. LibreOffice draws scales and bars over the fill of a mark, but its
    border and its font over them: so a mark needs a border or a font.
    """

    ranges: list[str]
    formula: str
    fill: str | None = None
    font: str | None = None
    bold: bool = False
    border: str | None = None  # colour of a thin line around the cell
    format: str | None = None  # of its number
    stop: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers in a chart.

    ``values`` and ``x`` are absolute ranges, such as ``Softmax!$E$10:$E$12``; ``x`` holds the categories of a bar or
    column chart, the x values of a scatter chart.
    """

    title: str  # in the legend
    values: str
    x: str
    color: str
    line: bool = True  # scatter: joined by a line
    markers: bool = False  # scatter: a mark at each point
    dash: bool = False  # a dashed line, a hatched bar: so that no meaning is by colour alone


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of cells. The bars of a "bar" chart are horizontal, with the first category on top.

    x is the axis of the categories and y that of the values, also in a bar chart, which draws y across.
    """

    kind: Literal["bar", "column", "scatter"]
    title: str
    series: tuple[Series, ...]
    at: str  # address of its upper left corner
    size: tuple[int, int]  # pixels, width and height
    alt: str
    x_title: str = ""
    y_title: str = ""
    x_span: tuple[float | None, float | None] = (None, None)  # fixed ends of the axis; for scatter charts only
    y_span: tuple[float | None, float | None] = (None, None)
    number_format: str = "General"  # of the values: at their axis, and at the bars
    label_format: str = ""  # at the bars, where it is another one
    labels: bool = False  # whether its value stands at every bar

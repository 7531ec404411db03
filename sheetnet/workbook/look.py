"""What lies over the cells of a sheet: colour scales, marks, charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Scale:
    """A colour scale over ranges: (colours from least to most, the fixed value of each or None for min / max)."""

    ranges: list[str]
    stops: list[tuple[str, float | None]]


@dataclass(slots=True)
class Mark:
    """A look for the cells of ranges where a formula (without its "=", written for the first cell) holds.

    It comes before every scale and bar, and with ``stop`` Excel keeps those out of its cells. LibreOffice draws
    them over the fill, and the border and the font over both: a mark needs one of these two.
    """

    ranges: list[str]
    formula: str
    fill: str | None = None
    font: str | None = None
    bold: bool = False
    border: str | None = None  # colour of a thin line around the cell
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
    """A chart of cells. A bar lies, the first category on top; a column stands.

    x is the axis of the categories, y the axis of the values, also where a bar chart draws them the other way round.
    """

    kind: Literal["bar", "column", "scatter"]
    title: str
    series: tuple[Series, ...]
    at: str  # address of its upper left corner
    size: tuple[int, int]  # pixels, width and height
    alt: str
    x_title: str = ""
    y_title: str = ""
    x_span: tuple[float | None, float | None] = (None, None)  # fixed ends of the axis; of a scatter chart only
    y_span: tuple[float | None, float | None] = (None, None)
    number_format: str = "General"  # of the values: at their axis and at the bars
    labels: bool = False  # the value at every bar

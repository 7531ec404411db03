"""The charts on a sheet: which cells each of them draws."""

from __future__ import annotations

from types import MappingProxyType

from sheetnet.workbook.reading.grid import Chart
from sheetnet.workbook.reading.package import Package, Relations
from sheetnet.workbook.reading.tree import Attributes, Tree

_CHARTS = (
    "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "http://purl.oclc.org/ooxml/drawingml/chart",
)
MAX_CHARTS = 2_000  # on a sheet
_VALUES, _CATEGORIES = ("val", "yVal"), ("cat", "xVal")


def read_charts(package: Package, sheet: str, drawing: str | None) -> list[Chart]:
    """The charts of a sheet, in the order in which its drawing has them. ``drawing``: its Id among the sheet's."""
    if drawing is None:
        return []
    part = package.target(package.relations(sheet), drawing, "drawing")
    shapes = Drawing(package, part)
    shapes.parse()
    links = package.relations(part) if shapes.charts else Relations()
    charts = []
    for one in shapes.charts:
        chart = ChartPart(package, package.target(links, one, "chart"))
        chart.parse()
        charts.append(chart.chart)
    return charts


class Drawing(Tree):
    """What lies over a sheet. ``charts``: the Ids of its charts."""

    root = "wsDr"
    spaces = (
        "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    )
    others = MappingProxyType(dict.fromkeys(_CHARTS, "c:"))
    weighty = frozenset()

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.charts: list[str] = []

    def begin(self, path: str, attributes: Attributes) -> None:
        """A frame holds a chart."""
        if path.endswith("/c:chart") and (one := self.link(attributes)) is not None:
            self.charts.append(one)
            if len(self.charts) > MAX_CHARTS:
                self.package.refuse(f"its part {self.part} shows more than {MAX_CHARTS:,} charts")


class ChartPart(Tree):
    """A chart: the references of its series."""

    root = "chartSpace"
    spaces = _CHARTS
    weighty = frozenset({"ser", "f"})

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.chart = Chart()
        self._text: list[str] | None = None
        self._what = ""
        self._found: dict[str, str] = {}

    def begin(self, path: str, attributes: Attributes) -> None:
        """A series begins, or what it draws."""
        if path.endswith("/ser"):
            self._found = {}
        elif path.endswith("/f"):
            *_, what, _, _ = ("", "", *path.split("/"))
            self._what, self._text = what, []

    def text(self, text: str) -> None:
        """A piece of a reference."""
        if self._text is not None:
            self.keep(self._text, text)

    def end(self, path: str) -> None:
        """A reference is complete, or a series."""
        if path.endswith("/f") and self._text is not None:
            self._found[self._what] = "".join(self._text)
            self._text = None
        elif path.endswith("/ser"):
            pair = [
                next((self._found[own] for own in names if own in self._found), "")
                for names in (_VALUES, _CATEGORIES)
            ]
            self.chart.series.append((pair[0], pair[1]))

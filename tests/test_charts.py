"""Charts, bars and marks: live references with true caches, axes that are seen, words that stay words."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import surgery
from PIL import Image
from writing import formula

from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, Block
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.book import Book
from sheetnet.workbook.look import Chart, Mark, Scale, Series
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

NAMES = ["Cat", "=1+1", "狗 <&\"'>", "_x0041_"]
VALUES = [0.1 + 0.2, 1 / 3, -2.5e-7, 8.50000000000001]
BLUE, RED = "FF1F6FB5", "C0392B"
SPACE = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "d": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
}


def _series(title: str = "Now", **options: object) -> Series:
    return replace(Series(title, "'a b'!$B$2:$B$5", "'a b'!$A$2:$A$5", BLUE), **options)  # type: ignore[arg-type]


def _chart(kind: str = "bar", *series: Series, **options: object) -> Chart:
    chart = Chart(kind, "Title", series or (_series(),), "D2", (480, 300), "a chart")  # type: ignore[arg-type]
    return replace(chart, **options)  # type: ignore[arg-type]


def _book(*charts: Chart) -> Book:
    book = Book("charts")
    sheet = book.add("a b")
    for i, (name, value) in enumerate(zip(NAMES, VALUES, strict=True)):
        sheet.text(2 + i, 1, name)
        formula(sheet, 2 + i, 2, f"C{2 + i}", value)
    sheet.tensor(Block((4,), (Anchor("a b", 8, 1),), ((0, 1),)), np.arange(4.0), "number")
    sheet.charts += charts
    return book


def _parts(path: Path, book: Book) -> dict[str, ElementTree.Element]:
    save(book, path / "x.xlsx", force=True)
    content = surgery.parts(path / "x.xlsx")
    return {name: ElementTree.fromstring(data) for name, data in content.items() if name.endswith(".xml")}


def _drawn(path: Path, *charts: Chart) -> ElementTree.Element:
    return _parts(path, _book(*charts))["xl/charts/chart1.xml"]


def _vals(root: ElementTree.Element, where: str) -> list[str | None]:
    return [found.get("val") for found in root.iterfind(where, SPACE)]


def _texts(root: ElementTree.Element, where: str) -> list[str | None]:
    return [found.text for found in root.iterfind(where, SPACE)]


@pytest.mark.parametrize("kind", ["bar", "column", "scatter"])
def test_both_axes_are_seen_and_the_title_lies_on_nothing(tmp_path: Path, kind: str) -> None:
    root = _drawn(tmp_path, _chart(kind, x_title="x", y_title="y"))
    assert _vals(root, ".//c:plotArea/*/c:delete") == ["0", "0"]
    assert set(_vals(root, ".//c:overlay")) == {"0"}
    assert _vals(root, "c:roundedCorners") == ["0"]
    assert _texts(root, ".//a:t") == ["Title", "x", "y"]
    assert {font.get("typeface") for font in root.iterfind(".//a:latin", SPACE)} == {"Arial"}


def test_the_caches_hold_the_values_as_the_cells_write_them(tmp_path: Path) -> None:
    root = _drawn(tmp_path, _chart(number_format="0%", labels=True))
    assert _texts(root, ".//c:val//c:f") == ["'a b'!$B$2:$B$5"]
    assert _texts(root, ".//c:val//c:v") == ["0.3", "0.333333333333333", "-2.5e-07", "8.50000000000001"]
    assert _vals(root, ".//c:val//c:ptCount") == ["4"]
    assert _texts(root, ".//c:cat//c:v") == [*NAMES[:3], "_x005F_x0041_"]
    formats = [f.attrib for f in root.iterfind(".//c:numFmt", SPACE)]
    assert formats == [{"formatCode": "0%", "sourceLinked": "0"}] * 2


def test_a_blank_cell_is_a_gap_in_the_cache(tmp_path: Path) -> None:
    root = _drawn(tmp_path, _chart("scatter", _series(values="'a b'!$A$8:$F$8", x="'a b'!$A$8:$F$8")))
    for where in ("xVal", "yVal"):
        assert _vals(root, f".//c:{where}//c:ptCount") == ["6"]
        assert _texts(root, f".//c:{where}//c:v") == ["0", "1", "2", "3"]


def test_numbers_can_be_categories(tmp_path: Path) -> None:
    root = _drawn(tmp_path, _chart("column", _series(x="'a b'!$A$8:$D$8")))
    assert _texts(root, ".//c:cat/c:numRef//c:v") == ["0", "1", "2", "3"]


def test_the_first_category_of_a_bar_chart_is_on_top_and_its_numbers_are_below(tmp_path: Path) -> None:
    root = _drawn(tmp_path, _chart("bar", y_span=(0, 1)))
    assert _vals(root, ".//c:barDir") == ["bar"]
    assert _vals(root, ".//c:catAx/c:scaling/c:orientation") == ["maxMin"]
    assert _vals(root, ".//c:valAx/c:crosses") == ["max"]
    assert _vals(root, ".//c:valAx/c:tickLblPos") == ["nextTo"]
    assert [_vals(root, f".//c:valAx/c:scaling/c:{end}") for end in ("min", "max")] == [["0"], ["1"]]


def test_two_series_stand_side_by_side_with_a_legend_and_differ_by_more_than_colour(tmp_path: Path) -> None:
    one = _drawn(tmp_path, _chart("column"))
    assert one.find(".//c:legend", SPACE) is None
    two = _drawn(tmp_path, _chart("column", _series(), _series("Then", color=RED, dash=True)))
    assert _vals(two, ".//c:legend/c:legendPos") == ["b"]
    assert (_vals(two, ".//c:grouping"), _vals(two, ".//c:overlap")) == (["clustered"], ["0"])
    assert _vals(two, ".//c:ser/c:spPr/a:solidFill/a:srgbClr") == ["1F6FB5"]
    assert _vals(two, ".//c:ser/c:spPr/a:pattFill/a:fgClr/a:srgbClr") == [RED]
    assert set(_vals(two, ".//c:invertIfNegative")) == {"0"}


def test_lines_are_straight_and_each_series_has_its_own_mark_and_dash(tmp_path: Path) -> None:
    series = [_series(str(i), markers=i != 2, dash=i == 1, line=i != 3) for i in range(4)]
    root = _drawn(tmp_path, _chart("scatter", *series, x_span=(-1, None)))
    assert _vals(root, ".//c:scatterStyle") == ["lineMarker"]
    assert set(_vals(root, ".//c:smooth")) == {"0"}
    assert _vals(root, ".//c:marker/c:symbol") == ["circle", "square", "none", "diamond"]
    assert _vals(root, ".//c:ser/c:spPr/a:ln/a:prstDash") == ["solid", "dash", "solid"]
    assert len(root.findall(".//c:ser/c:spPr/a:ln/a:noFill", SPACE)) == 1
    assert _vals(root, ".//c:scaling/c:min") == ["-1"]


@pytest.mark.parametrize("kind", ["bar", "column", "scatter"])
@pytest.mark.parametrize("title", ["", " ", "A title"])
def test_a_chart_without_a_title_gets_none_from_excel(tmp_path: Path, kind: str, title: str) -> None:
    root = _drawn(tmp_path, _chart(kind, title=title))
    assert _vals(root, "c:chart/c:autoTitleDeleted") == ([] if title.strip() else ["1"])
    first = root.find("c:chart", SPACE)[0].tag.rpartition("}")[2]
    assert first == ("title" if title.strip() else "autoTitleDeleted")


@pytest.mark.parametrize("title", ["=1+1", "<&\"'>", "训练之后", "'a b'!$B$2", "two\nlines", "a\x00b\ud800", " \t "])
def test_a_title_is_what_it_says_whatever_it_says(tmp_path: Path, title: str) -> None:
    chart = _chart("column", _series(title), _series("Then"), title=title, alt=title, x_title=title)
    parts = _parts(tmp_path, _book(chart))
    root = parts["xl/charts/chart1.xml"]
    clean = title.replace("\x00", "\ufffd").replace("\ud800", "\ufffd").strip()
    shown = clean.splitlines()
    assert _texts(root, ".//a:t") == shown * 2
    assert root.find(".//c:tx/c:strRef", SPACE) is None
    assert _texts(root, ".//c:ser/c:tx/c:v")[1] == "Then"
    assert (_texts(root, ".//c:ser/c:tx/c:v")[0] or "") == clean
    assert b"xml:space" not in surgery.parts(tmp_path / "x.xlsx")["xl/charts/chart1.xml"]


def test_every_picture_and_chart_has_its_own_alternative_text(tmp_path: Path) -> None:
    png = BytesIO()
    Image.new("RGB", (4, 4)).save(png, "PNG")
    book = _book(_chart(alt="chart 1"), _chart(alt='chart "2"'))
    first = book.sheets[0]
    book.add("nothing drawn")
    book.add("only a picture").pictures.append(("A1", png.getvalue(), "picture 3", 10))
    first.pictures += [("H1", png.getvalue(), "picture 1", 10), ("H2", png.getvalue(), "picture <2>", 10)]
    parts = _parts(tmp_path, book)
    one, two = (parts[f"xl/drawings/drawing{n}.xml"] for n in (1, 2))
    charts = [e.get("descr") for e in one.iterfind(".//d:graphicFrame//d:cNvPr", SPACE)]
    pictures = [e.get("descr") for e in one.iterfind(".//d:pic//d:cNvPr", SPACE)]
    assert charts == ["chart 1", 'chart "2"']
    assert pictures == ["picture 1", "picture <2>"]
    assert [e.get("descr") for e in two.iterfind(".//d:cNvPr", SPACE)] == ["picture 3"]


def test_a_chart_has_its_place_and_its_size(tmp_path: Path) -> None:
    root = _parts(tmp_path, _book(_chart()))["xl/drawings/drawing1.xml"]
    assert (_texts(root, ".//d:from/d:col"), _texts(root, ".//d:from/d:row")) == (["3"], ["1"])
    assert [e.attrib for e in root.iterfind("*/d:ext", SPACE)] == [{"cx": str(480 * 9525), "cy": str(300 * 9525)}]


def test_the_same_charts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        save(_book(_chart("bar"), _chart("scatter"), _chart("column")), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_is_no_range_is_a_defect_and_what_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a range"):
        save(_book(_chart("bar", _series(values="B2:B5"))), tmp_path / "x.xlsx")
    book = _book(_chart())
    formula(book.sheets[0], 2, 3, "1", float("nan"))
    book.sheets[0].charts.append(_chart("bar", _series(values="'a b'!$C$2")))
    with pytest.raises(WorkbookError, match="too large, or none"):
        save(book, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_book_without_charts_does_not_wait_for_them() -> None:
    script = "import sys, sheetnet.workbook.write; print('sheetnet.workbook.charts' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_marks_come_before_bars_and_bars_before_scales(tmp_path: Path) -> None:
    book = _book()
    sheet = book.sheets[0]
    sheet.scales.append(Scale(["B2:B5"], [("FFFFFFFF", None), (BLUE, None)]))
    sheet.bars.append(("B2:B5", BLUE))
    sheet.marks.append(Mark(["B2:B5", "D2"], "AND(B2>0,B2<1)", fill="FFFFF4C2", bold=True, border="FF9C2A00"))
    sheet.marks.append(Mark(["B2:B5"], "B2=1", font="FF9C2A00", stop=False))
    parts = _parts(tmp_path, book)
    rules = parts["xl/worksheets/sheet1.xml"].findall(".//s:cfRule", SPACE)
    found = sorted((int(r.get("priority", "0")), r.get("type"), r.get("stopIfTrue")) for r in rules)
    assert [kind for _, kind, _ in found] == ["expression", "expression", "dataBar", "colorScale"]
    assert [stop in ("1", "true") for _, _, stop in found] == [True, False, False, False]
    [bar] = parts["xl/worksheets/sheet1.xml"].findall(".//s:dataBar", SPACE)
    assert [(e.get("type"), e.get("val")) for e in bar.iterfind("s:cfvo", SPACE)] == [("num", "0"), ("num", "1")]
    assert (bar.get("minLength"), bar.get("maxLength")) == ("0", "100")
    fill, *_ = parts["xl/styles.xml"].iterfind(".//s:dxf//s:bgColor", SPACE)
    assert fill.get("rgb") == "FFFFF4C2"


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
def test_the_file_is_read_by_us_and_by_others(tmp_path: Path, needs: Callable[[str], None], engine: str) -> None:
    needs(engine)
    book = _book(_chart("bar"), _chart("scatter"), _chart("column", _series(), _series("Then", dash=True)))
    sheet = book.sheets[0]
    for i, value in enumerate(VALUES):
        sheet.number(2 + i, 3, value)
    sheet.bars.append(("B2:B5", BLUE))
    sheet.marks.append(Mark(["B2:B5"], "B2>0.3", bold=True))
    save(book, tmp_path / "x.xlsx")
    data = (tmp_path / "x.xlsx").read_bytes()
    [fresh] = recalculate(engine, [data], time.monotonic() + 60)
    for source in (data, fresh):
        cells = read(source, "x").cells["a b"]
        assert [float(cells[2 + i, 2].value or 0) for i in range(4)] == pytest.approx(VALUES, rel=1e-14)
    (tmp_path / "fresh.xlsx").write_bytes(fresh)
    charts = [name for name in surgery.parts(tmp_path / "fresh.xlsx") if name.startswith("xl/charts/chart")]
    assert len(charts) == 3

"""The pages of a handout repeat every cell that is worth printing, once: read back from the printing copy."""

from __future__ import annotations

import re
import time
import warnings
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import surgery
from conftest import SAMPLES
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.utils.cell import range_boundaries
from sight import Sight

import sheetnet
from sheetnet.grid import Block, a1
from sheetnet.printing.compose import compose
from sheetnet.printing.printed import left_out_of, worth_printing
from sheetnet.printing.source import Source
from sheetnet.workbook.read import read
from sheetnet.workbook.reading.grid import Grid

ASTRONAUT = SAMPLES / "astronaut.png"
REPEATS = re.compile(r"=(?:'((?:[^']|'')+)'|(\w+))!([A-Z]+[0-9]+)")
Told = tuple[Counter[tuple[str, str]], Counter[str]]  # cells whose formulas are told; texts and numbers


def opened(data: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(BytesIO(data))


def written(value: Any) -> str:
    """A text or number in one spelling; openpyxl writes 16 digits of a number."""
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)


def composed(path: Path, *titles: str) -> bytes:
    data = path.read_bytes()
    return compose(data, read(data, "it", time.monotonic() + 60), list(titles), "it")


def repeated(data: bytes) -> Told:
    """What the pages of a printing copy tell."""
    cells: Counter[tuple[str, str]] = Counter()
    given: Counter[str] = Counter()
    for sheet in opened(data).worksheets:
        if sheet.sheet_state != "visible":
            continue
        _, _, last, _ = range_boundaries(sheet.print_area.rpartition("!")[2])
        for cell in (cell for row in sheet.iter_rows(max_col=last) for cell in row if cell.value is not None):
            if cell.data_type == "f":
                found = REPEATS.fullmatch(cell.value)
                assert found is not None, cell.value
                cells[(found[1] or found[2]).replace("''", "'"), found[3]] += 1
            else:
                given[written(cell.value)] += 1
    return cells, given


def content(path: Path, *titles: str) -> tuple[Told, Told]:
    """What sheets say where they are printed, without their row of links; then the same of the heads of lists."""
    book = opened(path.read_bytes())
    found: tuple[Told, Told] = (Counter(), Counter()), (Counter(), Counter())
    for title in titles:
        sheet = book[title]
        left, top, right, bottom = range_boundaries(sheet.print_area.rpartition("!")[2])
        head = (sheet.print_title_rows or "").replace("$", "").partition(":")[0]
        for row in sheet.iter_rows(top, bottom, left, right):
            cells = [cell for cell in row if cell.value is not None]
            if all(cell.hyperlink for cell in cells):
                continue
            for cell in cells:
                for told in found[: 1 + (str(cell.row) == head and cell.row > 1)]:
                    if cell.data_type == "f":
                        told[0][title, cell.coordinate] += 1
                    else:
                        told[1][written(cell.value)] += 1
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def build(name: str, photo: Path | None = None, **options: Any) -> Path:
        path = tmp_path_factory.mktemp("composed") / f"{name}.xlsx"
        sheetnet.build(photo, path, engine=None, **options)
        return path

    return build


@pytest.mark.parametrize(("language", "titles"), [("en", ("Conv", "Dense")), ("zh", ("卷积", "全连接"))])
def test_every_cell_of_a_layer_stands_on_the_pages_once(
    built: Callable[..., Path], language: str, titles: tuple[str, ...]
) -> None:
    """Only the head of a list is told again, over each of its columns."""
    path = built("by-hand", template="by-hand", language=language)
    (cells, given), (heads, names) = content(path, *titles)
    told, said = repeated(composed(path, *titles))
    assert len(cells) > 80
    assert set(heads) | set(names)
    assert set(told) == set(cells)
    assert set(said) == set(given)
    assert {cell: count for cell, count in told.items() if count > 1}.keys() <= heads.keys()
    assert {value for value in said if said[value] != given[value]} <= names.keys()


@pytest.mark.thorough
def test_a_map_is_printed_whole_however_high_it_is(built: Callable[..., Path]) -> None:
    path = built("high", ASTRONAUT, size=64)
    titles = "Rescale", "Conv1"
    (cells, given), _ = content(path, *titles)
    assert len(cells) > 7 * 64 * 64
    assert repeated(composed(path, *titles)) == (cells, given)


def test_of_a_long_stack_the_ends_are_printed_and_all_of_the_map_beside_it(built: Callable[..., Path]) -> None:
    path = built("rows", ASTRONAUT, size=(30, 12), layout="rows")
    blocks = Sight(path).plan.blocks
    told, _ = repeated(composed(path, "Conv1"))
    for name, every in (("view.conv1.chosen.out", True), ("conv1.out", False)):
        cells = {("Conv1", at) for at in cells_of(blocks[name])}
        assert (cells <= told.keys()) is every
        assert cells & told.keys()
    assert max(told.values()) == 1


def cells_of(block: Block) -> list[str]:
    """The addresses of the cells of a tensor."""
    return [a1(at.row, at.column) for at in (block.cell(*index) for index in np.ndindex(block.shape))]


# Sheets that are not ours


def with_a_chart_sheet(path: Path, out: Path) -> Path:
    """The same workbook with a chart on a sheet of its own before all others, as F11 in Excel makes it."""
    other = Workbook()
    chart = LineChart()
    chart.add_data(Reference(other.worksheets[0], range_string="Start!$A$1:$A$9"))
    other.create_chartsheet("Chart1").add_chart(chart)
    other.save(out)
    made, parts = surgery.parts(out), surgery.parts(path)
    kind = "application/vnd.openxmlformats-officedocument."
    kinds = ""
    for name, what in (
        ("chartsheets/sheet1", "spreadsheetml.chartsheet"),
        ("drawings/drawing1", "drawing"),
        ("charts/chart1", "drawingml.chart"),
    ):
        new = f"xl/{name.replace('1', '77')}.xml"
        parts[new] = made[f"xl/{name}.xml"]
        kinds += f'<Override PartName="/{new}" ContentType="{kind}{what}+xml"/>'
    for folder, name in (("chartsheets", "sheet"), ("drawings", "drawing")):
        rels = made[f"xl/{folder}/_rels/{name}1.xml.rels"].decode()
        rels = rels.replace("drawing1", "drawing77").replace("chart1", "chart77")
        parts[f"xl/{folder}/_rels/{name}77.xml.rels"] = rels.encode()
    place = '"http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    link = f'<Relationship Id="own" Type={place}/chartsheet" Target="/xl/chartsheets/sheet77.xml"/></Relationships>'
    surgery.swapped(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", link)
    entry = f'<sheet xmlns:r={place}" name="Chart1" sheetId="977" r:id="own"/></sheets>'
    surgery.swapped(parts, "xl/workbook.xml", "</sheets>", entry)
    surgery.swapped(parts, "[Content_Types].xml", "</Types>", f"{kinds}</Types>")
    return surgery.save(out, parts)


def visible(data: bytes, where: Path) -> list[str]:
    """The sheets that are not hidden, as the file says it: openpyxl takes a hidden chart for a visible one."""
    where.write_bytes(data)
    listed = re.findall(r"<sheet [^>]*>", surgery.parts(where)["xl/workbook.xml"].decode())
    titles = surgery.titles(surgery.parts(where))
    shown = [title for title, entry in zip(titles, listed, strict=True) if 'state="hidden"' not in entry]
    assert titles[opened(data)._active_sheet_index] in shown
    return shown


@pytest.mark.thorough
def test_a_sheet_that_is_a_chart_is_printed_as_it_is(built: Callable[..., Path], tmp_path: Path) -> None:
    path = with_a_chart_sheet(built("by-hand", template="by-hand"), tmp_path / "chart.xlsx")

    def printed(*titles: str) -> list[str]:
        copy = worth_printing(path.read_bytes(), titles or None, "it", time.monotonic() + 60)
        return visible(copy, tmp_path / "copy.xlsx")

    assert {"Start", "Chart1"} <= set(printed())
    assert len(printed()) > 5
    assert printed("Chart1") == ["Chart1"]
    assert printed("Conv") == ["page"]


@pytest.mark.parametrize("aside", [5, None, "Checks", {"a": 1}, [None, 5, "nothing"]])
def test_a_record_whose_list_of_sheets_to_leave_out_is_none_leaves_nothing_out(
    built: Callable[..., Path], tmp_path: Path, aside: Any
) -> None:
    path = built("by-hand", template="by-hand")
    parts = surgery.parts(path)
    surgery.write_record(parts, surgery.read_record(parts) | {"aside": aside})
    changed = read(surgery.save(tmp_path / "x.xlsx", parts).read_bytes(), "it")
    assert left_out_of(read(path.read_bytes(), "it"), "it") > {"Checks"}
    assert left_out_of(changed, "it") == set()


@pytest.mark.parametrize(
    ("printed", "area"),
    [("A1:B2", (1, 1, 2, 2)), ("B3", (2, 3, 2, 3)), ("A1:B2,C3:D4", (1, 1, 7, 9)), (None, (1, 1, 7, 9))],
)
@pytest.mark.parametrize("title", ["plain", "light, shade", "a!b, 'c'"])
def test_what_is_printed_of_a_sheet_does_not_hang_on_its_title(title: str, printed: str | None, area: Any) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.print_area = title, printed
    sheet["A1"], sheet["G9"] = "first", "last"
    out = BytesIO()
    book.save(out)
    assert Source(opened(out.getvalue()).worksheets[0], Grid()).area == area

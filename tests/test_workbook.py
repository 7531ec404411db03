"""The file: true values, the same bytes, what Excel accepts, and what it holds around the cells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import surgery
import zoo
from conftest import SAMPLES
from writing import formula

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, a1
from sheetnet.lesson.build import make_book, write
from sheetnet.workbook.book import Book
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

EVERY = [*zoo.ZOO, *zoo.BARE, "by-hand", "detective", "in rows"]
FUNCTIONS = {
    *(
        "AVERAGE",
        "ISLOGICAL",
        "SUMPRODUCT",
        "SUM",
        "SUMIF",
        "SUMSQ",
        "SUMXMY2",
        "SQRT",
        "POWER",
        "PI",
        "ABS",
        "ROUND",
        "INT",
        "MOD",
        "MAX",
        "MIN",
        "EXP",
        "LN",
        "TANH",
        "NORMSDIST",
    ),
    *(
        "IF",
        "IFERROR",
        "ISERROR",
        "AND",
        "OR",
        "EXACT",
        "ISNUMBER",
        "CHOOSE",
        "INDEX",
        "MATCH",
        "COUNT",
        "COUNTBLANK",
        "COUNTIF",
        "LARGE",
        "SMALL",
        "REPT",
    ),
}
ORDER = (  # of the elements of a sheet
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "mergeCells"),
    "conditionalFormatting",
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks"),
    *("colBreaks", "ignoredErrors", "drawing"),
)


# What is in the file


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
@pytest.mark.parametrize("name", EVERY)
def test_every_formula_of_every_sheet_carries_its_true_value(
    made: dict[str, Path], by_engine: Callable[[str, str], bytes], name: str, engine: str
) -> None:
    ours = read(made[name].read_bytes(), name)
    theirs = read(by_engine(engine, name), engine)
    compared = 0
    for title, other in zip(ours.sheets, theirs.sheets, strict=True):
        for at, cell in ours.cells[title].items():
            if cell.formula is None:
                continue
            found = theirs.cells[other][at].value
            compared += 1
            if isinstance(cell.value, str):  # Gnumeric joins 0.1 to a text as 0.10000000000000001
                said, numbers = apart(cell.value)
                theirs_said, theirs_numbers = apart(found or "")
                assert theirs_said == said, f"{title}!{a1(*at)}"
                assert theirs_numbers == pytest.approx(numbers, abs=1e-9), f"{title}!{a1(*at)}"
            else:
                assert isinstance(cell.value, float)
                assert found == pytest.approx(cell.value, rel=1e-9, abs=1e-9), f"{title}!{a1(*at)}"
    assert compared > 10


def apart(text: str) -> tuple[str, list[float]]:
    """A sentence without its numbers, and the numbers."""
    pattern = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
    return re.sub(pattern, "#", text), [float(n) for n in re.findall(pattern, text)]


@pytest.mark.parametrize("name", EVERY)
def test_the_package_keeps_to_what_excel_accepts(made: dict[str, Path], name: str) -> None:
    content = surgery.parts(made[name])
    workbook = content["xl/workbook.xml"].decode()
    assert 'fullCalcOnLoad="1"' in workbook
    names = [n for n in re.findall(r'<definedName name="([^"]*)"', workbook) if not n.startswith("_xlnm.")]
    assert len({n.lower() for n in names}) == len(names)
    titles = surgery.titles(content)
    assert all(0 < len(t) <= 31 and not re.search(r"[\[\]:*?/\\']", t) for t in titles)
    for part in [p for p in content if p.startswith("xl/worksheets/sheet")]:
        text = content[part].decode()
        for cell in re.findall(r"<c [^>]*>.*?</c>", text):
            formula = re.search(r"<f>(.*?)</f>", cell)
            if formula:
                assert re.search(r"<v>[^<]", cell) or ('t="str"' in cell and "<v></v>" in cell), cell
                assert len(formula[1]) <= 8192
                assert set(re.findall(r"([A-Z]+)\(", formula[1])) <= FUNCTIONS, cell
        assert "<f " not in text, "shared or array formula"
        rows = [int(r) for r in re.findall(r'<row r="(\d+)"', text)]
        assert rows == sorted(set(rows))


@pytest.mark.parametrize("name", EVERY)
def test_excel_is_told_that_nothing_is_wrong_with_the_formulas(made: dict[str, Path], name: str) -> None:
    content = surgery.parts(made[name])
    for part in [p for p in content if p.startswith("xl/worksheets/sheet")]:
        text = content[part].decode()
        used = re.search(r'<dimension ref="([^"]*)"', text)
        told = re.findall(
            r'<ignoredError sqref="([^"]*)" numberStoredAsText="1" formula="1" formulaRange="1"/>', text
        )
        assert told == ([used[1]] if used and "<f>" in text else []), part
        order = [e.tag.rpartition("}")[2] for e in ElementTree.fromstring(text)]
        assert order == sorted(order, key=ORDER.index), part


def test_a_sheet_without_formulas_says_nothing_of_them(tmp_path: Path) -> None:
    book = Book("x")
    book.add("numbers").number(1, 1, 2.0)
    formula(book.add("formulas"), 3, 2, "1+1", 2.0)
    save(book, tmp_path / "x.xlsx")
    content = surgery.parts(tmp_path / "x.xlsx")
    assert b"ignoredErrors" not in content["xl/worksheets/sheet1.xml"]
    assert b'<ignoredError sqref="A1:B3"' in content["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize("name", EVERY)
def test_the_names_of_cells_are_hidden(made: dict[str, Path], name: str) -> None:
    workbook = surgery.parts(made[name])["xl/workbook.xml"].decode()
    own = [n for n in re.findall(r"<definedName [^>]*>", workbook) if "_xlnm." not in n]
    assert own
    assert all('hidden="1"' in n for n in own)


@pytest.mark.parametrize(
    "name",
    [
        *("A1", "a1.bias", "fc1.out", "xfd9.x", "R", "r.out", "C.weight.1", "RC.x", "R1C1.out", "c1_x", "R2D2.x"),
        *("True.out", "FALSE", "1.x", ".x", "", "a b", "a-b", "a" * 256),
    ],
)
def test_a_name_that_a_spreadsheet_would_take_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(WorkbookError, match="is no name for cells"):
        Book("x").name(name, Anchor("S", 1, 1), Anchor("S", 1, 1))


@pytest.mark.parametrize(
    "name", ["sheetnet.A1.bias", "sheetnet.R", "conv1.out.2", "abcd1.x", "Red.x", "cell", "trues", "_1", "卷积.out"]
)
def test_other_names_are_kept(name: str) -> None:
    book = Book("x")
    book.name(name, Anchor("S", 1, 1), Anchor("S", 2, 3))
    assert book.names == [(name, Anchor("S", 1, 1), Anchor("S", 2, 3))]


@pytest.mark.parametrize("title", ["Conv 1", "CONV 1", "conv 1"])
def test_two_sheets_of_one_title_are_a_defect(title: str) -> None:
    book = Book("x")
    book.add("Conv 1")
    with pytest.raises(WorkbookError, match="two sheets would have the title"):
        book.add(title)
    assert len(book.sheets) == 1


def test_the_threshold_of_a_colour_is_a_number_that_any_spreadsheet_reads(tmp_path: Path) -> None:
    book = Book("x")
    book.add("S").contrasts.append(("A1:B2", 0.0000125, "FFFFFFFF"))
    save(book, tmp_path / "x.xlsx")
    assert b"<formula>0.0000125</formula>" in surgery.parts(tmp_path / "x.xlsx")["xl/worksheets/sheet1.xml"]


def test_nothing_of_the_building_machine_gets_into_the_file(made: dict[str, Path]) -> None:
    with zipfile.ZipFile(made["detective"]) as package:
        for info in package.infolist():
            data = package.read(info)
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.extract_version < 45, "ZIP64"
            for secret in (
                str(made["detective"].parent),
                str(SAMPLES),
                os.environ.get("USER") or "no user",
                "openpyxl",
            ):
                assert secret.encode() not in data, (info.filename, secret)


@pytest.mark.parametrize("name", ["by-hand", "detective", "ten channels, so rows by itself"])
def test_the_same_inputs_give_the_same_bytes(made: dict[str, Path], tmp_path: Path, name: str) -> None:
    again = tmp_path / "again.xlsx"
    if name == "detective":
        script = "import sheetnet, sys; sheetnet.build(sys.argv[1], 'again.xlsx', label='Astronaut', engine=None)"
        environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
        command = [sys.executable, "-c", script, str(SAMPLES / "astronaut.png")]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    elif name == "by-hand":
        sheetnet.build(None, again, template="by-hand", engine=None)
    else:
        write(zoo.case(name), again)
    assert again.read_bytes() == made[name].read_bytes()


# What it holds around the cells


def test_the_order_of_the_sheets_is_the_story(made: dict[str, Path]) -> None:
    content = surgery.parts(made["detective"])
    titles = surgery.titles(content)
    assert titles[:5] == ["Start", "Network", "Photo", "Red", "Green"]
    assert titles[-9:-7] == ["Loss", "Close-up"]
    assert titles[-5] == "Practice"
    assert titles[-2:] == ["Checks", "sheetnet"]


def test_the_photo_is_in_the_workbook_with_its_alternative_text(made: dict[str, Path]) -> None:
    content = surgery.parts(made["detective"])
    assert content["xl/media/image1.png"].startswith(b"\x89PNG")
    assert b'descr="The photo that the network looks at: astronaut"' in content["xl/drawings/drawing1.xml"]


def test_start_says_who_it_is_and_where_the_weights_come_from(made: dict[str, Path]) -> None:
    for name, verdict, remark in (
        ("by-hand", "Red cross", "none is random"),
        ("detective", "Astronaut", "Trained. Of 180"),
    ):
        cells = read(made[name].read_bytes(), name).cells["Start"]
        assert str(cells[4, 4].value).endswith(f" %  {verdict}")
        assert remark in str(cells[3, 1].value)
    assert read(made["by-hand"].read_bytes(), "x").cells["Start"][4, 4].value == "97.0 %  Red cross"


def test_the_photo_sheet_has_three_live_cells_per_pixel(made: dict[str, Path]) -> None:
    cells = read(made["by-hand"].read_bytes(), "x").cells["Photo"]
    assert [cells[11 + i, 3].formula for i in range(4)] == ["Red!D12", "Green!D12", "Blue!D12", "Red!D13"]


def test_a_book_builds_no_formula_text_before_it_is_written() -> None:
    book = make_book(zoo.case("everything in rows"))
    lines = [e for s in book.sheets for row in s.rows.values() for e in row if hasattr(e, "formulas")]
    assert any(line.formulas is not None for line in lines)


def test_cells_that_would_be_merged_twice_are_a_defect_that_is_told(tmp_path: Path) -> None:
    """Excel repairs such a file, and Gnumeric does not open it."""
    book = Book("x")
    sheet = book.add("merged")
    sheet.text(1, 1, "a")
    sheet.merges = ["A1:C1", "C1:D1"]
    with pytest.raises(WorkbookError, match="merged!C1:D1: cells are merged twice"):
        save(book, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()

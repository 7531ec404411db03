"""The file: true values, the same bytes, what Excel accepts, nothing half-written, and what damage does to it."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import surgery
import zoo
from conftest import SAMPLES
from writing import formula

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, Block, a1
from sheetnet.lesson.build import make_book, write
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.book import Book
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

EVERY = [*zoo.ZOO, *zoo.BARE, "by-hand", "detective", "in rows"]
FUNCTIONS = {
    *(
        "AVERAGE",
        "SUMPRODUCT",
        "SUM",
        "SUMIF",
        "SUMSQ",
        "SUMXMY2",
        "SQRT",
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
        "AND",
        "EXACT",
        "ISNUMBER",
        "CHOOSE",
        "INDEX",
        "MATCH",
        "COUNT",
        "COUNTIF",
        "LARGE",
        "SMALL",
        "REPT",
    ),
}

ORDER = (  # of the elements of a sheet
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "conditionalFormatting"),
    *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks"),
    *("colBreaks", "ignoredErrors", "drawing"),
)


# What is in the file


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
@pytest.mark.parametrize("name", EVERY)
def test_every_formula_of_every_sheet_carries_its_true_value(
    made: dict[str, Path], by_engine: Callable[[str], dict[str, bytes]], name: str, engine: str
) -> None:
    ours = read(made[name].read_bytes(), name)
    theirs = read(by_engine(engine)[name], engine)
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


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f'LEN("{"a" * 255}")', True),
        (f'LEN("{"a" * 256}")', False),
        (f'LEN("{chr(0x1F600) * 127}")', True),
        (f'LEN("{chr(0x1F600) * 128}")', False),
        ('LEN("' + '""' * 255 + '")', True),
        ('LEN("' + '""' * 256 + '")', False),
        ('"' + "a" * 200 + '"&"' + "b" * 200 + '"', True),
        ("""'it"s'!A1&""" + f'"{"a" * 255}"', True),
        ("""'it"s'!A1&'so"'!A1""" + "+1" * 200, True),
    ],
)
def test_a_text_in_a_formula_is_as_long_as_excel_takes(tmp_path: Path, text: str, fits: bool) -> None:
    alone, line = Book("x"), Book("x")
    formula(alone.add("S"), 2, 3, text, 1.0)
    block = Block((2,), (Anchor("S", 2, 2),), ((0, 1),))
    line.add("S").tensor(block, np.ones(2), "number", lambda i: "1" if i == 0 else text)
    for number, book in enumerate((alone, line)):
        path = tmp_path / f"{number}.xlsx"
        with (
            contextlib.nullcontext() if fits else pytest.raises(WorkbookError, match="S!C2: the formula holds a text")
        ):
            save(book, path)
        assert path.exists() is fits


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


def test_texts_from_outside_stay_texts(made: dict[str, Path]) -> None:
    names = ["=1+1", "-x", "<&'\" >"]
    contents = read(made["names that read as cells"].read_bytes(), "x")
    given = {cell.value for cells in contents.cells.values() for cell in cells.values() if cell.formula is None}
    assert set(names) <= given
    start = contents.cells["Start"]
    assert [start[11 + i, 6].value for i in range(3)] == names  # and they are shown as they are
    assert all(start[11 + i, 6].formula for i in range(3))


def test_characters_that_xml_cannot_hold_are_replaced(tmp_path: Path) -> None:
    case = zoo.case("no softmax")
    case = replace(case, prose={"title": "a\x00b\ud800\x1b", "lead": "x" * 40_000, "summary": ""})
    write(case, tmp_path / "odd.xlsx")
    cells = read((tmp_path / "odd.xlsx").read_bytes(), "x").cells["Start"]
    assert cells[1, 1].value == "a\ufffdb\ufffd\ufffd"
    assert len(str(cells[2, 1].value)) == 32_767
    report = sheetnet.verify(tmp_path / "odd.xlsx")
    assert report.proven
    assert report.edits == (), "the words are those that the file was given"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        *(("a\x00", "a\ufffd"), ("\ud800b", "\ufffdb"), ("c\r\nd\re", "c\nd\ne"), ("_x0041_", "_x0041_")),
        *((" f ", " f "), ("\U0001f600" * 200, "\U0001f600" * 200)),
    ],
    ids=ascii,
)
def test_an_odd_name_of_a_class_is_shown_as_far_as_can_be(tmp_path: Path, name: str, shown: str) -> None:
    case = zoo.case("names that read as cells")
    network = type(case.network).from_spec(case.network.to_spec() | {"classes": ["Ann", name, "Cid"]})
    write(replace(case, network=network, label=name), tmp_path / "odd.xlsx")
    assert read((tmp_path / "odd.xlsx").read_bytes(), "x").cells["Start"][12, 6].value == shown
    report = sheetnet.verify(tmp_path / "odd.xlsx")
    assert report.proven
    assert report.edits == ()


def test_a_text_that_looks_like_a_coded_character_means_what_it_says(
    tmp_path: Path, needs: Callable[[str], None]
) -> None:
    needs("libreoffice")
    book = Book("x")
    book.add("S").text(1, 1, "_x0041_ and \U0001f600" * 4000)
    save(book, tmp_path / "x.xlsx")
    data = (tmp_path / "x.xlsx").read_bytes()
    [fresh] = recalculate("libreoffice", [data], time.monotonic() + 60)
    for source in (data, fresh):
        text = str(read(source, "x").cells["S"][1, 1].value)
        assert text.startswith("_x0041_ and \U0001f600_x0041_")
        assert len(text.encode("utf-16-le")) // 2 <= 32_767


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_not_written(tmp_path: Path, bad: float) -> None:
    book = Book("x")
    book.add("S").tensor(Block((2,), (Anchor("S", 1, 1),), ((0, 1),)), np.array([1, bad]), "number", lambda i: "1")
    alone = Book("x")
    formula(alone.add("S"), 1, 1, "1+1", bad)
    for one in (book, alone):
        with pytest.raises(WorkbookError, match="too large, or none"):
            save(one, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_formula_too_long_for_excel_is_refused_with_advice(tmp_path: Path) -> None:
    case = zoo.case("everything in planes")
    spec = case.network.to_spec() | {"layout": "planes"}
    spec["layers"] = [zoo.conv("conv1", 200, 3), zoo.conv("conv2", 1, 3)]
    network = type(case.network).from_spec(spec)
    with pytest.raises(WorkbookError, match="--layout rows"):
        write(replace(case, network=network, parameters=network.fill({}, 0), label=None), tmp_path / "long.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_two_things_for_one_cell_are_a_defect() -> None:
    book = Book("x")
    sheet = book.add("S")
    sheet.tensor(Block((3,), (Anchor("S", 1, 1),), ((0, 1),)), np.arange(3.0), "number")
    sheet.text(1, 2, "here")
    with pytest.raises(WorkbookError, match="S!B1"):
        list(sheet.ordered())


def test_numbers_keep_all_they_are_worth(tmp_path: Path) -> None:
    values = np.array([0.1, 1 / 3, 1e-310, -0.0, 1e300, 12345678901234567.0, -2.5e-7])
    book = Book("x")
    sheet = book.add("S")
    sheet.tensor(Block((7,), (Anchor("S", 1, 1),), ((0, 1),)), values, "number")
    sheet.tensor(Block((7,), (Anchor("S", 2, 1),), ((0, 1),)), values, "number", lambda i: f"{a1(1, i + 1)}")
    save(book, tmp_path / "x.xlsx")
    cells = read((tmp_path / "x.xlsx").read_bytes(), "x").cells["S"]
    assert [cells[1, c].value for c in range(1, 8)] == list(values)
    found = [float(cells[2, c].value or 0) for c in range(1, 8)]
    assert found == pytest.approx([0 if abs(v) < 1e-300 else v for v in values], rel=1e-14, abs=0)


# Getting it onto the disk


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("my edits")
    with pytest.raises(WorkbookError, match="--force"):
        write(zoo.case("no softmax"), path)
    assert path.read_text() == "my edits"
    write(zoo.case("no softmax"), path, force=True)
    assert sheetnet.verify(path).proven
    assert [p.name for p in tmp_path.iterdir()] == ["mine.xlsx"]


@pytest.mark.parametrize("name", ["x.txt", "x", "no folder/x.xlsx", "folder.xlsx"])
def test_a_bad_target_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(WorkbookError):
        write(zoo.case("no softmax"), tmp_path / name, force=True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_runs_full_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "kept.xlsx").write_text("my edits")
    script = (
        "import resource, signal, sys, sheetnet\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: sheetnet.build(sys.argv[1], 'kept.xlsx', force=True, engine=None)\n"
        "except sheetnet.SheetnetError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script, str(SAMPLES / "astronaut.png")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "kept.xlsx: cannot be written" in done.stdout
    assert done.stderr == ""
    assert (tmp_path / "kept.xlsx").read_text() == "my edits"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, which: signal.Signals) -> None:
    command = [sys.executable, "-m", "sheetnet", "build", str(SAMPLES / "astronaut.png"), "-o", "big.xlsx"]
    # A shell's background job ignores Ctrl-C and hands that down; the command is tried as in a terminal.
    as_in_a_terminal = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [*command, "--size", "224"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    limit = time.monotonic() + 30
    while not list(tmp_path.glob(".big*.tmp")) and time.monotonic() < limit:
        time.sleep(0.02)
    assert list(tmp_path.glob(".big*.tmp")), "the test came too late"
    process.send_signal(which)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


# Damaged files


def _judged_or_refused(path: Path) -> None:
    """A verdict, or one line of error; any other exception fails the test."""
    refusal = ""
    with contextlib.suppress(sheetnet.SheetnetError):
        try:
            sheetnet.verify(path)
        except sheetnet.SheetnetError as error:
            refusal = str(error)
            raise
    assert "\n" not in refusal


def test_a_damaged_workbook_is_refused_in_one_line_or_still_judged(made: dict[str, Path], tmp_path: Path) -> None:
    data = made["by-hand"].read_bytes()
    rng = random.Random(5)
    path = tmp_path / "damaged.xlsx"
    for number in range(150):
        broken = bytearray(data if number % 3 else data[: rng.randrange(len(data))])
        for _ in range(rng.randrange(1, 6)):
            if broken:
                broken[rng.randrange(len(broken))] = rng.randrange(256)
        path.write_bytes(broken)
        _judged_or_refused(path)


def test_damaged_xml_inside_a_whole_package_is_refused_or_judged(made: dict[str, Path], tmp_path: Path) -> None:
    content = surgery.parts(made["by-hand"])
    rng = random.Random(6)
    names = [n for n in content if n.startswith(("xl/worksheets/sheet", "xl/workbook", "xl/_rels"))]
    for _ in range(150):
        broken = dict(content)
        name = rng.choice(names)
        data = bytearray(broken[name])
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(4)] = rng.choice([b"", b"<", b'"', b"9", b"A", b"&", b"</c>", b"\xff"])
        broken[name] = bytes(data)
        _judged_or_refused(surgery.save(tmp_path / "damaged.xlsx", broken))


# What it holds around the cells


def test_the_order_of_the_sheets_is_the_story(made: dict[str, Path]) -> None:
    content = surgery.parts(made["detective"])
    titles = surgery.titles(content)
    assert titles[:5] == ["Start", "Photo", "Red", "Green", "Blue"]
    assert titles[-8:-6] == ["Loss", "Close-up"]
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
        assert str(cells[6, 6].value).endswith(f" %  {verdict}")
        assert remark in str(cells[3, 1].value)
    assert read(made["by-hand"].read_bytes(), "x").cells["Start"][6, 6].value == "97 %  Red cross"


def test_the_photo_sheet_has_three_live_cells_per_pixel(made: dict[str, Path]) -> None:
    cells = read(made["by-hand"].read_bytes(), "x").cells["Photo"]
    assert [cells[11 + i, 3].formula for i in range(4)] == ["Red!D12", "Green!D12", "Blue!D12", "Red!D13"]


def test_a_book_builds_no_formula_text_before_it_is_written() -> None:
    book = make_book(zoo.case("everything in rows"))
    lines = [e for s in book.sheets for row in s.rows.values() for e in row if hasattr(e, "formulas")]
    assert any(line.formulas is not None for line in lines)

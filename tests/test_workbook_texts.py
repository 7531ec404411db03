"""Texts and numbers of a workbook: what they say, and what cannot be written."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zoo
from writing import formula

from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, Block, a1
from sheetnet.lesson.build import write
from sheetnet.proof.prove import prove
from sheetnet.recalc.office import recalculate
from sheetnet.workbook.book import Book
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save


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


def test_texts_from_outside_stay_texts(made: dict[str, Path]) -> None:
    names = ["=1+1", "-x", "<&'\" >"]
    contents = read(made["names that read as cells"].read_bytes(), "x")
    given = {cell.value for cells in contents.cells.values() for cell in cells.values() if cell.formula is None}
    assert set(names) <= given
    start = contents.cells["Start"]
    assert [start[8 + i, 8].value for i in range(3)] == names  # and they are shown as they are
    assert all(start[8 + i, 8].formula for i in range(3))


def test_characters_that_xml_cannot_hold_are_replaced(tmp_path: Path) -> None:
    case = zoo.case("no softmax")
    case = replace(case, prose={"title": "a\x00b\ud800\x1b", "lead": "x" * 40_000, "summary": ""})
    write(case, tmp_path / "odd.xlsx")
    cells = read((tmp_path / "odd.xlsx").read_bytes(), "x").cells["Start"]
    assert cells[1, 1].value == "a\ufffdb\ufffd\ufffd"
    assert len(str(cells[2, 1].value)) == 32_767
    report = prove(tmp_path / "odd.xlsx")
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
    assert read((tmp_path / "odd.xlsx").read_bytes(), "x").cells["Start"][9, 8].value == shown
    report = prove(tmp_path / "odd.xlsx")
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

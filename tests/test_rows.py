"""Tables as text: whatever ends a line is understood, and no cell that is written is a formula in any country."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sheetnet import rows
from sheetnet.classroom.names import read_names
from sheetnet.files import text_of
from sheetnet.modelfile.options import labels
from sheetnet.training import predictions
from sheetnet.training.table import listing_of

ENDS = ["\n", "\r\n", "\r"]
BEGINS = ("=", "+", "-", "@", "%", "＝", "＋", "－", "＠")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "%1", "＝1+1", "|calc", '"=1"', "'=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_none(formula: str) -> None:
    assert rows.defused(formula).startswith("'")


@pytest.mark.parametrize("text", ["Ada", "cat, 1=2", "a-b", "x=1; y", "'t Hooft", "1;2|3", "", "a\tb", "猫"])
def test_a_text_that_is_no_formula_stays(text: str) -> None:
    assert rows.defused(text) == text


@pytest.mark.parametrize("between", [";", "|", "\t", "\n", "\r", "\r\n", ",", "; ", ';"', ";\n", "||"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_whatever_a_program_takes_for_the_end_of_a_cell(between: str, formula: str) -> None:
    data = rows.csv_bytes([["name", f"x{between}{formula}"], [f"y{between}{formula}{between}z", 7]]).decode(
        "utf-8-sig"
    )
    for separator in ",;|\t":
        for quotes in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            if separator == between == "," and quotes == csv.QUOTE_NONE:
                continue  # nobody reads commas so who does not read the quotes that keep them
            for row in csv.reader(StringIO(data, newline=""), delimiter=separator, quoting=quotes):
                assert not any(cell.strip().lstrip('"').strip().startswith(BEGINS) for cell in row), (row, separator)


def test_numbers_stay_numbers() -> None:
    assert rows.csv_bytes([["points", -3, 0.5]]).decode("utf-8-sig") == "points,-3,0.5\r\n"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_are_read_whatever_ends_a_line(end: str, separator: str) -> None:
    lines = [["name", "mail"], ["Ann, Lee", "a@b"], ["two\nlines", "c"]]
    text = end.join(separator.join(f'"{cell}"' for cell in line) for line in lines) + end
    assert [row for _, row in rows.read(text)] == lines
    assert [number for number, _ in rows.read(text)] == [1, 2, 4]


def test_separators_between_quotes_separate_nothing() -> None:
    assert rows.read('"Lee, Ann, Dr.";5') == [(1, ["Lee, Ann, Dr.", "5"])]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_separator_that_excel_names_in_a_first_line_is_taken(separator: str, quote: str) -> None:
    text = f"{quote}sep={separator}{quote}\r\nAnn, Lee; Dr.{separator}b\r\n"
    if separator in ",;":
        text = text.replace("Ann, Lee; Dr.", '"Ann, Lee; Dr."')
    assert rows.read(text) == [(2, ["Ann, Lee; Dr.", "b"])]


WESTERN = ["Jörg Müller", "Zoë", "Renée", "Ærøskøbing", "Ann"]
CHINESE = ["王伟", "朱镕基", "吕布", "猫", "Ann"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("encoding", "names"),
    [(encoding, names) for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030") for names in (WESTERN, CHINESE)]
    + [("windows", WESTERN), ("gbk", CHINESE)],
)
def test_names_with_marks_are_what_they_were(end: str, encoding: str, names: list[str], tmp_path: Path) -> None:
    """What Windows writes as Windows-1252, an old Mac wrote as Mac Roman."""
    path, text = tmp_path / "class.csv", end.join(["Name", *names, ""])
    path.write_bytes(text.encode({"windows": "mac_roman" if end == "\r" else "cp1252"}.get(encoding, encoding)))
    assert read_names(path, 30, 300) == names


def test_what_is_no_text_is_none() -> None:
    whole = "Renée, Jörg".encode()
    assert text_of(whole[:4]) is None  # cut within a letter
    for data in (b"\xff\xfea", b"a\0b", b"\x89PNG\r\n\x1a\n\0\0", b"\xfe\xfe\xff\xff", b"a \x81 b"):
        assert text_of(data) is None, data


@pytest.mark.parametrize("end", ENDS)
def test_names_of_a_class_are_read_whatever_ends_a_line(end: str, tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(end.join(["Mail;Name", "a,b,c@d;Ann", ";", "e@f;Änne Ü."]).encode())
    assert read_names(path, 30, 300) == ["Ann", "Änne Ü."]


@pytest.mark.parametrize("end", ENDS)
def test_labels_of_a_model_are_read_whatever_ends_a_line(end: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(end.join(["cat", "dog", "", "red panda", ""]).encode())
    assert labels(path) == ["cat", "dog", "red panda"]


@pytest.mark.parametrize("end", ENDS)
def test_a_table_of_pictures_is_read_whatever_ends_a_line(end: str, tmp_path: Path) -> None:
    for name in "ab":
        Image.new("RGB", (4, 4)).save(tmp_path / f"{name}.png")
    path = tmp_path / "classes.csv"
    path.write_bytes(end.join(["file,class", "a.png,cat", "b.png,dog", ""]).encode())
    assert listing_of(path, None).files == ((0, tmp_path / "a.png"), (1, tmp_path / "b.png"))


def test_predictions_are_defused_as_well(tmp_path: Path) -> None:
    out, shares = tmp_path / "p.csv", np.array([[0.25, 0.75]])
    predictions.save(out, None, [Path("x;=1+1;y.png")], ["a|-2", "dog"], shares, force=False)
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["picture,class,a|'-2,dog", "x;'=1+1;y.png,dog,0.250000,0.750000"]

"""The command handout: its files, its pages, and what it refuses before anything is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner, Result
from conftest import SAMPLES

import sheetnet
from sheetnet.cli import main
from sheetnet.recalc import office

PAGES = {1: 3, 2: 3, 3: 4}
SIZES = {"a4": (595, 842), "letter": (612, 792)}
PHOTO = str(SAMPLES / "coffee.png")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["handout", *arguments])


@pytest.fixture(scope="module")
def printed(
    needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[int, str, str], pypdf.PdfReader]:
    """Worksheets of each level, language and paper, printed in one run."""
    needs("libreoffice")
    folder = tmp_path_factory.mktemp("handouts")
    kinds = [(level, language, paper) for level in PAGES for language in ("en", "zh") for paper in SIZES]
    books = []
    for number, (level, language, paper) in enumerate(kinds):
        path = folder / f"{number}.xlsx"
        more: Any = {"language": language, "paper": paper, "engine": None}
        sheetnet.handout(PHOTO, path, level=level, **more)
        books.append(path.read_bytes())
    made = office.print_pdfs(books, time.monotonic() + 240)
    return {kind: pypdf.PdfReader(BytesIO(pdf)) for kind, pdf in zip(kinds, made, strict=True)}


def test_a_sheet_has_three_pages_and_four_where_something_is_learned(
    printed: dict[tuple[int, str, str], pypdf.PdfReader],
) -> None:
    for (level, language, paper), pdf in printed.items():
        assert len(pdf.pages) == PAGES[level], (level, language, paper)
        for page in pdf.pages:
            assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=1)


def test_every_letter_has_ten_points_and_stands_on_the_page(
    printed: dict[tuple[int, str, str], pypdf.PdfReader],
) -> None:
    for kind, pdf in printed.items():
        wide, high = SIZES[kind[2]]
        for page in pdf.pages:
            found: list[tuple[float, float, float]] = []

            def look(text: str, cm: Any, tm: Any, font: Any, size: float, found: Any = found) -> None:
                if text.strip():
                    found.append((abs(size * tm[3] * cm[3]), tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]))

            page.extract_text(visitor_text=look)
            assert found
            assert min(size for size, _, _ in found) >= 9.9, kind
            assert all(0 < x < wide and 0 < y < high for _, x, y in found), kind


def test_a_class_and_its_answers_are_printed_in_one_run_of_libreoffice(
    needs: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("libreoffice")
    calls, whole = [], office._convert
    monkeypatch.setattr(office, "_convert", lambda *a: (calls.append(a), whole(*a)))
    made = sheetnet.handout(PHOTO, tmp_path / "class.pdf", answers=True, count=3)
    assert len(calls) == 1
    assert made.answers == tmp_path / "class-answers.pdf"
    pupils, key = (pypdf.PdfReader(path) for path in (made.path, made.answers))
    assert (len(pupils.pages), len(key.pages)) == (9, 10)  # the key begins with all answers at a glance
    said = [page.extract_text() for page in key.pages[1:]]
    assert all("Answers" in text for text in said)
    assert not any("Answers" in page.extract_text() for page in pupils.pages)
    assert len("".join(said)) > len("".join(page.extract_text() for page in pupils.pages)) + 3 * 70


def test_without_answers_there_is_one_file(tmp_path: Path) -> None:
    result = run(PHOTO, "-o", str(tmp_path / "h.xlsx"), "--count", "2")
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.iterdir()] == ["h.xlsx"]
    assert result.output.splitlines()[0] == f"{tmp_path / 'h.xlsx'}: 2 sheets"
    assert result.output.splitlines()[-1].startswith("proven: all ")
    assert sheetnet.handout(PHOTO, tmp_path / "i.xlsx", engine=None).report is None


@pytest.mark.parametrize(
    "data",
    [
        b"Ada Lovelace\nGrace Hopper\n\n",
        "number;name\n1;Ada Lovelace\n2;Grace Hopper\n".encode("utf-8-sig"),
        "class\tName\na\tAda Lovelace\nb\tGrace Hopper\n".encode("utf-16"),
    ],
)
def test_names_of_a_class_stand_on_the_sheets(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "class.csv").write_bytes(data)
    sheetnet.handout(PHOTO, tmp_path / "h.xlsx", names=tmp_path / "class.csv", engine=None)
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    assert book.sheetnames == ["Sheet 1 Ada Lovelace", "Sheet 2 Grace Hopper"]
    assert [sheet["A2"].value for sheet in book.worksheets] == ["Name: Ada Lovelace", "Name: Grace Hopper"]


def test_chinese_names_as_excel_saves_them_and_names_that_look_like_formulas(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_bytes("姓名,班级\n王小明,三\n=1+1,三\na/b:c,三\n".encode("gb18030"))
    sheetnet.handout(PHOTO, tmp_path / "h.xlsx", names=tmp_path / "class.csv", language="zh", engine=None)
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    assert book.sheetnames == ["练习纸 1 王小明", "练习纸 2 =1+1", "练习纸 3 a b c"]
    assert [sheet["A2"].data_type for sheet in book.worksheets] == ["s", "s", "s"]


def files(folder: Path) -> None:
    (folder / "none.csv").write_text("name,class\n,\n", encoding="utf-8")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "bits.csv").write_bytes(b"\x00\x01\xff\x80")
    (folder / "many.csv").write_text("a\n" * 201, encoding="utf-8")
    (folder / "long.csv").write_text("a" * 90, encoding="utf-8")
    (folder / "broken.png").write_bytes((SAMPLES / "coffee.png").read_bytes()[:900])
    (folder / "there.xlsx").write_bytes(b"mine")
    (folder / "some-answers.xlsx").write_bytes(b"mine")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--names", "none.csv"], "none.csv: has no names; give a .csv file with a name in each line"),
        (["--names", "empty.csv"], "empty.csv: has no names; "),
        (["--names", "bits.csv"], "bits.csv: is no text; "),
        (["--names", "many.csv"], "many.csv: has 201 names, and 200 are the most; "),
        (["--names", "long.csv"], "long.csv: 'aaaa"),
        (["--names", "gone.csv"], "gone.csv: no such file; "),
        (["--names", "none.csv", "--count", "2"], "--count: the names say how many sheets there are"),
        (["--count", "0"], "--count: 0 sheets cannot be made; "),
        (["--count", "1000000"], "--count: 1000000 sheets cannot be made; "),
        (["--level", "4"], "--level: 4 is no level; "),
        (["broken.png"], "broken.png: "),
        (["gone.png"], "gone.png: "),
        (["-o", "there.xlsx"], "there.xlsx: exists "),
        (["-o", "some.xlsx", "--answers"], "some-answers.xlsx: exists "),
        (["-o", "some.docx"], "some.docx: the name must end in .pdf or .xlsx"),
        (["-o", "gone/h.xlsx"], "gone/h.xlsx: the folder gone does not exist"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    result = run(*([] if "-o" in arguments else ["-o", "h.xlsx"]), *arguments)
    assert result.exit_code == 2
    assert result.output.startswith(f"sheetnet: {says}"), result.output
    assert result.output.count("\n") == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_missing_libreoffice_is_noticed_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find", lambda engine: None)
    result = run("gone.png", "-o", str(tmp_path / "h.pdf"), "--answers")
    assert result.exit_code == 2
    assert result.output.startswith("sheetnet: LibreOffice is not installed; ")
    assert not list(tmp_path.iterdir())
    assert run("-o", str(tmp_path / "h.xlsx")).exit_code == 0


def test_with_force_both_files_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "h-answers.xlsx").write_bytes(b"mine")
    assert run("-o", str(tmp_path / "h.xlsx"), "--answers", "-f").exit_code == 0
    assert sheetnet.verify(tmp_path / "h-answers.xlsx").proven

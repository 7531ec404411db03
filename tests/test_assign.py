"""Exercises: what is blanked, what waits, and that a workbook which is filled in right calculates as the key says."""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pypdf
import pytest
from classes import exercise, fill, rounded
from conftest import SAMPLES

import sheetnet
from sheetnet.classroom.assign.guard import WAITS
from sheetnet.classroom.assign.manifest import Manifest
from sheetnet.classroom.assign.work import work
from sheetnet.classroom.grade.marks import is_near
from sheetnet.errors import JobError, ModelFileError, NetworkError, SheetnetError, WorkbookError
from sheetnet.recalc.embedded import Session
from sheetnet.recalc.office import find, print_pdfs, recalculate
from sheetnet.words import load
from sheetnet.workbook.read import read
from sheetnet.workbook.style import THEMES

KINDS = {
    "by-hand": {"template": "by-hand", "count": 2},
    "formulas, level 3": {"template": "by-hand", "count": 1, "ask": "formula", "level": 3, "seed": 4},
    "gradient": {"template": "by-hand", "count": 1, "blank": "conv,softmax,gradient", "language": "zh"},
    "digits": {"template": "digits", "count": 1, "level": 2},
    "photo": {"template": "faces", "photos": (SAMPLES / "astronaut.png",), "count": 1, "blank": "conv,pool,softmax"},
}

SMALL = """
name = "small"
classes = ["a", "b"]
input = {shape = [1, 1, 2]}
picture = {pixels = [[[1, 2]]]}
layers = [{name = "f", kind = "flatten"}, {name = "d", kind = "dense", units = 2}, {name = "s", kind = "softmax"}]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exercises")
    for name, asked in KINDS.items():
        sheetnet.assign(out=folder / name, **asked)  # type: ignore[arg-type]
    return {name: folder / name for name in KINDS}


def calculated(data: bytes) -> Session:
    session = Session(data, time.monotonic() + 60)
    session.evaluate()
    return session


def value(session: Session, place: tuple[str, int, int]) -> object:
    sheet, row, column = place
    return session.rectangle(sheet, row, column, row, column)[0][0]


@pytest.mark.parametrize("name", KINDS)
def test_a_pupils_workbook_waits_and_shows_no_error(made: dict[str, Path], name: str) -> None:
    manifest, files = exercise(made[name])
    for pupil in manifest.pupils:
        data = files[pupil.name].read_bytes()
        contents = read(data, name)
        session = calculated(data)
        waiting = 0
        for title, cells in contents.cells.items():
            for (row, column), found in cells.items():
                shown = value(session, (title, row, column))
                assert not str(shown).startswith("#"), (title, row, column)
                if found.formula is not None:  # what is stored is what an engine makes of it
                    same = shown == found.value or is_close(shown, found.value)
                    assert same, (title, row, column, shown, found.value)
                    waiting += shown == WAITS
        assert waiting
        assert len({one.place for one in pupil.items}) == len(pupil.items)
        assert all(one.answer for one in pupil.items)


def is_close(a: object, b: object) -> bool:
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-9 * max(1.0, abs(a))


@pytest.mark.parametrize("name", KINDS)
def test_filled_in_right_it_calculates_to_the_numbers_of_the_key(
    made: dict[str, Path], name: str, tmp_path: Path
) -> None:
    manifest, files = exercise(made[name])
    for pupil in manifest.pupils:
        exact = {one.number: one.answer for one in pupil.items}
        data = fill(files[pupil.name], tmp_path / pupil.file, pupil.items, exact).read_bytes()
        solved = calculated((made[name] / "solved" / pupil.file).read_bytes())
        same_as_solved(data, calculated(data), solved)


def same_as_solved(data: bytes, filled: Session, solved: Session) -> None:
    """Every number that is calculated is that of the solved workbook, and nothing waits."""
    contents = read(data, "filled")
    for title, cells in contents.cells.items():
        if title in solved.sheets[1:]:
            for (row, column), found in cells.items():
                if found.formula is not None:
                    got, goal = (value(one, (title, row, column)) for one in (filled, solved))
                    assert got == goal or is_close(got, goal), (title, row, column, got, goal)


@pytest.mark.skipif(find("libreoffice") is None, reason="LibreOffice is missing")
@pytest.mark.thorough
def test_libreoffice_calculates_the_same(made: dict[str, Path], tmp_path: Path) -> None:
    pairs = []
    for name in ("by-hand", "formulas, level 3", "gradient", "photo"):
        manifest, files = exercise(made[name])
        pupil = manifest.pupils[0]
        exact = {one.number: one.answer for one in pupil.items}
        path = fill(files[pupil.name], tmp_path / f"{len(pairs)}.xlsx", pupil.items, exact)
        pairs.append((path.read_bytes(), (made[name] / "solved" / pupil.file).read_bytes()))
    results = recalculate("libreoffice", [filled for filled, _ in pairs], time.monotonic() + 120)
    for (filled, solved), result in zip(pairs, results, strict=True):
        there, goals = read(result, "libreoffice", computed=True), calculated(solved)
        for title, cells in read(filled, "filled").cells.items():
            for (row, column), found in cells.items():
                if found.formula is not None and title in goals.sheets[1:]:
                    got, goal = there.cells[title][row, column].value, value(goals, (title, row, column))
                    assert got == goal or is_close(got, goal), (title, row, column, got, goal)


def test_the_solved_workbooks_are_proven(made: dict[str, Path]) -> None:
    for name in ("by-hand", "gradient"):
        for path in (made[name] / "solved").iterdir():
            assert sheetnet.verify(path).proven


def test_only_the_answers_may_be_changed(made: dict[str, Path]) -> None:
    manifest, files = exercise(made["by-hand"])
    with zipfile.ZipFile(files["1"]) as package:
        sheets = {n: package.read(n).decode() for n in package.namelist() if n.startswith("xl/worksheets/sheet")}
        styles = package.read("xl/styles.xml").decode()
    formats = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].split("<xf ")[1:]
    opened = {str(i) for i, xf in enumerate(formats) if 'locked="0"' in xf}
    assert opened
    for text in sheets.values():
        assert 'sheet="1"' in text
        assert "password" not in text.lower()
    count = sum(text.count(f's="{one}"') for text in sheets.values() for one in opened)
    assert count == len(manifest.pupils[0].items)


@pytest.mark.parametrize(("name", "language"), [("by-hand", "en"), ("gradient", "zh")])
def test_nothing_that_is_locked_says_that_it_may_be_changed(made: dict[str, Path], name: str, language: str) -> None:
    book = openpyxl.load_workbook(next((made[name] / "pupils").iterdir()))
    words = load(language)
    sheet = book["Red" if language == "en" else "红色"]
    assert sheet["A3"].value == words("input.channel_lead_locked", levels=255)
    assert sheet["A5"].value == words("input.channel_about_locked", height=5, width=5, count=25)


def test_pupils_have_numbers_of_their_own_and_the_seed_brings_them_back(
    made: dict[str, Path], tmp_path: Path
) -> None:
    manifest, _ = exercise(made["by-hand"])
    first, second = manifest.pupils
    assert not np.array_equal(first.given["conv.weight"], second.given["conv.weight"])
    assert first.id != second.id
    sheetnet.assign(out=tmp_path / "again", **KINDS["by-hand"])  # type: ignore[arg-type]
    for path in sorted(p for p in made["by-hand"].rglob("*") if p.is_file()):
        assert (tmp_path / "again" / path.relative_to(made["by-hand"])).read_bytes() == path.read_bytes()


def test_names_come_from_a_table(tmp_path: Path) -> None:
    names = tmp_path / "class.csv"
    names.write_text("Name;Mail\nÄnne Ü.;a@b\n=1+1;c\n", encoding="utf-8-sig")
    sheetnet.assign(out=tmp_path / "x", names=names, blank="conv")
    told = json.loads((tmp_path / "x" / "manifest.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in told["pupils"]] == ["Änne Ü.", "=1+1"]
    assert all(re.fullmatch(r"[\w-]+\.xlsx", one["file"]) for one in told["pupils"])


def test_what_cannot_be_asked_is_said(tmp_path: Path) -> None:
    def told(error: type[SheetnetError], **asked: object) -> str:
        with pytest.raises(error) as raised:
            sheetnet.assign(out=tmp_path / "x", **asked)  # type: ignore[arg-type]
        return str(raised.value)

    (tmp_path / "empty.csv").write_text("name\n")
    assert "has no names; give a .csv file" in told(WorkbookError, names=tmp_path / "empty.csv")
    assert "no such file; give a .csv file" in told(WorkbookError, names=tmp_path / "none.csv")
    (tmp_path / "network.toml").write_text(SMALL)
    assert "has no step 'pool'; leave it out" in told(NetworkError, template=tmp_path, blank="softmax,pool")
    assert "shows a whole training" in told(NetworkError, template="training")
    assert "softmax is a lesson, about no network" in told(NetworkError, template="softmax")
    photo = SAMPLES / "astronaut.png"
    assert "2 pictures are more than there are pupils (1); use --count" in told(WorkbookError, photos=(photo, photo))
    assert "cannot be used; use texts or paths" in told(WorkbookError, photos=(5,))
    assert "leave one of the two out" in told(JobError, jobs=1, scheduler="tcp://127.0.0.1:9")
    assert "wrong.safetensors: no such file" in told(ModelFileError, model="wrong.safetensors")
    assert not (tmp_path / "x").exists()
    sheetnet.assign(out=tmp_path / "x", blank="conv")
    assert "exists and may hold somebody's edits" in told(WorkbookError, blank="conv")


def test_an_answer_of_four_digits_is_right(made: dict[str, Path]) -> None:
    for name in KINDS:
        manifest: Manifest = exercise(made[name])[0]
        for pupil in manifest.pupils:
            assert all(is_near(rounded(one), one.answer) for one in pupil.items), name


def test_no_pupil_gets_a_network_that_cannot_decide(tmp_path: Path) -> None:
    """The first numbers that are drawn for the 22nd pupil of seed 0 make two classes as likely as each other."""
    told = work(21, "Ada", "X", "a.xlsx", None, {}, str(tmp_path))
    assert sheetnet.verify(tmp_path / "solved" / "a.xlsx").status == 0
    assert set(told["files"]) == {"pupils/a.xlsx", "solved/a.xlsx"}


def test_yellow_is_what_waits_and_the_first_page_has_all_of_its_texts(
    made: dict[str, Path], needs: Callable[[str], None], tmp_path: Path
) -> None:
    needs("libreoffice")
    manifest, files = exercise(made["by-hand"])
    one = manifest.pupils[0]
    book = openpyxl.load_workbook(files[one.name])
    yellow = {
        (sheet.title, cell.row, cell.column)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == THEMES["clear"].answer
    }
    assert yellow == {item.place for item in one.items}
    [pdf] = print_pdfs([files[one.name].read_bytes()], time.monotonic() + 120)
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    first = pages[0].extract_text()
    words = load("en")
    for key in ("what_number", "how", "waits"):
        assert words(f"assign.{key}") in " ".join(first.split())
    assert all("Name: ____" in page.extract_text() for page in pages)
    shown = Counter(re.findall(r"\? [0-9]p", "".join(page.extract_text() for page in pages)))
    assert shown == Counter(f"? {item.points}p" for item in one.items)

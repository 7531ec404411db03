"""Marks for a class: right, an error carried forward, constants for formulas, swapped ids, broken, saved again."""

from __future__ import annotations

import csv
import json
import re
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from classes import exercise, fill, pupil, rounded
from click.testing import CliRunner
from click.testing import Result as Result_

import sheetnet
from sheetnet.classroom.grade.cells import number_of
from sheetnet.classroom.grade.chain import followed
from sheetnet.classroom.grade.grade import Graded
from sheetnet.classroom.grade.marks import Answer, is_near, marked
from sheetnet.classroom.grade.result import Result
from sheetnet.cli import main
from sheetnet.errors import WorkbookError
from sheetnet.recalc.office import find, recalculate
from sheetnet.values import ErrorValue

NAMES = ("Right", "Carried", "Swapped", "Broken", "Office", "Gnumeric", "=HYPERLINK(1)", "Absent")
FULL = 16


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an exercise for numbers."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.csv").write_text("\n".join(["name", *NAMES]), encoding="utf-8")
    sheetnet.assign(out=folder / "exercise", names=folder / "class.csv")
    return folder / "exercise"


def carried(items: Any, manifest: Any, one: Any) -> dict[int, float]:
    """Answers of a pupil who makes a mistake in the first one and goes on with it rightly."""
    said: dict[int, float] = {items[0].number: items[0].answer + 300}
    for item in items[1:]:
        goal = followed(manifest.network, one.given, items, said)[item.number]
        said[item.number] = float(f"{goal:.5g}")
    return said


@pytest.fixture(scope="module")
def graded(given: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("handed in")
    manifest, files = exercise(given)
    who = {name: pupil(manifest, name) for name in NAMES}
    fill(files["Right"], folder / "right.xlsx", who["Right"].items)
    items = who["Carried"].items
    fill(files["Carried"], folder / "carried.xlsx", items, carried(items, manifest, who["Carried"]))
    book = openpyxl.load_workbook(fill(files["Swapped"], folder / "swapped.xlsx", who["Swapped"].items))
    book["Start"]["C4"] = who["Right"].id
    book.save(folder / "swapped.xlsx")
    (folder / "broken.xlsx").write_bytes(files["Broken"].read_bytes()[:5000])
    mangled = fill(files["=HYPERLINK(1)"], folder / "sheets.xlsx", who["=HYPERLINK(1)"].items)
    (folder / "in a folder").mkdir()
    shutil.move(mangled, folder / "in a folder" / "sheets.xlsx")
    shutil.copy(files["Right"], folder / "~$right.xlsx")
    saved_again("libreoffice", fill(files["Office"], folder / "office.xlsx", who["Office"].items))
    saved_again("gnumeric", fill(files["Gnumeric"], folder / "gnumeric.xlsx", who["Gnumeric"].items))
    return sheetnet.grade(given / "manifest.json", folder, folder.parent / f"{folder.name} results")


def saved_again(program: str, path: Path) -> None:
    """Save a workbook with LibreOffice or Gnumeric, where there is one."""
    if find(program) is not None:
        path.write_bytes(recalculate(program, [path.read_bytes()], time.monotonic() + 120)[0])


def of(graded: Graded, file: str) -> Result:
    return next(one for one in graded.results if one.file == file)


def test_a_class_gets_the_marks_that_it_earns(graded: Graded) -> None:
    found = {one.file: (one.name, one.points, one.flags) for one in graded.results if not one.error}
    assert graded.points == FULL
    assert found["right.xlsx"] == ("Right", FULL, ())
    assert found["office.xlsx"] == ("Office", FULL, ())
    assert found["gnumeric.xlsx"] == ("Gnumeric", FULL, ())
    assert found["in a folder/sheets.xlsx"] == ("=HYPERLINK(1)", FULL, ())
    assert found["swapped.xlsx"] == ("Swapped", FULL, ("swapped",))
    assert found["carried.xlsx"][0] == "Carried"
    assert "broken.xlsx" not in found
    assert len(graded.results) == 7
    assert graded.missing == ("Broken", "Absent")
    assert graded.status == 1


def test_an_error_that_is_carried_on_costs_its_own_points_only(graded: Graded) -> None:
    marks = of(graded, "carried.xlsx").marks
    assert marks[0].verdict == "wrong"
    assert {one.verdict for one in marks[1:]} == {"right", "carried"}
    assert sum(one.points for one in marks) == FULL - 2
    assert [one.verdict for one in marks].count("carried") >= 3


def test_a_broken_file_is_reported_in_one_line(graded: Graded) -> None:
    error = of(graded, "broken.xlsx").error
    assert error.startswith("broken.xlsx: ")
    assert "\n" not in error


def test_the_results_are_files_that_can_be_opened(graded: Graded) -> None:
    with (graded.folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:5] == ["name", "id", "file", "points", "of"]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert "'=HYPERLINK(1)" in [row[0] for row in rows]
    assert [row[-1] for row in rows if row[0] == "Absent"] == ["nothing handed in"]
    book = openpyxl.load_workbook(graded.folder / "summary.xlsx")
    assert len(book.worksheets[0]._charts) == 1  # type: ignore[attr-defined]
    feedback = sorted((graded.folder / "feedback").iterdir())
    assert len(feedback) == 6
    texts = [str(cell.value) for row in openpyxl.load_workbook(feedback[0]).worksheets[0].iter_rows() for cell in row]
    assert any("points" in text for text in texts)


def test_answers_are_hidden_where_that_is_asked(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    one = pupil(manifest, "Right")
    (tmp_path / "in").mkdir()
    fill(files["Right"], tmp_path / "in" / "a.xlsx", one.items, {1: "what?"}, all_right=False)
    for hidden in (True, False):
        result = sheetnet.grade(given / "manifest.json", tmp_path / "in", tmp_path / str(hidden), hide_answers=hidden)
        [mark, *others] = result.results[0].marks
        assert (mark.verdict, mark.shown, mark.points) == ("words", "what?", 0)
        assert {other.verdict for other in others} == {"open"}
        [feedback] = (tmp_path / str(hidden) / "feedback").iterdir()
        cells = [str(c.value) for row in openpyxl.load_workbook(feedback).worksheets[0].iter_rows() for c in row]
        assert hidden != any("The answer is" in text for text in cells)


def test_two_files_of_one_pupil_and_numbers_that_were_changed_are_flagged(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    one = pupil(manifest, "Right")
    fill(files["Right"], tmp_path / "a.xlsx", one.items)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["Conv"]["E12"] = 7
    book.move_sheet("Conv", -3)
    book.save(tmp_path / "b.xlsx")
    result = sheetnet.grade(given / "manifest.json", tmp_path, tmp_path / "results")
    assert of(result, "a.xlsx").flags == ("duplicate",)
    assert set(of(result, "b.xlsx").flags) == {"changed", "duplicate"}


def test_where_a_formula_is_asked_for_a_number_earns_nothing(tmp_path: Path) -> None:
    sheetnet.assign(out=tmp_path / "x", ask="formula", count=2)
    manifest, files = exercise(tmp_path / "x")
    (tmp_path / "in").mkdir()
    one, other = manifest.pupils
    solved = openpyxl.load_workbook(tmp_path / "x" / "solved" / one.file)
    right = {i.number: solved[i.place[0]].cell(*i.place[1:]).value for i in one.items}
    right[one.items[-1].number] = "=-LN(SUMPRODUCT(E19:E21,C19:C21))"
    fill(files[one.name], tmp_path / "in" / "live.xlsx", one.items, right)
    pasted = {i.number: rounded(i) if i.number % 2 else f"={rounded(i)}+0" for i in other.items}
    fill(files[other.name], tmp_path / "in" / "pasted.xlsx", other.items, pasted)
    result = sheetnet.grade(tmp_path / "x" / "manifest.json", tmp_path / "in", tmp_path / "results")
    assert {m.verdict for m in of(result, "live.xlsx").marks} == {"right"}
    assert {m.verdict for m in of(result, "pasted.xlsx").marks} == {"pasted"}
    assert of(result, "pasted.xlsx").points == 0
    book = openpyxl.load_workbook(tmp_path / "in" / "pasted.xlsx")
    book.defined_names.clear()  # by which inputs are found: where they stood is known without
    book.save(tmp_path / "in" / "pasted.xlsx")
    again = sheetnet.grade(tmp_path / "x" / "manifest.json", tmp_path / "in", tmp_path / "again")
    assert {m.verdict for m in of(again, "pasted.xlsx").marks} == {"pasted"}


def test_sheets_with_other_names_and_rows_that_were_inserted_are_found(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    one = pupil(manifest, "Right")
    fill(files["Right"], tmp_path / "plain.xlsx", one.items)
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "renamed.xlsx", "w") as package:
        for name, data in parts.items():
            if name.startswith("xl/worksheets/") or name == "xl/workbook.xml":
                data = data.replace(b"Conv!", b"Maps!").replace(b'name="Conv"', b'name="Maps"')  # as Excel does it
            if name == "xl/worksheets/sheet6.xml":  # three rows more above everything
                data = re.sub(rb'(r="[A-Z]*)([0-9]+)(?=")', lambda m: m[1] + str(int(m[2]) + 3).encode(), data)
            if name != "xl/worksheets/sheet6.xml":
                data = re.sub(
                    rb"(Maps![^<,)]*)",
                    lambda m: re.sub(rb"[0-9]+", lambda n: str(int(n[0]) + 3).encode(), m[1]),
                    data,
                )
            package.writestr(name, data)
    result = sheetnet.grade(given / "manifest.json", tmp_path / "in", tmp_path / "results")
    conv = [mark for mark in result.results[0].marks if one.items[mark.number - 1].step == "conv"]
    assert {mark.verdict for mark in conv} == {"right"}
    assert not result.results[0].error


def test_a_file_that_takes_too_long_is_reported_and_the_class_is_marked(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    one, other = pupil(manifest, "Right"), pupil(manifest, "Office")
    fill(files["Right"], tmp_path / "right.xlsx", one.items)
    slow = openpyxl.load_workbook(fill(files["Office"], tmp_path / "slow.xlsx", other.items))
    sheet = slow.create_sheet("Slow")
    for row in range(1, 4001):  # each cell adds up all cells above: no engine is done with it in a second
        for column in "ABCDEFGH":
            sheet[f"{column}{row}"] = (
                f"=SUMPRODUCT($A$1:$H${row}*1,$A$1:$H${row}*1)"
                if row < 2
                else (f"=SUMPRODUCT($A$1:$H${row - 1},$A$1:$H${row - 1})/1E+30")
            )
    slow.save(tmp_path / "slow.xlsx")
    result = sheetnet.grade(given / "manifest.json", tmp_path, tmp_path / "results", timeout=2)
    assert of(result, "right.xlsx").points == FULL
    assert "ran out of time" in of(result, "slow.xlsx").error
    assert result.status == 1


def test_the_command_ends_as_all_commands_do(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    (tmp_path / "in").mkdir()
    fill(files["Right"], tmp_path / "in" / "right.xlsx", pupil(manifest, "Right").items)

    def run(*arguments: object) -> Result_:
        return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)

    asked = ("grade", given / "manifest.json", tmp_path / "in", "-o", tmp_path / "out")
    done = run(*asked)
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"right.xlsx: Right, {FULL} of {FULL} points" in done.stdout
    again = run(*asked)
    assert again.exit_code == 2
    assert "use --force" in again.stderr
    (tmp_path / "in" / "broken.xlsx").write_bytes(b"PK")
    odd = run(*asked, "--force", "-q")
    assert (odd.exit_code, odd.stdout) == (1, "")
    assert odd.stderr.startswith("broken.xlsx: ")
    assert odd.stderr.count("\n") == 1


def test_nothing_to_mark_is_an_error(given: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for wrong, says in ((tmp_path / "in", "has no .xlsx file"), (tmp_path / "none", "no such folder")):
        with pytest.raises(WorkbookError, match=says):
            sheetnet.grade(given / "manifest.json", wrong, tmp_path / "out")
    told = json.loads((given / "manifest.json").read_text(encoding="utf-8"))
    for wrong_part in ({"pupils": []}, {"network": {}}, {"pupils": [{**told["pupils"][0], "given": {}}]}):
        (tmp_path / "m.json").write_text(json.dumps({**told, **wrong_part}))
        with pytest.raises(WorkbookError, match="is damaged; make the exercise again"):
            sheetnet.grade(tmp_path / "m.json", tmp_path / "in", tmp_path / "out")
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(WorkbookError, match="is no manifest of this version"):
        sheetnet.grade(tmp_path / "m.json", tmp_path / "in", tmp_path / "out")


def test_whoever_types_0_everywhere_or_leaves_a_gap_earns_nothing_by_it(given: Path) -> None:
    manifest, _ = exercise(given)
    one = manifest.pupils[0]
    zeros = {item.number: Answer(0.0, "0") for item in one.items}
    assert not sum(m.points for m in marked(manifest.network, one.given, one.items, zeros, None))
    said = carried(one.items, manifest, one)
    gap = {n: Answer(v, str(v)) for n, v in said.items()} | {1: Answer(None)}
    late = [m for m in marked(manifest.network, one.given, one.items, gap, None) if m.verdict == "carried"]
    assert not late


NUMBERS = {
    "0,97": 0.97,
    ".97": 0.97,
    ",97": 0.97,
    "400.": 400.0,
    "０．９７": 0.97,
    ".": None,
    "−3": -3.0,
    "97 %": 0.97,
    "1e3": 1000.0,
    "? 2p": None,
    "two": None,
    True: None,
    None: None,
}


def test_a_number_is_read_in_every_country() -> None:
    for value, number in NUMBERS.items():
        assert number_of(value)[0] == number, value
    assert number_of(1.5) == (1.5, "1.5")
    assert number_of(ErrorValue("#N/A")) == (None, "#N/A")


NAN = float("nan")
NEAR = [(400.0, 400.0), (0.97, 0.9703), (0.03, 0.0301343), (-2.0, -2.0)]
FAR = [(401.0, 400.0), (0.98, 0.9703), (0.0, 0.0000312), (NAN, 1.0), (1.0, NAN), (None, 0.0)]


def test_how_near_is_near_enough() -> None:
    assert all(is_near(*pair) for pair in NEAR)
    assert not any(is_near(*pair) for pair in FAR)

"""Marks where everybody has the same file: the number says whose it is, and whatever is odd about it is told."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import surgery
from classes import fill
from click.testing import CliRunner

import sheetnet
from sheetnet.classroom.assign.manifest import Manifest, read_manifest
from sheetnet.classroom.grade.chain import followed
from sheetnet.classroom.grade.grade import Graded
from sheetnet.classroom.grade.result import Result
from sheetnet.cli import main
from sheetnet.errors import WorkbookError
from sheetnet.recalc.office import find, recalculate

NAMES = ("Ada", "Ben", "=CEM()", "Dana", "Eve", "Absent")
FULL = 16


class Class:
    """A folder of submissions, and the exercise that they are of."""

    def __init__(self, folder: Path, **asked: Any) -> None:
        self.exercise, self.folder = folder / "exercise", folder / "in"
        self.folder.mkdir(parents=True)
        sheetnet.assign(out=self.exercise, one=True, **asked)
        self.manifest: Manifest = read_manifest(self.exercise / "manifest.json")
        [self.file] = (self.exercise / "pupils").iterdir()

    def submit(self, file: str, number: Any, name: str | None, answers_of: str, said: Any = None) -> Path:
        """A file that comes back: with the answers of one number, or others."""
        items = self.manifest.pupil(answers_of).items
        path = fill(self.file, self.folder / file, items, said)
        book = openpyxl.load_workbook(path)
        book["Start"]["C3"], book["Start"]["C5"] = number, name
        book.save(path)
        return path

    def grade(self, **options: Any) -> Graded:
        out = self.folder.parent / "results"
        return sheetnet.grade(self.exercise / "manifest.json", self.folder, out, force=True, **options)


def renamed(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The first sheet with another title, as a spreadsheet renames it."""
    pairs = ((b"Start!", b"Front!"), (b'name="Start"', b'name="Front"'))
    for old, new in pairs:
        parts = {name: data.replace(old, new) for name, data in parts.items()}
    return parts


def of(graded: Graded, file: str) -> Result:
    return next(one for one in graded.results if one.file == file)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = tmp_path_factory.mktemp("one class")
    (folder / "class.csv").write_text("\n".join(["name", *NAMES]), encoding="utf-8")
    room = Class(folder / "x", names=folder / "class.csv")
    room.submit("right.xlsx", 1, " ada", "1")
    room.submit("foreign answers.xlsx", 2, None, "1")
    room.submit("again.xlsx", 2, "Zoe", "2")
    room.submit("no number.xlsx", None, "Ben", "2")
    room.submit("nobody.xlsx", 77, None, "2")
    room.submit("fraction.xlsx", 2.5, None, "2")
    room.submit("words.xlsx", "two", None, "2")
    for engine, file, number in (("libreoffice", "office.xlsx", 3), ("gnumeric", "gnumeric.xlsx", 4)):
        path = room.submit(file, number, None, str(number))
        if find(engine) is not None:
            path.write_bytes(recalculate(engine, [path.read_bytes()], time.monotonic() + 120)[0])
    mixed = openpyxl.load_workbook(room.submit("mixed.xlsx", 5, "Eve", "5"))
    mixed.move_sheet("Start", 5)
    mixed.save(room.folder / "mixed.xlsx")
    surgery.save(room.folder / "mixed.xlsx", renamed(surgery.parts(room.folder / "mixed.xlsx")))
    sheetnet.assign(out=folder / "other", one=True, seed=9)
    [other] = (folder / "other" / "pupils").iterdir()
    shutil.copy(other, room.folder / "other exercise.xlsx")
    return room.grade()


def test_the_number_says_whose_a_file_is(marked: Graded) -> None:
    found = {one.file: (one.id, one.name, one.points, one.flags) for one in marked.results if not one.error}
    assert marked.points == FULL
    assert found == {
        "right.xlsx": ("1", "Ada", FULL, ()),
        "foreign answers.xlsx": ("2", "Ben", found["foreign answers.xlsx"][2], ("duplicate",)),
        "again.xlsx": ("2", "Ben", FULL, ("named", "duplicate")),
        "office.xlsx": ("3", "=CEM()", FULL, ()),
        "gnumeric.xlsx": ("4", "Dana", FULL, ()),
        "mixed.xlsx": ("5", "Eve", FULL, ()),
    }
    assert found["foreign answers.xlsx"][2] <= FULL / 2  # what follows from the foreign numbers is carried on
    assert marked.missing == ("Absent",)
    assert marked.status == 1


def test_a_number_that_is_missing_or_nobodys_is_told_in_one_line(marked: Graded) -> None:
    assert of(marked, "no number.xlsx").error == (
        "no number.xlsx: no number is typed in Start!C3; ask the pupil for it, and type it there"
    )
    for file, value in (("nobody.xlsx", "77"), ("fraction.xlsx", "2.5"), ("words.xlsx", "two")):
        said = f"{file}: Start!C3 has {value}, which is no number from 1 to 6; mend it there"
        assert of(marked, file).error == said
    assert "is of another exercise (" in of(marked, "other exercise.xlsx").error


def test_another_name_than_that_of_the_number_is_reported(marked: Graded) -> None:
    with (marked.folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert rows["again.xlsx"]["remark"].startswith("The name in it is another than that of the number: Zoe.")
    assert rows["office.xlsx"]["name"] == "'=CEM()"
    assert rows["right.xlsx"]["remark"] == ""
    texts = [
        str(cell.value)
        for path in [marked.folder / "feedback" / "again.xlsx"]
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()
        for cell in row
    ]
    assert any("another than that of the number: Zoe." in text for text in texts)


def test_without_a_list_any_number_is_marked_and_the_name_is_the_one_that_was_typed(tmp_path: Path) -> None:
    room = Class(tmp_path / "x", count=2)
    room.submit("a.xlsx", 4321, "Änne  Ü.", "4321")
    room.submit("b.xlsx", 1, None, "1")
    room.submit("c.xlsx", "17", None, "17")
    graded = room.grade()
    found = {one.file: (one.id, one.name, one.points, one.flags) for one in graded.results}
    assert found == {
        "a.xlsx": ("4321", "Änne Ü.", FULL, ()),
        "b.xlsx": ("1", "1", FULL, ()),
        "c.xlsx": ("17", "17", FULL, ()),
    }
    assert graded.missing == ("2",)
    assert graded.status == 0


def test_an_error_is_carried_on_and_changed_cells_are_flagged(tmp_path: Path) -> None:
    room = Class(tmp_path / "x")
    one = room.manifest.pupil("8")
    said: dict[int, float] = {1: one.items[0].answer + 300}
    for item in one.items[1:]:
        said[item.number] = float(f"{followed(room.manifest.network, one.given, one.items, said)[item.number]:.5g}")
    room.submit("carried.xlsx", 8, None, "8", said)
    book = openpyxl.load_workbook(room.submit("changed.xlsx", 9, None, "9"))
    book["Conv"]["E11"] = 7
    book.save(room.folder / "changed.xlsx")
    graded = room.grade()
    marks = of(graded, "carried.xlsx").marks
    assert marks[0].verdict == "wrong"
    assert {mark.verdict for mark in marks[1:]} == {"right", "carried"}
    assert of(graded, "changed.xlsx").flags == ("changed",)


def test_where_a_formula_is_asked_for_a_number_earns_nothing(tmp_path: Path) -> None:
    room = Class(tmp_path / "x", ask="formula", seed=2)
    [solved] = (room.exercise / "solved").iterdir()
    live = openpyxl.load_workbook(solved)
    items = room.manifest.pupil("6").items
    formulas = {item.number: live[item.place[0]].cell(*item.place[1:]).value for item in items}
    room.submit("live.xlsx", 6, None, "6", formulas)
    room.submit("pasted.xlsx", 7, None, "7")
    graded = room.grade()
    assert {mark.verdict for mark in of(graded, "pasted.xlsx").marks} == {"pasted"}
    verdicts = {item.full: mark.verdict for item, mark in zip(items, of(graded, "live.xlsx").marks, strict=True)}
    assert verdicts.pop("loss.out") in ("right", "wrong")  # the solved one reads a cell that pupils do not have
    assert set(verdicts.values()) == {"right"}


def test_a_manifest_that_is_damaged_is_refused(tmp_path: Path) -> None:
    room = Class(tmp_path / "x")
    path = room.exercise / "manifest.json"
    whole = path.read_text(encoding="utf-8")
    for old, new in (
        ('"kind":"varied"', '"kind":"unknown"'),
        ('"multiplier":', '"multiplied":'),
        ('"one":', '"two":'),
    ):
        assert old in whole
        path.write_text(whole.replace(old, new), encoding="utf-8")
        with pytest.raises(WorkbookError, match="is damaged; make the exercise again with the same --seed"):
            read_manifest(path)


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    out = str(tmp_path / "x")
    made = CliRunner().invoke(main, ["assign", "--one", "--count", "30", "-o", out])
    assert made.exit_code == 0, made.output
    assert "pupils: 1 workbook for everybody; the key has the numbers 1 to 30" in made.output
    assert "numbers 1 to 1,000 have " in made.output
    key = openpyxl.load_workbook(tmp_path / "x" / "key.xlsx").worksheets[0]
    ids = [row[1].value for row in key.iter_rows(min_row=5) if row[1].value]
    assert list(dict.fromkeys(ids)) == [str(number) for number in range(1, 31)]
    marked = CliRunner().invoke(main, ["grade", f"{out}/manifest.json", f"{out}/pupils", "-o", str(tmp_path / "r")])
    assert marked.exit_code == 1
    assert "no number is typed in Start!C3" in marked.output

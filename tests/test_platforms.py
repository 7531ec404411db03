"""A class that hands in through Moodle or Canvas: marks and feedback go back, and each pupil gets his or her own."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from canvas import Canvas
from classes import exercise, fill, pupil
from click.testing import CliRunner
from click.testing import Result as Result_
from moodle import CHINESE, ENGLISH, GERMAN, Moodle

import sheetnet
from sheetnet.classroom.platforms.gradebook import OURS
from sheetnet.cli import main
from sheetnet.errors import WorkbookError
from sheetnet.rows import defused

NAMES = ("Piñón Ácana Ñandú", "向日葵", "Bay_Oak O'Heather", "Rosa Alba", "Elm Cone", "Aloë Absent")
PEOPLE = {101 + number: name for number, name in enumerate(NAMES)}
SORTABLE = {number: ", ".join(reversed(name.split(" ", 1))) for number, name in PEOPLE.items()}
FULL = 16


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an exercise, with the workbooks of the pupils filled in: one mistake each that costs 2 points."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.csv").write_text("\n".join(["name", *NAMES]), encoding="utf-8")
    sheetnet.assign(out=folder / "exercise", names=folder / "class.csv")
    manifest, files = exercise(folder / "exercise")
    (folder / "filled").mkdir()
    for name in NAMES:
        wrong = {1: 0.25} if name == NAMES[0] else None
        fill(files[name], folder / "filled" / f"{name}.xlsx", pupil(manifest, name).items, wrong)
    return folder


def filled(given: Path, name: str) -> bytes:
    return (given / "filled" / f"{name}.xlsx").read_bytes()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return path


def told(data: bytes) -> tuple[str, str]:
    """Whose a workbook of feedback is, and how many points it tells."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return str(sheet["A2"].value).rpartition("   ")[0], str(sheet["A3"].value)


def test_a_class_of_moodle_gets_its_marks_and_swaps_are_flagged(given: Path, tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, GERMAN, 8.0)
    whose = {101: NAMES[0], 102: NAMES[1], 103: NAMES[2], 104: NAMES[4], 105: NAMES[3]}  # Rosa and Elm have swapped
    files = {f"{moodle.folder(one)}/meine_5_lösung.xlsx": filled(given, name) for one, name in whose.items()}
    files[f"{moodle.folder(106)}/x.xlsx"] = b"broken"
    (tmp_path / "grades.csv").write_bytes(moodle.worksheet(end="\r\n").encode())
    done = sheetnet.grade(
        given / "exercise" / "manifest.json",
        zipped(tmp_path / "all.zip", files),
        tmp_path / "results",
        gradebook=tmp_path / "grades.csv",
    )
    flags = {one.file.partition("_")[0]: one.flags for one in done.results if not one.error}
    assert flags == {
        NAMES[0]: (),
        NAMES[1]: (),
        "Bay Oak O'Heather": (),
        "Rosa Alba": ("other-name",),
        "Elm Cone": ("other-name",),
    }
    assert (done.status, len(done.results), done.missing) == (1, 6, (NAMES[5],))
    assert done.returned is not None
    assert (done.returned.grades, done.returned.feedbacks, done.returned.files, done.returned.odd) == (5, 5, 5, ())
    assert moodle.take_grades((tmp_path / "results" / "gradebook.csv").read_bytes()) == set(whose)
    assert moodle.grades == {101: 7.0, 102: 8.0, 103: 8.0, 104: 8.0, 105: 8.0}
    assert moodle.comments[101].startswith(f"{OURS}14 of 16 points. 1 convolution 0/2; 2 ")
    assert all(defused(text) == text for text in moodle.comments.values())
    back = moodle.take_feedback((tmp_path / "results" / "feedback.zip").read_bytes())
    assert {one: told(data["feedback.xlsx"])[0] for one, data in back.items()} == whose
    assert told(back[101]["feedback.xlsx"])[1] == "14 of 16 points"


def test_moodle_without_folders_or_names_and_two_files_of_one_pupil(given: Path, tmp_path: Path) -> None:
    moodle = Moodle(PEOPLE, CHINESE, blind=True)
    (tmp_path / "in").mkdir()
    for number, name in ((103, NAMES[0]), (102, NAMES[1]), (103, NAMES[2])):
        file = f"{moodle.folder(number, before_4_1=False)}_{name}.xlsx"
        (tmp_path / "in" / file).write_bytes(filled(given, name))
    table = [row[:1] + row[2:] for row in csv.reader(io.StringIO(moodle.worksheet(mark="")))]  # without names
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    (tmp_path / "grades.csv").write_bytes(out.getvalue().encode())
    done = sheetnet.grade(
        given / "exercise" / "manifest.json", tmp_path / "in", tmp_path / "out", gradebook=tmp_path / "grades.csv"
    )
    assert {one.name: one.flags for one in done.results} == {
        NAMES[0]: ("duplicate",),
        NAMES[1]: (),
        NAMES[2]: ("duplicate",),
    }
    assert moodle.take_grades((tmp_path / "out" / "gradebook.csv").read_bytes()) == {102, 103}
    assert moodle.grades == {102: 100.0, 103: 100.0}  # the better one counts
    back = moodle.take_feedback((tmp_path / "out" / "feedback.zip").read_bytes())
    assert sorted(back[103]) == ["feedback-2.xlsx", "feedback.xlsx"]
    assert {told(data)[0] for data in back[103].values()} == {NAMES[0], NAMES[2]}


def test_a_class_of_canvas_gets_its_marks(given: Path, tmp_path: Path) -> None:
    canvas = Canvas(SORTABLE, {55: ("Quiz", 10.0), 77: ("Exercise", 100.0)}, {(105, 77): "EX"})
    (tmp_path / "in").mkdir()
    for number, name in list(PEOPLE.items())[:5]:
        file = canvas.file(number, 9000 + number, "my_12_exercise-1.xlsx", late=number % 2 == 0)
        (tmp_path / "in" / file).write_bytes(filled(given, name))
    (tmp_path / "canvas.csv").write_bytes(canvas.gradebook(separator=";", comma=True).encode())
    done = sheetnet.grade(
        given / "exercise" / "manifest.json",
        tmp_path / "in",
        tmp_path / "out",
        gradebook=tmp_path / "canvas.csv",
        assignment="Exercise (77)",
    )
    assert not any(one.flags or one.error for one in done.results)
    assert done.returned is not None
    file = canvas.file(105, 9105, "my_12_exercise-1.xlsx")
    assert done.returned.odd == (f"{file}: no grade is written, EX stands there",)
    assert done.status == 1
    new = canvas.take_grades((tmp_path / "out" / "gradebook.csv").read_bytes())
    assert new == {(101, 77): "87.5", (102, 77): "100", (103, 77): "100", (104, 77): "100"}
    attachments = {9000 + number: number for number in PEOPLE}
    back = canvas.take_feedback((tmp_path / "out" / "feedback.zip").read_bytes(), attachments)
    assert {number: told(data)[0] for number, data in back.items()} == dict(list(PEOPLE.items())[:5])


def run(*arguments: object) -> Result_:
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


def test_the_command_says_what_goes_back_and_what_does_not(given: Path, tmp_path: Path) -> None:
    moodle = Moodle({101: NAMES[0], 106: NAMES[5]}, ENGLISH, 20.0)
    folder = moodle.folder(101)
    files = {
        f"{folder}/x.xlsx": filled(given, NAMES[0]),
        "向日葵_999_assignsubmission_file_/x.xlsx": filled(given, NAMES[1]),
    }
    files |= {"loose.xlsx": filled(given, NAMES[2]), "../up_7_assignsubmission_file_/x.xlsx": b""}
    (tmp_path / "grades.csv").write_bytes(moodle.worksheet().encode())
    manifest = given / "exercise" / "manifest.json"
    asked = ("grade", manifest, zipped(tmp_path / "all.zip", files), "-o", tmp_path / "out")
    done = run(*asked, "--gradebook", tmp_path / "grades.csv")
    assert done.exit_code == 1
    assert (
        f"{tmp_path / 'out' / 'gradebook.csv'}: 1 grade and 1 comment for Moodle, where 16 points are 20\n"
        in done.stdout
    )
    assert f"{tmp_path / 'out' / 'feedback.zip'}: 2 files for Moodle\n" in done.stdout
    assert done.stderr.splitlines() == [
        "../up_7_assignsubmission_file_/x.xlsx: has a name that leads out of the zip",
        "向日葵_999_assignsubmission_file_/x.xlsx: no grade is written, the table of Moodle has no pupil 999",
        "loose.xlsx: has no name of Moodle, such as Full Name_12345_assignsubmission_file_",
    ]
    again = run(*asked, "--force", "-q")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "../up_7_assignsubmission_file_/x.xlsx: has a name that leads out of the zip\n"


def test_what_does_not_fit_is_refused_before_anything_is_marked(given: Path, tmp_path: Path) -> None:
    manifest = given / "exercise" / "manifest.json"
    (tmp_path / "canvas.csv").write_text(Canvas(SORTABLE, {5: ("Lab", 4.0)}).gradebook(), encoding="utf-8")
    (tmp_path / "text.txt").write_text("nothing", encoding="utf-8")
    out = tmp_path / "out"
    with pytest.raises(WorkbookError, match=r"no file is named as Canvas names it, such as lastfirst_12345_678901_"):
        sheetnet.grade(manifest, given / "filled", out, gradebook=tmp_path / "canvas.csv")
    with pytest.raises(WorkbookError, match=r"text.txt: no table of grades that is known"):
        sheetnet.grade(manifest, given / "filled", out, gradebook=tmp_path / "text.txt")
    with pytest.raises(WorkbookError, match="--assignment: chooses a column of a gradebook"):
        sheetnet.grade(manifest, given / "filled", out, assignment="5")
    with pytest.raises(WorkbookError, match=r"text.txt: is no zip, or damaged"):
        sheetnet.grade(manifest, tmp_path / "text.txt", out)
    with pytest.raises(WorkbookError, match=r"text.txt: is no folder; unpack it where all workers"):
        sheetnet.grade(manifest, tmp_path / "text.txt", out, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(WorkbookError, match=r"empty.zip: has no .xlsx file"):
        sheetnet.grade(manifest, zipped(tmp_path / "empty.zip", {"a.txt": b""}), out)
    assert not out.exists()

"""Answers from another workbook, and numbers that make a network so sure that nothing is left to work out."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from classes import exercise, fill, rounded
from click.testing import CliRunner

import sheetnet
from sheetnet.classroom.grade.chain import followed
from sheetnet.classroom.grade.marks import Answer, marked
from sheetnet.classroom.grade.outside import is_outside
from sheetnet.cli import main
from sheetnet.words import languages, load

FULL = 16
OUTSIDE = [
    "'[1]Conv'!A1",
    "[1]Conv!A1+1",
    "SUM('C:\\my - class\\[a b.xlsx]It''s'!$A$1:B2)",
    "'[a]b'!x*2",
    '"x"&[2]!rate',
]
INSIDE = ["Conv!A1", '"[1]Conv!A1"', "Table1[a]+Conv!A1", "Table1[[#This Row],[a]]", "SUM(A1:B2)", '"""[1]"&A1']


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    sheetnet.assign(out=folder / "exercise")
    return folder / "exercise"


def test_formulas_that_read_another_workbook_are_told_from_others() -> None:
    assert [one for one in OUTSIDE if not is_outside(one)] == []
    assert [one for one in INSIDE if is_outside(one)] == []


def test_an_answer_from_another_workbook_is_the_value_that_is_stored(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    items = manifest.pupils[0].items
    (tmp_path / "in").mkdir()
    formula = "'[1]Conv'!A1"
    for name in ("unknown.xlsx", "known.xlsx"):
        fill(files["1"], tmp_path / "in" / name, items, {1: f"={formula}"})
    source, stored = tmp_path / "in" / "unknown.xlsx", f"<f>{formula}</f><v>{items[0].answer}</v>"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "in" / "known.xlsx", "w") as new:
        for part in old.namelist():
            text = old.read(part).decode("utf-8", "surrogateescape")
            for empty in (f"<f>{formula}</f><v></v>", f"<f>{formula}</f><v />", f"<f>{formula}</f><v/>"):
                text = text.replace(empty, stored)
            new.writestr(part, text.encode("utf-8", "surrogateescape"))
    graded = sheetnet.grade(given / "manifest.json", tmp_path / "in", tmp_path / "out")
    found = {one.file: (one.error, one.points, one.marks and one.marks[0].verdict) for one in graded.results}
    assert found == {"known.xlsx": ("", FULL, "right"), "unknown.xlsx": ("", FULL - 2, "words")}


def test_spreadsheets_of_other_kinds_are_named_in_a_folder_and_in_a_zip(given: Path, tmp_path: Path) -> None:
    manifest, files = exercise(given)
    (tmp_path / "in").mkdir()
    fill(files["1"], tmp_path / "in" / "right.xlsx", manifest.pupils[0].items)
    for name in ("a.ods", "b.XLS", "notes.txt", "~$c.ods"):
        (tmp_path / "in" / name).write_bytes(b"?")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as package:
        for path in (tmp_path / "in").iterdir():
            package.write(path, path.name)
    for number, source in enumerate(("in", "in.zip")):
        graded = sheetnet.grade(given / "manifest.json", tmp_path / source, tmp_path / f"out {number}")
        found = {one.file: one.error or one.points for one in graded.results}
        says = "is no .xlsx; open it, save it as .xlsx, and mark again"
        assert found == {"right.xlsx": FULL, "a.ods": f"a.ods: {says}", "b.XLS": f"b.XLS: {says}"}
        assert graded.status == 1
    (tmp_path / "in" / "right.xlsx").unlink()
    assert [
        one.error for one in sheetnet.grade(given / "manifest.json", tmp_path / "in", tmp_path / "out").results
    ] == [
        f"a.ods: {says}",
        f"b.XLS: {says}",
    ]


def test_whoever_makes_the_network_quite_sure_earns_nothing_by_it(given: Path) -> None:
    manifest, _ = exercise(given)
    one = manifest.pupils[0]
    late_steps = ("softmax", "loss")
    for huge in (1e9, -1e9, 1e5):
        for loss in (0.0, 1.0):
            said = {item.number: huge if item.step in ("conv", "relu", "pool") else loss for item in one.items}
            said |= {item.number: 1.0 for item in one.items if item.full == "softmax.sum"}
            answers = {n: Answer(v, str(v)) for n, v in said.items()}
            marks = marked(manifest.network, one.given, one.items, answers, None)
            late = [m.verdict for m, item in zip(marks, one.items, strict=True) if item.step in late_steps]
            assert set(late) <= {"sure", "wrong"}
            assert not sum(m.points for m, item in zip(marks, one.items, strict=True) if item.step in late_steps)


def test_a_0_behind_a_relu_is_carried_on(given: Path) -> None:
    manifest, _ = exercise(given)
    one = manifest.pupils[0]
    relu = next(item for item in one.items if item.step == "relu")
    said = {item.number: rounded(item) for item in one.items} | {relu.after[0]: -7.0, relu.number: 0.0}
    answers = {n: Answer(v, str(v)) for n, v in said.items()}
    marks = marked(manifest.network, one.given, one.items, answers, None)
    assert marks[relu.number - 1].verdict == "carried"


@pytest.mark.parametrize("language", languages())
def test_whoever_reckons_on_from_a_network_that_is_quite_sure_reads_why_that_earns_nothing(
    tmp_path: Path, language: str
) -> None:
    sheetnet.assign(out=tmp_path / "x", language=language)
    manifest, files = exercise(tmp_path / "x")
    [one] = manifest.pupils
    said: dict[int, float] = {}
    for item in one.items:  # one number of a map has three zeros too many, and all others follow
        goal = followed(manifest.network, one.given, one.items, said)[item.number]
        said[item.number] = float(f"{goal:.5g}") if said else 1000 * item.answer
    (tmp_path / "in").mkdir()
    fill(files["1"], tmp_path / "in" / "a.xlsx", one.items, said)
    [result] = sheetnet.grade(tmp_path / "x" / "manifest.json", tmp_path / "in", tmp_path / "out").results
    late = {item.number for item in one.items if item.step in ("softmax", "loss")}
    sure = [mark.number for mark in result.marks if mark.verdict == "sure"]
    assert late & {mark.number for mark in result.marks if mark.verdict != "right"} == set(sure) != set()
    assert "wrong" not in {mark.verdict for mark in result.marks[1:]}
    assert not any(mark.points for mark in result.marks if mark.verdict == "sure")
    assert result.flags == ("sure",)
    words = load(language)
    told = words("grade.flags.sure", numbers=", ".join(map(str, sure)), name="")
    assert told in texts(tmp_path / "out" / "summary.xlsx")
    assert told in (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").replace('""', '"')
    feedback = texts(tmp_path / "out" / "feedback" / "a.xlsx")
    assert sum(text.startswith(words("grade.verdicts.sure")) for text in feedback) == len(sure)
    assert told not in feedback  # to give points by hand is the teacher's


def texts(path: Path) -> list[str]:
    """What stands in the cells of the first sheet."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.skipif(sys.platform == "win32", reason="no file can have such a name there")
def test_the_name_of_a_file_cannot_write_lines_or_colours_on_a_terminal(given: Path, tmp_path: Path) -> None:
    _, files = exercise(given)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good\n\x1b[31m.xlsx").write_bytes(files["1"].read_bytes())
    (tmp_path / "in" / "bad\n\x1b[31m.xlsx").write_bytes(b"no workbook")
    done = CliRunner().invoke(
        main, ["grade", str(given / "manifest.json"), str(tmp_path / "in"), "-o", str(tmp_path / "out")]
    )
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert {line.partition("[")[0] for line in done.output.splitlines() if ".xlsx:" in line} == {"good??", "bad??"}

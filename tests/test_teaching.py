"""What is ready for a teacher in samples/teaching: whole, alike in both languages, and marked as it says."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES

import sheetnet
from sheetnet import words
from sheetnet.recalc.office import find

TEACHING = SAMPLES / "teaching"
CLASS = TEACHING / "class"
TEXTS = ("lesson", "misconceptions")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exercise of the class, as the README says that it is made."""
    folder = tmp_path_factory.mktemp("teaching") / "six"
    sheetnet.assign(out=folder, names=CLASS / "names.csv", ask="formula")
    return folder


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_class_gets_the_marks_that_lie_beside_what_it_handed_in(given: Path, tmp_path: Path) -> None:
    graded = sheetnet.grade(given / "manifest.json", CLASS / "submissions", out=tmp_path / "results")
    assert rows(tmp_path / "results" / "grades.csv") == rows(CLASS / "results" / "grades.csv")
    assert [one.file for one in graded.results if one.error] == [next(CLASS.glob("submissions/Fir*")).name]
    made, kept = (
        sorted(path.name for path in folder.glob("feedback/*"))
        for folder in (tmp_path / "results", CLASS / "results")
    )
    assert made == kept


def test_the_readme_tells_the_points_of_each_pupil() -> None:
    told = re.findall(r"^\| (\w+) \| .* \| (\d+) of (\d+) \|$", (TEACHING / "README.md").read_text("utf-8"), re.M)
    head, *found = rows(CLASS / "results" / "grades.csv")
    points, most = head.index("points"), head.index("of")
    assert sorted(told) == sorted((row[0], row[points], row[most]) for row in found if row[0] and row[points])
    assert len(told) == 5  # and the sixth could not be read


@pytest.mark.thorough
@pytest.mark.skipif(find("libreoffice") is None or find("gnumeric") is None, reason="needs LibreOffice and Gnumeric")
def test_what_the_class_handed_in_can_be_made_again(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TEACHING))
    for name in ("make", "slide"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import make

    make.hand_in(given, tmp_path / "submissions")
    sheetnet.grade(given / "manifest.json", tmp_path / "submissions", out=tmp_path / "results")
    assert rows(tmp_path / "results" / "grades.csv") == rows(CLASS / "results" / "grades.csv")


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_says_the_same_in_both_languages(name: str) -> None:
    texts = [(TEACHING / f"{name}{mark}.md").read_text("utf-8") for mark in ("", ".zh")]
    shapes = [[line.count("|") for line in text.splitlines() if line.startswith("|")] for text in texts]
    assert shapes[0] == shapes[1]
    numbers = [
        sorted(re.findall(r"\d+", " ".join(line for line in text.splitlines() if "|" in line))) for text in texts
    ]
    assert numbers[0] == numbers[1]


def test_every_file_that_a_text_links_to_is_there() -> None:
    for path in TEACHING.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            assert (TEACHING / target).exists(), f"{path.name}: {target}"


def test_sheets_that_a_plan_names_are_sheets_of_its_workbook() -> None:
    """In the column that says with what: the titles of sheets, in the language of the plan."""
    for mark, language, pattern in (("", "en", r"sheets? ([\w ]+) \|"), (".zh", "zh", r"工作簿：([\w、]+) \|")):
        said = words.load(language)
        known = {said(f"sheets.{key}") for key in ("photo", "red", "network")} | {"Conv", "卷积"}
        named = re.findall(pattern, (TEACHING / f"lesson{mark}.md").read_text("utf-8"))
        assert named
        for titles in named:
            assert set(re.split(r" and |、", titles)) <= known, titles

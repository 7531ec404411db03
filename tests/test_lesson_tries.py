"""A lesson of the reader's own is tried while it is built: a case that does not come out is told in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_lesson_files import SHORT, WORDS, written

import sheetnet
from sheetnet.case.lessons import load_lesson
from sheetnet.case.template import home
from sheetnet.errors import NetworkError
from sheetnet.lenses import HardMax

TRIED = SHORT + "\n[[tries]]\nexpect = { twice = 6 }\n\n[[tries]]\nset = { x = 4 }\nexpect = { twice = 8 }\n"


def test_cases_that_come_out_let_it_be_built(tmp_path: Path) -> None:
    built = sheetnet.build(out=tmp_path / "out.xlsx", template=written(tmp_path, TRIED))
    assert built.report is not None
    assert built.report.proven


def test_a_folder_is_tried_whatever_its_name_and_known_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is called like one of ours, and one in which the reader stands."""
    folder = written(tmp_path, TRIED.replace("twice = 8", "twice = 9"), WORDS, "softmax")
    monkeypatch.chdir(folder)
    assert load_lesson(Path()).name == "softmax"
    for which in (folder, Path()):
        with pytest.raises(NetworkError, match=r"twice is 8, and by hand 9"):
            sheetnet.build(out=tmp_path / "out.xlsx", template=which)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("twice = 8", "twice = 9", "[[tries]] 2: twice is 8, and by hand 9; mend the case, or what a step reads"),
        ("twice = 8", "twice = [8, 8]", "[[tries]] 2: twice is 8, and by hand 8, 8; mend the case, or"),
        ("twice = 8", 'twice = "eight"', "[[tries]] 2: twice is 8, and by hand eight; mend the case, or"),
        ('y = "x"', 'y = { kind = "mul", reads = { x = "x", y = "x" } }', "[[tries]] 1: twice is 12, and by hand 6;"),
        (
            "range = [-100, 100]",
            "choices = [3, 5]",
            "[[tries]] 2, set x: 4 is no choice; use one of its choices: 3, 5",
        ),
    ],
)
def test_a_case_that_does_not_come_out_is_told(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in TRIED
    folder = written(tmp_path, TRIED.replace(old, new), WORDS)
    with pytest.raises(NetworkError) as error:
        sheetnet.build(out=tmp_path / "out.xlsx", template=folder)
    assert str(error.value).startswith(f"{folder / 'lesson.toml'}: {said}")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.xlsx").exists()


def test_a_fault_of_ours_is_not_told_as_one_of_the_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of the reader's own may not fit a lens. In a lesson of ours it is a fault of ours."""

    def broken(*_: object) -> None:
        raise KeyError("deep")

    shutil.copytree(home() / "softmax", tmp_path / "mine")
    monkeypatch.setattr(HardMax, "forward", broken)
    with pytest.raises(NetworkError, match=r"\[\[steps\]\] '\w+': hard_max cannot work on what it reads"):
        sheetnet.build(out=tmp_path / "mine.xlsx", template=tmp_path / "mine")
    with pytest.raises(KeyError, match="deep"):
        sheetnet.build(out=tmp_path / "ours.xlsx", template="softmax")

"""Results that appear as a whole: refused before any work, all or nothing, gone on with, and never taken for work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from classes import exercise, fill
from fuzz.disks import namespaces

import sheetnet
from sheetnet.classroom.assign import assign as assigning
from sheetnet.classroom.grade import grade as grading
from sheetnet.classroom.whole import UNFINISHED
from sheetnet.errors import WorkbookError

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
RESULTS = {"grades.csv", "summary.xlsx", "feedback"}
EXERCISE = {"pupils", "solved", "key.xlsx", "manifest.json"}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exercise for two."""
    folder = tmp_path_factory.mktemp("whole") / "exercise"
    sheetnet.assign(out=folder, count=2, blank="conv")
    return folder


@pytest.fixture
def handed(given: Path, tmp_path: Path) -> Path:
    """What both handed in."""
    folder = tmp_path / "in"
    folder.mkdir()
    manifest, files = exercise(given)
    for one in manifest.pupils:
        fill(files[one.name], folder / f"{one.name}.xlsx", one.items)
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_cannot_be_is_refused_before_any_work(
    given: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_work(*_: Any, **__: Any) -> Any:
        raise AssertionError("work has begun")

    monkeypatch.setattr(grading, "crew", at_work)
    monkeypatch.setattr(assigning, "crew", at_work)
    manifest = given / "manifest.json"
    (tmp_path / "file").write_text("mine")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "grades.csv").write_text("mine")
    (tmp_path / "there" / "key.xlsx").write_text("mine")
    (tmp_path / "notes" / "feedback").mkdir(parents=True)
    (tmp_path / "notes" / "feedback" / "notes.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    before = sorted(map(str, tmp_path.rglob("*")))
    for out, says in (("file", "is a file; give the name of a folder"), ("there", "exists and may hold somebody's")):
        with pytest.raises(WorkbookError, match=says):
            sheetnet.grade(manifest, handed, tmp_path / out)
        with pytest.raises(WorkbookError, match=says):
            sheetnet.assign(out=tmp_path / out)
    with pytest.raises(WorkbookError, match=r"notes\.txt: is no workbook, and would be lost; move it"):
        sheetnet.grade(manifest, handed, tmp_path / "notes", force=True)
    with pytest.raises(WorkbookError, match=r"cannot be written \(Not a directory\)"):
        sheetnet.grade(manifest, handed, tmp_path / "file" / "out")
    for wrong, says in ((tmp_path / "empty", "has no .xlsx file"), (tmp_path / "none", "no such folder")):
        with pytest.raises(WorkbookError, match=says):
            sheetnet.grade(manifest, wrong, tmp_path / "out")
    with pytest.raises(WorkbookError, match="no manifest; give the"):
        sheetnet.grade(tmp_path / "none.json", handed, tmp_path / "out")
    assert sorted(map(str, tmp_path.rglob("*"))) == before


def test_results_appear_together_or_not_at_all(
    given: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(grading, "csv_bytes", full)
        with pytest.raises(WorkbookError, match="No space left on device"):
            sheetnet.grade(given / "manifest.json", handed, out)
    assert names(out) == {UNFINISHED}
    sheetnet.grade(given / "manifest.json", handed, out)  # where it was left off
    assert names(out) == RESULTS
    old = {path: path.read_bytes() for path in out.rglob("*.*")}
    (handed / "2.xlsx").unlink()
    rename, done = Path.rename, []

    def second(self: Path, target: Path) -> Path:
        done.append(self)
        if len(done) == 4:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", second)
        with pytest.raises(WorkbookError, match="Input/output error"):
            sheetnet.grade(given / "manifest.json", handed, out, force=True)
    assert {path: path.read_bytes() for path in old} == old
    assert names(out) == {*RESULTS, UNFINISHED}
    sheetnet.grade(given / "manifest.json", handed, out, force=True)
    assert names(out) == RESULTS
    assert names(out / "feedback") == {"1.xlsx"}  # nothing of before


@pytest.mark.thorough
def test_results_of_ours_are_never_marked(given: Path, handed: Path, tmp_path: Path) -> None:
    first = sheetnet.grade(given / "manifest.json", handed, handed / "results")
    assert [one.file for one in first.results] == ["1.xlsx", "2.xlsx"]
    again = sheetnet.grade(given / "manifest.json", handed, handed / "results", force=True)
    assert (again.results, again.left_out) == (first.results, ())
    shutil.copy(given / "key.xlsx", handed)
    other = sheetnet.grade(given / "manifest.json", handed, tmp_path / "other")
    assert [one.file for one in other.results] == ["1.xlsx", "2.xlsx"]
    ours = ("key.xlsx", "results/feedback/1.xlsx", "results/feedback/2.xlsx", "results/summary.xlsx")
    assert other.left_out == ours
    assert not other.status
    with pytest.raises(WorkbookError, match="has marks of an earlier run, and no workbook that came back"):
        sheetnet.grade(given / "manifest.json", handed / "results" / "feedback", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_file_of_another_exercise_is_told_apart(given: Path, handed: Path, tmp_path: Path) -> None:
    sheetnet.assign(out=tmp_path / "next week", count=2, blank="relu")
    with pytest.raises(WorkbookError, match="exists and may hold"):
        sheetnet.assign(out=tmp_path / "next week", count=1, blank="conv")
    [one, _] = exercise(tmp_path / "next week")[0].pupils
    result = sheetnet.grade(tmp_path / "next week" / "manifest.json", handed, tmp_path / "out").results[0]
    mine = exercise(given)[0]
    assert result.error == (
        f"1.xlsx: is of another exercise ({mine.pupils[0].id}), not of {exercise(tmp_path / 'next week')[0].exercise}"
    )
    assert one.id.split("-")[0] != mine.exercise
    (tmp_path / "names.csv").write_text("Ada\nBo\n")
    sheetnet.assign(out=tmp_path / "other class", names=tmp_path / "names.csv", blank="conv")
    ids = {one.id for one in exercise(tmp_path / "other class")[0].pupils}
    assert not ids & {one.id for one in mine.pupils}


def test_with_force_an_exercise_is_replaced_and_nothing_of_the_old_one_stays(tmp_path: Path) -> None:
    sheetnet.assign(out=tmp_path / "x", count=3, blank="conv")
    (tmp_path / "x" / "notes.txt").write_text("mine")
    sheetnet.assign(out=tmp_path / "x", count=1, blank="relu", force=True)
    manifest, files = exercise(tmp_path / "x")
    assert names(tmp_path / "x") == {*EXERCISE, "notes.txt"}
    assert [names(tmp_path / "x" / one) for one in ("pupils", "solved")] == [{manifest.pupils[0].file}] * 2
    assert all(path.exists() for path in files.values())


@pytest.mark.thorough
@POSIX
def test_what_an_interrupt_has_left_is_gone_on_with(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sheetnet", "assign", "--count", "40", "--jobs", "2", "-o", "x"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    journal = tmp_path / "x" / UNFINISHED / "finished.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, b"sheetnet: interrupted\n")
    assert names(tmp_path / "x") == {UNFINISHED}
    finished = journal.read_bytes().count(b"\n")
    seen = {path: path.stat().st_mtime_ns for path in (tmp_path / "x" / UNFINISHED / "pupils").iterdir()}
    assert finished >= 3
    made = sheetnet.assign(out=tmp_path / "x", count=40)
    assert made.pupils == 40
    assert names(tmp_path / "x") == EXERCISE
    times = {path.stat().st_mtime_ns for path in (tmp_path / "x" / "pupils").iterdir()}
    assert len(set(seen.values()) & times) >= finished  # those that were there are there still


SMALL = (
    'mount -t tmpfs -o size=$1 none "$2" || exit 99; cd "$2"; shift 2; "$@" 2>&1; ls x/unfinished/pupils 2>/dev/null;'
    ' mount -o remount,size=100m "$PWD" || exit 99; "$@" -q 2>&1; ls x; umount -l .'
)


@pytest.mark.thorough
@pytest.mark.skipif(not namespaces(), reason="no disk of one's own can be made")
@pytest.mark.parametrize("size", ["16k", "64k", "300k", "600k", "700k"])
def test_a_full_disk_says_what_is_true_and_with_more_room_the_same_command_goes_on(tmp_path: Path, size: str) -> None:
    asked = "assign --count 9 --blank conv --jobs 1 -o x"
    command = [sys.executable, "-m", "sheetnet", *asked.split()]
    script = [*namespaces(), "/bin/sh", "-c", SMALL, "sh", size, str(tmp_path), *command]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 99
    said, *listed = done.stdout.splitlines()
    finished = [name for name in listed if name.endswith(".xlsx") and name != "key.xlsx"]
    assert said.startswith("sheetnet: ")
    assert "No space left on device" in said
    assert ("what is finished stays, so make room and run the same again" in said) == bool(finished)
    assert ("nothing was saved" in said) != bool(finished)
    assert listed[len(finished) :] == sorted(EXERCISE)

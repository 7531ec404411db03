"""Many jobs on several processes: whatever one does, the others are done, and nothing is left behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetnet.classroom.jobs import Job, Result, crew, run
from sheetnet.classroom.jobs.manifest import Manifest, open_manifest
from sheetnet.errors import JobError, LimitError, PhotoError, WorkbookError

CHORE = "chores:chore"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def job(folder: Path, name: str, what: str = "", key: str = "1", **more: str) -> Job:
    return Job(name, key, {"what": what, "folder": str(folder), "name": name, **more})


def done(jobs: list[Job | Result], manifest: Manifest | None = None, **options: float) -> dict[str, Result]:
    with crew(CHORE, **{"jobs": 2, **options}) as workers:  # type: ignore[arg-type]
        return {result.job.name: result for result in run(jobs, workers, manifest)}


@POSIX
def test_what_goes_wrong_with_one_job_stops_no_other(tmp_path: Path) -> None:
    whats = ["", "refuse", "break", "die", "die once", "", "hang", "grow", ""]
    jobs = [job(tmp_path, f"{number}.txt", what) for number, what in enumerate(whats)]
    found = done([*jobs, Result(job(tmp_path, "x"), error=PhotoError("x: early"))], timeout=1.5, memory=200)
    errors = {name: str(result.error) for name, result in found.items() if result.error is not None}
    assert errors.pop("1.txt") == "1.txt: no picture"
    assert errors.pop("2.txt").startswith("2.txt: a fault of sheetnet itself (ZeroDivisionError: a fault, chores.py:")
    assert errors.pop("3.txt").startswith("3.txt: its process was ended 2 times (status -9)")
    assert errors.pop("6.txt") == "6.txt: ran out of time after 1.5 seconds"
    assert errors.pop("7.txt").startswith("7.txt: needs more than 200 MB of memory")
    assert errors.pop("x") == "x: early"
    assert not errors
    assert type(found["1.txt"].error) is PhotoError
    assert type(found["6.txt"].error) is LimitError
    assert {path.name for path in tmp_path.glob("*.txt")} == {"0.txt", "4.txt", "5.txt", "8.txt"}
    assert not list(tmp_path.glob(".*"))


def test_a_process_does_many_jobs_and_no_more_are_taken_than_are_under_way(tmp_path: Path) -> None:
    taken = 0

    def jobs() -> Iterator[Job]:
        nonlocal taken
        for number in range(6):
            taken += 1
            yield job(tmp_path, f"{number}.txt")

    finished, processes = 0, set()
    with crew(CHORE, jobs=2) as workers:
        for result in run(jobs(), workers):
            finished += 1
            assert taken <= finished + 2
            assert result.told is not None
            processes.add(result.told["process"])
    assert finished == 6
    assert 1 <= len(processes) <= 2


def test_what_is_finished_is_not_done_again_and_what_has_changed_is(tmp_path: Path) -> None:
    names = ["same.txt", "other.txt", "gone.txt", "edited.txt"]
    with open_manifest(tmp_path / "m.jsonl", tmp_path) as manifest:
        first = done([job(tmp_path, name) for name in names], manifest)
    assert all(result.new for result in first.values())
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "edited.txt").write_text("by somebody")
    with (tmp_path / "m.jsonl").open("a") as file:
        file.write('{"name": "same.txt", "key"')  # a run that was killed
    again: list[Job | Result] = [job(tmp_path, name) for name in names]
    again[1] = job(tmp_path, "other.txt", key="2", text="new")
    with open_manifest(tmp_path / "m.jsonl", tmp_path) as manifest:
        found = done(again, manifest)
    assert {name: (result.new, result.error is None) for name, result in found.items()} == {
        "same.txt": (False, True),
        "other.txt": (True, True),
        "gone.txt": (True, True),
        "edited.txt": (False, False),
    }
    assert "was changed since it was made, and is left as it is; use --force" in str(found["edited.txt"].error)
    assert found["same.txt"].told == first["same.txt"].told
    assert (tmp_path / "edited.txt").read_text() == "by somebody"
    assert (tmp_path / "other.txt").read_text() == "new"
    with open_manifest(tmp_path / "m.jsonl", tmp_path, force=True) as manifest:
        assert [name for name, result in done(again, manifest).items() if result.new] == ["edited.txt"]
    assert len((tmp_path / "m.jsonl").read_text().splitlines()) == 5  # old lines go when it is opened next
    with open_manifest(tmp_path / "m.jsonl", tmp_path) as manifest:
        assert set(manifest.known) == set(names)
    assert len((tmp_path / "m.jsonl").read_text().splitlines()) == 4


@POSIX
def test_two_runs_do_not_work_in_one_folder_at_a_time(tmp_path: Path) -> None:
    with (
        open_manifest(tmp_path / "m.jsonl", tmp_path),
        pytest.raises(WorkbookError, match="another run is at work"),
        open_manifest(tmp_path / "m.jsonl", tmp_path),
    ):
        pass


def test_a_full_disk_ends_the_run_in_one_line(tmp_path: Path) -> None:
    jobs: list[Job | Result] = [job(tmp_path, f"{number}.txt", "full") for number in range(5)]
    with pytest.raises(WorkbookError, match=r"written; nothing was saved; make room and run the same again$"):
        done(jobs)
    with open_manifest(tmp_path / "m.jsonl", tmp_path) as manifest:
        done([job(tmp_path, "first.txt", "write")], manifest)
    stays = r"cannot be written; what is finished stays, so make room and run the same again$"
    with open_manifest(tmp_path / "m.jsonl", tmp_path) as manifest, pytest.raises(WorkbookError, match=stays):
        done(jobs, manifest)


@POSIX
def test_an_interrupt_leaves_no_half_file_and_no_process(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), crew(CHORE, jobs=1) as workers:  # noqa: PT012
        workers.start(0, job(tmp_path, "slow.txt", "write slowly").asked)
        while not (tmp_path / "slow.txt.begun").exists():
            time.sleep(0.01)
        [half] = tmp_path.glob(".slow*.tmp")
        assert half.exists()
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["slow.txt.begun"]


@POSIX
def test_a_process_that_loses_the_signal_ends_all_the_same(tmp_path: Path) -> None:
    with crew(CHORE, jobs=1) as workers:
        workers.start(0, job(tmp_path, "x.txt", "end badly").asked)
        while not (tmp_path / "x.txt.begun").exists():
            time.sleep(0.01)
        started = time.monotonic()
    assert time.monotonic() - started < 4  # before it would be killed


@pytest.mark.parametrize("jobs", [0, 1025, True, 1.5])
def test_a_number_of_processes_that_cannot_be_is_refused(jobs: int) -> None:
    with pytest.raises(JobError, match=r"^--jobs: .*use a number from 1 to 1024"), crew(CHORE, jobs=jobs):
        pass

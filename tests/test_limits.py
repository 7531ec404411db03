"""Limits hold whatever happens inside of them, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from sheetnet.errors import EngineError, LimitError, WorkbookError
from sheetnet.limits import folder, group, megabytes, timed
from sheetnet.limits.apart import apart
from sheetnet.limits.messages import python

TESTS = Path(__file__).parent
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and groups of processes")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own limits")


def call(name: str, timeout: float = 60, memory: float = 500, **asked: Any) -> Any:
    return apart(f"hungry:{name}", "x.xlsx", timeout, memory, **asked)


def test_an_answer_comes_back_with_its_bytes_and_its_progress() -> None:
    told: list[tuple[str, int, int]] = []
    said = ["Müsli", 1.5, None, float("inf"), "\udcff"]
    answer = apart("hungry:answers", "x", 60, 500, lambda *one: told.append(one), said=said)
    assert answer == ([said, True], b"bytes\n\n")
    assert told == [("counting", 1, 2)]


def test_what_has_no_time_left_once_its_modules_are_there_has_run_out_of_it() -> None:
    with pytest.raises(LimitError, match=r"^x\.xlsx ran out of time after 0\.0001 seconds; give it more"):
        call("answers", timeout=1e-4, said=[])


def test_what_cannot_be_interrupted_is_ended_within_a_second() -> None:
    started = time.monotonic()
    with pytest.raises(
        LimitError, match=r"^x\.xlsx ran out of time after 1\.5 seconds; give it more with --timeout$"
    ):
        call("sleeps", timeout=1.5)
    assert 1.5 <= time.monotonic() - started < 2.5


@pytest.mark.parametrize("how", ["grows", "asks"])
def test_what_needs_too_much_memory_is_ended(how: str) -> None:
    assert call(how, most=100)
    with pytest.raises(LimitError, match=r"^x\.xlsx needs more than 200 MB of memory; give it more with --memory$"):
        call(how, memory=200, most=600)


@LINUX
@pytest.mark.parametrize("how", ["grows", "asks"])
def test_no_more_than_a_tenth_above_the_limit_is_ever_taken(how: str) -> None:
    code = f"""
import resource, sys
sys.path.insert(0, {str(TESTS)!r})
from sheetnet.errors import LimitError
from sheetnet.limits.apart import apart
try:
    apart("hungry:{how}", "x", 60, 400, most=2000)
except LimitError:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 1024 < 400e6 * 1.1


def test_errors_are_raised_as_they_were_there() -> None:
    with pytest.raises(WorkbookError, match=r"^x\.xlsx: refused$"):
        call("refuses")
    with pytest.raises(RuntimeError, match=r"x\.xlsx: KeyError: 'nothing' \(hungry\.py:\d+\)"):
        call("fails")


@POSIX
def test_a_process_that_breaks_down_is_an_error_of_one_line() -> None:
    with pytest.raises(EngineError, match=r"^x\.xlsx: the calculation broke down \(SIGABRT\), .* --memory, or try"):
        call("breaks")


@pytest.mark.parametrize("wrong", [0, -1, float("inf"), float("nan")])
def test_what_is_no_limit_is_refused(wrong: float) -> None:
    with pytest.raises(LimitError, match=r"--timeout: .* use a number above 0"):
        timed(wrong)
    with pytest.raises(LimitError, match=r"--memory: .* use a number above 0"):
        megabytes(wrong, 500)
    assert megabytes(None, 500) == 500
    assert timed(1e300) > time.monotonic()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pids: list[int]) -> bool:
    """Whether all of them end within five seconds."""
    until = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, pids))


@POSIX
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_with_us_ends_what_we_have_started(tmp_path: Path, number: str) -> None:
    told = tmp_path / "told"
    code = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from sheetnet.limits.apart import apart
apart("hungry:starts", "x", 60, 500, told={str(told)!r})
"""
    ours = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    while not told.exists():
        time.sleep(0.02)
        assert ours.poll() is None
    started = [int(pid) for pid in told.read_text().split()]
    family = [one.pid for one in psutil.Process(ours.pid).children(recursive=True)]
    assert all(map(alive, started))
    ours.send_signal(getattr(signal, number))
    ours.wait()
    assert gone(started)
    assert gone(family)


@POSIX
def test_a_program_is_ended_with_its_children_at_the_deadline(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(LimitError, match=r"^sh ran out of time"):
        group.run(["/bin/sh", "-c", "sleep 100 & echo $! > told; wait"], tmp_path, started + 1, 500)
    assert time.monotonic() - started < 2
    assert gone([int((tmp_path / "told").read_text())])


@LINUX
def test_a_program_is_ended_when_its_family_takes_too_much(tmp_path: Path) -> None:
    grow = f"{sys.executable} -c 'import time; x = b\"x\" * 150_000_000; time.sleep(100)'"
    with pytest.raises(LimitError, match=r"^sh needs more than 200 MB"):
        group.run(["/bin/sh", "-c", f"{grow} & {grow} & wait"], tmp_path, time.monotonic() + 60, 200)


@LINUX
def test_the_temporary_files_of_a_program_are_in_its_folder(tmp_path: Path) -> None:
    group.run(["/bin/sh", "-c", "echo $TMPDIR > told"], tmp_path, time.monotonic() + 60, 500)
    assert (tmp_path / "told").read_text().strip() == str(tmp_path)


@POSIX
def test_temporary_files_of_a_process_that_is_ended_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(LimitError, match="ran out of time"):
        call("leaves", timeout=1)
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_a_disk_that_is_full_stops_nobody_who_needs_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder.tempfile, "tempdir", str(tmp_path / "nothing"))
    assert call("answers", said=1) == ([1, True], b"bytes\n\n")


@POSIX
def test_a_folder_that_a_killed_run_left_is_removed_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(folder.tempfile, "tempdir", str(tmp_path))
    code = """
import os, signal
from sheetnet.limits.folder import throwaway
with throwaway() as mine:
    (mine / "big").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    (tmp_path / "sheetnet-of-somebody").mkdir()
    [left] = [path for path in tmp_path.iterdir() if (path / "big").exists()]
    with folder.throwaway() as one, folder.throwaway() as two:
        assert not left.exists()
        assert one.exists()
        assert two.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["sheetnet-of-somebody"]


@POSIX
def test_a_build_that_is_killed_leaves_no_temporary_files_to_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    code = """
import os, signal
from openpyxl import Workbook
from sheetnet import build
save = Workbook.save
def killed(*_):
    save(*_)
    import tempfile
    tempfile.mkstemp()
    os.kill(os.getpid(), signal.SIGKILL)
Workbook.save = killed
build(None, "x.xlsx", template="by-hand", engine=None)
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=False)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    again = code.replace("Workbook.save = killed", "")
    subprocess.run([sys.executable, "-c", again], cwd=tmp_path, env=environment, check=True)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_a_module_in_the_folder_where_we_are_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    done = subprocess.run(
        python("hungry"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert "cannot import name 'main'" in done.stderr

"""Getting a workbook onto the disk: all of it or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import zoo
from conftest import SAMPLES

import sheetnet
from sheetnet.errors import WorkbookError
from sheetnet.lesson.build import write


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("my edits")
    with pytest.raises(WorkbookError, match="--force"):
        write(zoo.case("no softmax"), path)
    assert path.read_text() == "my edits"
    write(zoo.case("no softmax"), path, force=True)
    assert sheetnet.verify(path).proven
    assert [p.name for p in tmp_path.iterdir()] == ["mine.xlsx"]


@pytest.mark.parametrize("name", ["x.txt", "x", "no folder/x.xlsx", "folder.xlsx"])
def test_a_bad_target_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(WorkbookError):
        write(zoo.case("no softmax"), tmp_path / name, force=True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_runs_full_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "kept.xlsx").write_text("my edits")
    script = (
        "import resource, signal, sys, sheetnet\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: sheetnet.build(sys.argv[1], 'kept.xlsx', force=True, engine=None)\n"
        "except sheetnet.SheetnetError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script, str(SAMPLES / "astronaut.png")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "kept.xlsx: cannot be written" in done.stdout
    assert done.stderr == ""
    assert (tmp_path / "kept.xlsx").read_text() == "my edits"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, which: signal.Signals) -> None:
    command = [sys.executable, "-m", "sheetnet", "build", str(SAMPLES / "astronaut.png"), "-o", "big.xlsx"]
    # A shell's background job ignores Ctrl-C and hands that down; the command is tried as in a terminal.
    as_in_a_terminal = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        [*command, "--size", "224"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    limit = time.monotonic() + 30
    while not list(tmp_path.glob(".big*.tmp")) and time.monotonic() < limit:
        time.sleep(0.02)
    assert list(tmp_path.glob(".big*.tmp")), "the test came too late"
    process.send_signal(which)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []

"""Each way in which the command can end has its exit status, and one line at most."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from thorough import later

import sheetnet
from sheetnet.cli import main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="streams and signals of POSIX")
BUILD = ("build", "--template", "by-hand", "-o", "x.xlsx")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workbook that is proven, one that is wrong, and one that is none."""
    folder = tmp_path_factory.mktemp("ending")
    sheetnet.build(None, folder / "good.xlsx", template="by-hand", language="zh", engine=None)
    return folder


def run(
    here: Path, *arguments: str | bytes, shell: str = "", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command; ``shell``: what a shell appends to it."""
    command: list[str | bytes] = [sys.executable, "-m", "sheetnet", *arguments]
    if shell:
        command = ["/bin/sh", "-c", f'"$@" {shell}', "sh", *command]
    return subprocess.run(
        command, cwd=here, env=os.environ | environment, capture_output=True, check=False, timeout=120
    )


@POSIX
@pytest.mark.parametrize(
    "command", [("verify", "good.xlsx"), ("templates",), ("inspect", "by-hand", "--json"), ("-h",)]
)
def test_a_full_disk_behind_standard_output_is_one_line(here: Path, command: tuple[str, ...]) -> None:
    done = run(here, *command, shell=">/dev/full")
    assert done.returncode == 2
    assert done.stderr == b"sheetnet: standard output cannot be written (No space left on device)\n"


@POSIX
@pytest.mark.parametrize("shell", ["<&- >&- 2>&-", "2>/dev/full", *later("2>&-", ">&-", ">&- 2>&-")])
def test_closed_streams_stop_no_command(here: Path, shell: str) -> None:
    assert run(here, *BUILD, "--force", shell=shell).returncode == 0
    assert run(here, "verify", "x.xlsx", shell=shell).returncode == 0
    assert run(here, "verify", "nothing.xlsx", shell=shell).returncode == 2


@POSIX
@pytest.mark.parametrize("command", [("verify", "good.xlsx"), ("templates",), ("-h",)])
def test_output_that_nobody_reads_is_status_141(here: Path, command: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "-m", "sheetnet", *command], cwd=here, stdout=writes, stderr=subprocess.PIPE, check=False
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, b"")


@POSIX
@pytest.mark.parametrize(("number", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.7])
def test_a_signal_ends_it_with_its_status_and_leaves_nothing(
    tmp_path: Path, number: str, status: int, after: float
) -> None:
    command = [sys.executable, "-m", "sheetnet", "build", "-t", "shapes", "-o", "y.xlsx"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _until_ready(process.pid)
    time.sleep(after)
    process.send_signal(getattr(signal, number))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == status, stderr
    assert stderr in (b"", b"sheetnet: interrupted\n")
    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_that_comes_when_all_is_done_changes_nothing(number: str) -> None:
    code = f"""
import atexit, os, signal, sys
from sheetnet.__main__ import main
atexit.register(os.kill, os.getpid(), signal.{number})
sys.argv = ["sheetnet", "templates"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@POSIX
def test_an_interrupt_in_code_that_a_library_makes_has_its_status(tmp_path: Path) -> None:
    """Python -m ends itself by the signal where an interrupt has left ``exec``, even if it was caught afterwards."""
    code = """
import sys
from sheetnet.__main__ import main
from sheetnet.case import template
template.names = lambda: exec("raise KeyboardInterrupt")
sys.argv = ["sheetnet", "templates"]
main()
"""
    (tmp_path / "interrupted.py").write_text(code)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"sheetnet: interrupted\n")


@POSIX
@pytest.mark.parametrize(("number", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("made", ["type('Made', (), {'card': Named()})", "wrapped()"])
def test_a_signal_that_something_wraps_in_another_error_has_its_status(number: str, status: int, made: str) -> None:
    """Python 3.11 makes a RuntimeError of whatever comes while ``__set_name__`` runs, as in a dataclass."""
    code = f"""
import os, signal, sys
from sheetnet.__main__ import main
from sheetnet.case import template

class Named:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.{number})

def wrapped():
    try:
        os.kill(os.getpid(), signal.{number})
    finally:
        raise RuntimeError("what was being put away was half done")

template.names = lambda: {made}
sys.argv = ["sheetnet", "templates"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (status, b"sheetnet: interrupted\n" if status == 130 else b"")


@POSIX
def test_a_link_is_named_as_it_is_written_and_not_with_the_folder_where_it_lies(here: Path, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").symlink_to("there.xlsx")
    (tmp_path / "y.xlsx").symlink_to("nothing/there.xlsx")
    there, nowhere = (
        run(tmp_path, "build", "--template", "by-hand", "-o", name).stderr for name in ("x.xlsx", "y.xlsx")
    )
    assert there.startswith(b"sheetnet: x.xlsx: a link to there.xlsx: exists")
    (tmp_path / "z.xlsx").symlink_to(tmp_path / "z.xlsx")
    circle = run(tmp_path, "build", "--template", "by-hand", "-o", "z.xlsx", "-f")
    assert circle.stderr == b"sheetnet: z.xlsx: cannot be used (its links lead in a circle)\n"
    assert nowhere.startswith(b"sheetnet: y.xlsx: a link to nothing/there.xlsx: the folder nothing does not exist")


def _until_ready(pid: int) -> None:
    """Wait until the command has begun to listen to SIGTERM; before that Python itself is started."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        time.sleep(1)
        return
    caught = 0
    while not caught >> (signal.SIGTERM - 1) & 1:
        time.sleep(0.005)
        [line] = [line for line in status.read_text().splitlines() if line.startswith("SigCgt:")]
        caught = int(line.split()[1], 16)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8", "gbk"])
def test_every_console_shows_every_workbook(here: Path, encoding: str) -> None:
    done = run(here, "verify", "good.xlsx", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[-1].startswith(b"proven: ")


def test_json_is_ascii_and_there_also_of_a_refusal(here: Path) -> None:
    told = run(here, "verify", "good.xlsx", "--json")
    assert told.stdout.isascii()
    assert json.loads(told.stdout)["proven"] is True
    refused = run(here, "verify", "nichts-ü.xlsx", "--json")
    assert refused.returncode == 2
    assert refused.stdout.isascii()
    assert json.loads(refused.stdout)["status"] == 2
    assert "nichts-ü.xlsx: no such file" in json.loads(refused.stdout)["error"]
    for command in (("inspect", "nobody", "--json"), ("evaluate", "nobody.safetensors", ".", "--json")):
        done = run(here, *command)
        assert (done.returncode, json.loads(done.stdout)["status"]) == (2, 2)
        assert done.stderr.count(b"\n") == 1


@POSIX
def test_a_name_that_is_no_utf_8_can_be_told(here: Path) -> None:
    refused = run(here, "verify", b"nothing-\xff.xlsx", "--json")
    assert json.loads(refused.stdout)["file"] == "nothing-\udcff.xlsx"
    assert run(here, "verify", b"nothing-\xff.xlsx").stderr.startswith(
        b"sheetnet: nothing-\\udcff.xlsx: no such file"
    )


def test_of_several_files_each_has_a_line_at_the_end_and_the_worst_decides(here: Path) -> None:
    (here / "none.xlsx").write_text("none")
    done = run(here, "verify", "good.xlsx", "none.xlsx", "good.xlsx")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert done.stdout.splitlines()[-2:] == [done.stdout.splitlines()[-1]] * 2
    assert done.stdout.splitlines()[-1].startswith(b"good.xlsx: proven: ")
    quiet = run(here, "verify", "-q", "good.xlsx", "none.xlsx")
    assert (quiet.returncode, quiet.stdout) == (2, b"")
    assert quiet.stderr.startswith(b"sheetnet: none.xlsx: ")
    listed = json.loads(run(here, "verify", "good.xlsx", "none.xlsx", "--json").stdout)
    assert [one["status"] for one in listed] == [0, 2]
    assert run(here, "verify", "-q", "good.xlsx").stdout == b""


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--timeout", "inf", b"--timeout: inf seconds is no time"),
        ("--timeout", "nan", b"--timeout: nan seconds is no time"),
        ("--memory", "0", b"--memory: 0.0 MB is no memory"),
        ("--memory", "inf", b"--memory: inf MB is no memory"),
        ("--memory", "much", b"'much' is no amount of memory"),
    ],
)
def test_what_is_no_limit_is_one_line(here: Path, option: str, value: str, told: bytes) -> None:
    done = run(here, "verify", "good.xlsx", option, value)
    assert done.returncode == 2
    assert told in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("memory", ["900", "900MB", "0.9GB", "0.9g", "900 mb"])
def test_memory_is_given_in_mb_or_gb(here: Path, memory: str) -> None:
    assert run(here, "verify", "good.xlsx", "-q", "--memory", memory).returncode == 0


def test_a_fault_of_ours_is_one_line_that_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    def broken(*_: object, **__: object) -> None:
        raise KeyError("deep")

    monkeypatch.setattr(sheetnet.api, "verify", broken)
    monkeypatch.setattr(sheetnet, "verify", broken, raising=False)
    done = CliRunner().invoke(main, ["verify", "x.xlsx"])
    assert done.exit_code == 2
    assert done.stderr.startswith("sheetnet: a fault of sheetnet itself (KeyError: 'deep', test_ending.py:")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    ["build", "batch", "verify", "compare", "export", "handout", "page", "train", "convert", "evaluate", "inspect"],
)
def test_no_command_says_that_it_gives_status_1_but_for_what_is_wrong(command: str) -> None:
    text = main.commands[command].help
    assert text is not None
    told = text[text.index("Exit status:") :]
    assert ("1 " in told) == (command in ("build", "batch", "verify", "compare", "handout", "page")), told
    assert "wrong usage" in told

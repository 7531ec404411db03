"""One run of the command with an input of any kind, and the rules that hold whatever the input is.

status     0, 1 or 2, and no traceback or warning
lines      one on stderr at most where something is refused
left       no file but the one that was asked for, no file changed, no process
time       the limit and a second
memory     the limit and a tenth
places     no path but the one that was given
json       in ASCII, and JSON, where it was asked for
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from sheetnet.limits import MEMORY, OFFICE_MEMORY, TIMEOUT

ROOT = Path(__file__).resolve().parents[2]
MARK = "SHEETNET_FUZZ"  # in the environment of a run, and of every process that it starts
LIMITED = ("verify", "inspect", "export")  # the commands that take --timeout and --memory
PATIENCE = 60.0  # seconds of a command that has no limit
OFFICE = ("libreoffice", "gnumeric")
_HARD = 20.0  # seconds beyond the limit after which it is ended from outside
_LOOK, _SAMPLE = 0.01, 0.1
# A process begins with the memory of the one that starts it, and the system counts that. So a small one starts it.
_LAUNCHER = """import os, sys
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as told:
    told.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")
"""


@dataclass(frozen=True)
class Room:
    """Where a run takes place. ``work``: its folder; ``temporary``: where its temporary files lie."""

    work: Path
    temporary: Path
    secret: str  # a part of both paths


@dataclass(frozen=True)
class Outcome:
    """What came of a run. ``megabytes``: of its largest process; ``family``: of an office and all beside it."""

    arguments: tuple[str, ...]
    status: int
    seconds: float
    megabytes: float
    family: float
    out: bytes
    err: bytes
    left: tuple[str, ...]  # temporary files
    made: tuple[str, ...]  # files in its folder that are new or changed
    leaks: tuple[str, ...]  # where the path of its folder is told
    alive: tuple[str, ...]  # processes that run on


@contextmanager
def room() -> Iterator[Room]:
    """A new folder for one run."""
    with tempfile.TemporaryDirectory(prefix="hidden-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        work, temporary = folder / "work", folder / "tmp"
        work.mkdir()
        temporary.mkdir()
        yield Room(work, temporary, folder.name)


def environment(here: Room, mark: str) -> dict[str, str]:
    """The environment of a run."""
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(here.temporary))
    return os.environ | places | {MARK: mark, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}


def command(arguments: Sequence[str]) -> list[str]:
    """The command line of sheetnet."""
    return [sys.executable, "-m", "sheetnet", *arguments]


def limits(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds and MB that a run may take."""
    if arguments[0] not in LIMITED:
        return PATIENCE, MEMORY
    seconds, memory = TIMEOUT, MEMORY
    for name, value in pairwise(arguments):
        with suppress(ValueError):
            seconds = float(value) if name == "--timeout" else seconds
            memory = float(value) if name == "--memory" else memory
    return seconds, memory


def office(arguments: Sequence[str]) -> bool:
    """Whether an office works for a run; it may take more where nothing else is said."""
    return arguments[0] == "export" or any(name in OFFICE for name in arguments)


def run(arguments: Sequence[str], here: Room, before: Sequence[str] = ()) -> Outcome:
    """Run the command in its room. ``before``: a program that starts it."""
    known = listed(here.work)
    mark = here.secret
    seconds, _ = limits(arguments)
    told = here.work.parent / "told"
    usage = told.with_suffix(".usage")
    with told.with_suffix(".out").open("wb") as out, told.with_suffix(".err").open("wb") as err:
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, usage, *before, *command(arguments)],
            cwd=here.work,
            env=environment(here, mark),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        took, family = _watched(process, started, seconds + _HARD, office(arguments))
    status, most = map(int, usage.read_text().split()) if usage.exists() else (-signal.SIGKILL, 0)
    largest = most * (1 if sys.platform == "darwin" else 1024) / 1e6
    usage.unlink(missing_ok=True)
    alive = _alive(mark, 3)
    text = told.with_suffix(".out").read_bytes(), told.with_suffix(".err").read_bytes()
    after = listed(here.work)
    made = sorted(name for name in known.keys() | after.keys() if known.get(name) != after.get(name))
    left = sorted(str(path.relative_to(here.temporary)) for path in here.temporary.rglob("*"))
    leaks = [name for name, data in zip(("stdout", "stderr"), text, strict=True) if here.secret.encode() in data]
    leaks += [name for name in made if _tells(here.work / name, here.secret.encode())]
    return Outcome(
        tuple(arguments), status, took, largest, family, *text, tuple(left), tuple(made), tuple(leaks), alive
    )


def _watched(process: subprocess.Popen[bytes], started: float, hard: float, family: bool) -> tuple[float, float]:
    """Wait for the end: after how many seconds it came, and the MB of an office at one moment."""
    largest, looked = 0.0, 0.0
    while process.poll() is None:
        now = time.monotonic()
        if now - started > hard:
            _kill(process.pid)
        if family and now - looked > _SAMPLE:
            looked = now
            largest = max(largest, _family(process.pid))
        time.sleep(_LOOK)
    return time.monotonic() - started, largest / 1e6


def _family(pid: int) -> int:
    """Bytes of every process that an office consists of."""
    total = 0
    with suppress(psutil.Error):
        for one in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                if "python" not in one.name():
                    total += one.memory_info().rss
    return total


def _kill(pid: int) -> None:
    with suppress(psutil.Error):
        for one in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            with suppress(psutil.Error):
                one.kill()


def marked(mark: str) -> list[psutil.Process]:
    """The processes that a run has started and that have not ended."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if one.environ().get(MARK) == mark and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def _alive(mark: str, patience: float) -> tuple[str, ...]:
    """Which processes run on, after so many seconds. They are ended."""
    until = time.monotonic() + patience
    while (found := marked(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    names = []
    for one in found:
        with suppress(psutil.Error):
            names.append(one.name())
            one.kill()
    return tuple(names)


def listed(folder: Path) -> dict[str, str]:
    """Every file below a folder, with what is in it."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"a link to {path.readlink()}"
        elif path.is_file():
            found[name] = _digest(path)
        else:
            found[name] = "a folder, or a device"
    return found


def _digest(path: Path) -> str:
    if path.stat().st_size > 200_000_000:  # holes
        return str(path.stat().st_size)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tells(path: Path, secret: bytes) -> bool:
    """Whether a file that was made tells where it was made."""
    if not path.is_file() or path.is_symlink():
        return False
    if path.suffix == ".xlsx":
        import zipfile

        with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as package:
            return any(secret in package.read(name) for name in package.namelist())
    return secret in path.read_bytes()


_SHOWN = re.compile(rb"Traceback \(most recent|[A-Za-z]*Warning:|Exception ignored|^Fatal|Segmentation", re.MULTILINE)
TARGET = re.compile(
    r"(in/made|out)\.(xlsx|pdf|onnx|safetensors)"
    r"|out(/feedback(/.+)?|/grades\.csv|/summary\.xlsx|/gradebook\.csv|/feedback\.zip)?"
)


def broken(done: Outcome, slack: float = 1.0) -> list[str]:
    """The rules that a run has broken, one line each. ``slack``: seconds beyond the limit."""
    seconds, memory = limits(done.arguments)
    faults = []
    if done.status not in (0, 1, 2):
        faults.append(f"status {_status(done.status)}")
    if done.status == 1 and done.arguments[0] not in ("verify", "build", "grade"):
        faults.append("status 1")
    if shown := _SHOWN.search(done.err + b"\n" + done.out):
        faults.append(f"shows {shown[0].decode()}")
    if b"a fault of sheetnet itself" in done.err or b"standard output cannot" in done.err:
        faults.append(_line(done.err))
    lines = done.err.count(b"\n")
    told = lines == 1 or ("--json" in done.arguments and not lines)  # of several files, JSON tells all
    if done.status == 2 and not done.err.startswith(b"Usage:") and not told:
        faults.append(f"{lines} lines on stderr")
    if done.left:
        faults.append(f"left {', '.join(done.left[:3])}")
    allowed = [name for name in done.made if done.status in (0, 1) and TARGET.fullmatch(name)]
    if strange := sorted(set(done.made) - set(allowed)):
        faults.append(f"made or changed {', '.join(strange[:3])}")
    if done.alive:
        faults.append(f"still runs: {', '.join(done.alive)}")
    if done.seconds > seconds + slack:
        faults.append(f"took {done.seconds:.1f} s of {seconds:g}")
    if done.megabytes > memory * 1.1 and not office(done.arguments):
        faults.append(f"took {done.megabytes:,.0f} MB of {memory:g}")
    most = OFFICE_MEMORY if memory == MEMORY else memory
    if office(done.arguments) and max(done.family, done.megabytes) > most * 1.1:
        faults.append(f"the office took {max(done.family, done.megabytes):,.0f} MB of {most:g}")
    if done.leaks:
        faults.append(f"tells its folder in {', '.join(done.leaks)}")
    if "--json" in done.arguments and not done.err.startswith(b"Usage:") and not _is_json(done.out):
        faults.append("no JSON in ASCII")
    return faults


def _status(status: int) -> str:
    if status >= 0:
        return str(status)
    with suppress(ValueError):
        return signal.Signals(-status).name
    return str(status)


def _line(data: bytes) -> str:
    return data.decode(errors="replace").splitlines()[-1][:200]


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data.decode("ascii"))
    except ValueError:
        return False
    return True


def copied(source: Path, target: Path) -> Path:
    """A copy of a seed in the room of a run."""
    return Path(shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target))

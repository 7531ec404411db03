"""Whatever the input is, the command keeps its rules. Here is one of each kind; ``make fuzz`` tries many more."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from fuzz import disks, signals
from fuzz.kinds import KINDS, trial
from fuzz.second import differing, disagreeing
from fuzz.seeds import Seeds
from fuzz.trial import MARK, Outcome, broken, copied, environment, listed, marked, room, run

import sheetnet.workbook.read

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the harness waits and measures as POSIX does")
SEED = 17
LATE = 30.0  # seconds beyond a limit that are no fault here, where other tests run on every core
LEFT_OUT = ("photo jpg", "photo gif", "photo bmp", "photo tif", "photo webp")
QUICK = [name for name, kind in KINDS.items() if not kind.slow and name not in LEFT_OUT]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return Seeds(tmp_path_factory.mktemp("seeds"))


@pytest.mark.thorough
@pytest.mark.parametrize("name", QUICK)
def test_an_input_of_this_kind_breaks_no_rule(name: str, seeds: Seeds) -> None:
    with room() as here:
        done = run(trial(name, here, seeds, SEED, 0), here)
        found = broken(done, LATE)
        if done.arguments[0] == "verify" and done.status == 0:
            found += disagreeing(here.work / "x.xlsx", here)
    assert not found, (done.arguments, done.err[-500:])


@pytest.mark.parametrize("command", ["build", "convert"])
@pytest.mark.parametrize("name", signals.SIGNALS)
def test_a_signal_leaves_an_old_file_or_a_new_one(interrupted: Any, command: str, name: str) -> None:
    done, found = interrupted(command).once(name, Random(f"{command} {name}"))
    assert not found, done


@pytest.fixture(scope="module")
def interrupted(seeds: Seeds) -> Iterator[Any]:
    """Each command in a room of its own, run once without a signal."""
    made: dict[str, signals.Interrupted] = {}
    rooms = []

    def find(command: str) -> signals.Interrupted:
        if command not in made:
            rooms.append(room())
            made[command] = signals.Interrupted(signals.COMMANDS[command], rooms[-1].__enter__(), seeds)
            assert not [fault for fault in made[command].first if "took" not in fault]
        return made[command]

    yield find
    for one in rooms:
        one.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("command", "way"), [*product(["build", "convert"], disks.ways()), ("export", "a file may not grow")]
)
def test_a_full_disk_is_one_line_and_the_old_file_stays(command: str, way: str, seeds: Seeds) -> None:
    size = 512 if way == "a file may not grow" else disks.PAGE
    done, found = disks.once(command, way, seeds, size)
    assert not [fault for fault in found if not fault.startswith("took")], done
    assert done.status == 2 or way == "the temporary disk", done


# The harness sees what it is there for

GOOD = Outcome(("verify", "x.xlsx", "--timeout", "8"), 2, 1.0, 100.0, 0.0, b"", b"sheetnet: x\n", (), (), (), ())
BAD: dict[str, dict[str, Any]] = {
    "status 3": {"status": 3},
    "SIGKILL": {"status": -9},
    "Traceback": {"err": b"Traceback (most recent call last):\n"},
    "RuntimeWarning": {"err": b"a.py:3: RuntimeWarning: overflow\n"},
    "a fault of sheetnet": {"err": b"sheetnet: a fault of sheetnet itself (x)\n"},
    "2 lines": {"err": b"sheetnet: a\nb\n"},
    "0 lines": {"err": b""},
    "left": {"left": ("sheetnet-x",)},
    "made or changed": {"made": ("out.xlsx",)},
    "still runs": {"alive": ("soffice.bin",)},
    "took 9.1 s": {"seconds": 9.1},
    "took 1,999 MB": {"megabytes": 1999.0},
    "took 331 MB": {"megabytes": 331.0, "arguments": ("verify", "x.xlsx", "--timeout", "8", "--memory", "300")},
    "tells its folder": {"leaks": ("stderr",)},
    "no JSON": {"arguments": ("verify", "x.xlsx", "--json"), "out": b"{"},
    "JSON in ASCII": {"arguments": ("verify", "x.xlsx", "--json"), "out": '"ü"'.encode()},
    "standard output": {"err": b"sheetnet: standard output cannot be written (No space left on device)\n"},
    "status 1": {"arguments": ("convert", "a", "b"), "status": 1},
    "the office took": {"arguments": ("verify", "x.xlsx", "--engine", "gnumeric"), "family": 2999.0},
}


@pytest.mark.parametrize("rule", BAD)
def test_every_broken_rule_is_named(rule: str) -> None:
    assert broken(GOOD) == []
    [found] = broken(replace(GOOD, **BAD[rule]))
    assert rule in found


def test_a_file_that_was_asked_for_is_none_that_was_left() -> None:
    made = replace(GOOD, arguments=("convert", "a", "out.onnx"), status=0, made=("out.onnx",))
    assert broken(made) == []
    assert broken(replace(made, made=("out.onnx", "a"))) == ["made or changed a"]


def test_what_runs_on_is_found_by_its_mark() -> None:
    with room() as here:
        other = subprocess.Popen(["sleep", "60"], env=environment(here, here.secret))
        try:
            assert environment(here, here.secret)[MARK] == here.secret
            until = time.monotonic() + 10  # a process that has just begun has no environment for a moment
            while not (found := marked(here.secret)) and time.monotonic() < until:
                time.sleep(0.01)
            assert [one.pid for one in found] == [other.pid]
        finally:
            other.kill()
            other.wait()
        assert marked(here.secret) == []


@pytest.mark.parametrize("name", ["workbook xml", "workbook archive", "safetensors head", "photo png", "onnx bytes"])
def test_a_seed_and_a_number_repeat_an_input(name: str, seeds: Seeds) -> None:
    def made(number: int) -> tuple[list[str], dict[str, str]]:
        with room() as here:
            return trial(name, here, seeds, SEED, number), listed(here.work)

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_a_second_reader_that_reads_otherwise_is_heard(seeds: Seeds, monkeypatch: pytest.MonkeyPatch) -> None:
    with room() as here:
        copied(seeds.plain, here.work / "x.xlsx")
        assert disagreeing(here.work / "x.xlsx", here) == []
    assert differing(seeds.plain) == []
    read = sheetnet.workbook.read.read

    def otherwise(data: bytes, where: str) -> Any:
        cells = {title: dict(inside) for title, inside in read(data, where).cells.items()}
        title, at = next((title, at) for title, inside in cells.items() for at, one in inside.items() if one.formula)
        cells[title][at] = replace(cells[title][at], formula="1+1")
        return SimpleNamespace(cells=cells)

    monkeypatch.setattr(sheetnet.workbook.read, "read", otherwise)
    [found] = differing(seeds.plain)
    assert found.endswith("has two formulas")

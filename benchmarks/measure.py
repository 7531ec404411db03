"""Run child processes by turns (A B A B), and put what they took beside a goal.

This module imports nothing but the standard library, and so do ``bench`` and ``figures``: a child's peak memory is
at least what its parent held when it was started, so the parent must stay small.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from time import perf_counter
from typing import Any, Literal, TypeVar

LIMIT = 900.0  # seconds after which a child is ended
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes on a Mac, else kibibytes
LIBRARIES = ("numpy", "pillow", "openpyxl", "XlsxWriter", "lxml", "formualizer", "click")

Command = Sequence[str] | Callable[[], Sequence[str]]  # a callable makes a new one for every run

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Run:
    """One child process: seconds on the clock, seconds of processors, bytes at its peak, what it printed."""

    wall: float
    cpu: float
    peak: int
    said: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    ``measured`` is the figure that is judged, from medians; ``fastest`` is the same from the fastest runs, None
    where there is no such thing. Where nothing could be measured, both are None and ``note`` says why.
    """

    name: str
    against: str
    measured: float | None
    fastest: float | None
    goal: Literal["at least", "at most"]
    limit: float
    unit: str = "x"
    context: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing was measured."""
        if self.measured is None:
            return None
        return self.measured >= self.limit if self.goal == "at least" else self.measured <= self.limit

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return {
            "name": self.name,
            "against": self.against,
            "measured": _short(self.measured),
            "fastest_runs": _short(self.fastest),
            "unit": self.unit,
            "goal": f"{self.goal} {self.limit:g} {self.unit}",
            "met": self.met,
            "context": self.context,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Row:
        """What ``to_json`` has written."""
        _, most_or_least, limit, *_ = row["goal"].split(" ")
        goal: Literal["at least", "at most"] = "at most" if most_or_least == "most" else "at least"
        measured, fastest = row["measured"], row["fastest_runs"]
        return cls(
            row["name"],
            row["against"],
            measured,
            fastest,
            goal,
            float(limit),
            row["unit"],
            row["context"],
            row["note"],
        )


def run(command: Command) -> Run:
    """Run a command to its end. RuntimeError with its last words where it fails; JSON on stdout is kept."""
    words = list(command() if callable(command) else command)
    started = perf_counter()
    child = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    alarm = threading.Timer(LIMIT, os.killpg, (child.pid, signal.SIGKILL))
    alarm.start()
    try:
        text = child.stdout.read().decode(errors="replace") if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
    finally:
        alarm.cancel()
    wall = perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"exit status {child.returncode}: {text.strip()[-600:]}")
    said = json.loads(text) if text.startswith("{") else None
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * PEAK_UNIT, said)


def alternate(commands: Mapping[Key, Command], rounds: int, *, warm: bool = False) -> dict[Key, list[Run]]:
    """Run every command ``rounds`` times, by turns; ``warm``: once more before, to fill the disk's memory."""
    runs: dict[Key, list[Run]] = {name: [] for name in commands}
    for number in range(-1 if warm else 0, rounds):
        for name, command in commands.items():
            one = run(command)
            if number >= 0:
                runs[name].append(one)
    return runs


def as_installed(folder: str) -> None:
    """Let children keep their bytecode, in ``folder``, as Python does where a package is installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder


def ratio(above: Sequence[float], below: Sequence[float]) -> tuple[float, float]:
    """The ratio of two medians, and of the two smallest."""
    return statistics.median(above) / statistics.median(below), min(above) / min(below)


def typical(figures: Sequence[float], digits: int = 3) -> dict[str, float]:
    """Median and minimum, for the context of a row."""
    return {"median": round(statistics.median(figures), digits), "min": round(min(figures), digits)}


def about() -> dict[str, Any]:
    """What the figures were taken with, and nothing that tells whose machine it was."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def table(rows: Sequence[Row]) -> list[str]:
    """The rows as a table in Markdown."""
    lines = ["| what | against | measured | fastest runs | goal | met |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        met = {True: "yes", False: "**no**", None: "-"}[row.met]
        measured = f"not measured: {row.note}" if row.measured is None else _figure(row.measured, row.unit)
        fastest = "" if row.fastest is None else _figure(row.fastest, row.unit)
        goal = f"{row.goal} {row.limit:g} {row.unit}"
        lines.append(f"| {row.name} | {row.against} | {measured} | {fastest} | {goal} | {met} |")
    return lines


def context(rows: Sequence[Row]) -> list[str]:
    """The absolute figures behind each row, as a list in Markdown."""
    lines = []
    for row in rows:
        if row.context:
            lines.append(f"- {row.name}, against {row.against}" if row.against != "-" else f"- {row.name}")
            lines += [f"  - {key}: {_told(value)}" for key, value in row.context.items()]
    return lines


def _told(value: Any) -> str:
    if isinstance(value, dict) and "median" in value:
        return f"{value['median']:g} (min {value['min']:g})"
    if isinstance(value, dict):
        return "; ".join(f"{key} {_told(one)}" for key, one in value.items())
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def _figure(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if abs(value) < 100 else f"{value:.0f} {unit}"


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

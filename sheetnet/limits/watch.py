"""Memory of other processes: held by the kernel where it can be (Linux), and looked at again and again everywhere.

The kernel counts what a process may write: what it has in RAM, and what it has asked for and not touched yet. What it
had asked for before it was held, such as the stacks of its threads, is not counted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sheetnet.limits import MEGABYTE

OFTEN, SELDOM = 0.02, 0.1  # seconds between two looks: at one process, and at a family, which takes a millisecond
GROWS = 1.05  # the kernel comes second, since it cannot say why it refuses; but it sees what grows between two looks


def held(pid: int, memory: float) -> None:
    """Let the kernel refuse a process, and those that it will start, more than ``memory`` MB. Elsewhere nothing."""
    if sys.platform != "linux":
        return
    import resource

    try:
        _, resident, _, _, _, data, _ = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split())
        most = int(memory * MEGABYTE * GROWS) + max(0, data - resident) * resource.getpagesize()
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (most, hard))
    except (ProcessLookupError, FileNotFoundError, PermissionError):
        return  # it has ended already, or a closed house does not let us; it is looked at all the same


def used(pid: int, *, family: bool) -> int:
    """Bytes in RAM of a process, with a ``family`` of all that it has started; 0 where it has ended."""
    import psutil

    try:
        first = psutil.Process(pid)
        total = int(first.memory_info().rss)
        others = first.children(recursive=True) if family else []
    except psutil.Error:
        return 0
    for other in others:
        try:
            total += int(other.memory_info().rss)
        except psutil.Error:
            continue  # it has ended meanwhile
    return total


def family(pid: int) -> list[Any]:
    """Every process that a process has started, and that those have started."""
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def end_all(processes: list[Any], patience: float = 1.0) -> None:
    """End processes, and wait so many seconds at most until they have ended."""
    if not processes:
        return
    import psutil

    for one in processes:
        with suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(processes, timeout=patience)


def watched(pid: int, memory: float, deadline: float, done: Callable[[float], bool], *, family: bool = False) -> str:
    """Wait for ``done(seconds)``, which waits so long at most: "" if so, else what ran out, "time" or "memory".

    ``memory``: MB of the process ``pid``, or of it and its family; ``deadline``: a ``time.monotonic()``.
    """
    pause = SELDOM if family else OFTEN
    while True:
        left = deadline - time.monotonic()
        if done(max(0.0, min(pause, left))):
            return ""
        if left <= 0:
            return "time"
        if used(pid, family=family) > memory * MEGABYTE:
            return "memory"

"""Memory of other processes: looked at again and again, and held by the kernel where that is possible (Linux).

What counts is what a process has in RAM. The kernel counts what it has asked for, touched or not, and an engine asks
for twice of what it uses; so the kernel only holds it to a multiple, against what would grow between two looks.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sheetnet.limits import MEGABYTE

OFTEN, SELDOM = 0.01, 0.05  # seconds between two looks: at one process, and at a family, which takes a millisecond
ASKED = 3.0  # times the memory that is allowed, which a process may ask for
OVER = 1.05  # times the memory that is allowed, at which a process is ended: it may have read more than it keeps


def held(pid: int, memory: float) -> None:
    """Let the kernel refuse a process, and those that it will start, far more than ``memory`` MB. Linux only."""
    if sys.platform != "linux":
        return
    import resource

    try:
        _, resident, _, _, _, data, _ = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split())
        most = int(memory * MEGABYTE * ASKED) + max(0, data - resident) * resource.getpagesize()
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
        if used(pid, family=family) > memory * MEGABYTE * OVER:
            return "memory"

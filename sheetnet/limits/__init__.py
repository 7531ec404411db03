"""What a file may take of the machine: time and memory, whatever the file is.

No check inside of a calculation holds: a regular expression, a parser or an engine that is at work cannot be asked to
stop. A process can be ended. So what reads a file from elsewhere runs in a process of its own (``apart``), which is
watched from outside (``watch``), and a program that we start dies with us (``group``).

Memory is what a process and its children have in RAM at one moment.
"""

from __future__ import annotations

import math
import time

from sheetnet.errors import LimitError, shown

TIMEOUT = 300.0  # seconds
MEMORY = 1074.0  # MB (1 GiB), of our process with the engine inside of it
OFFICE_MEMORY = 2148.0  # MB, of an engine that is a program of its own
LONGEST, MOST = 1e6, 1e6  # seconds, MB: about 12 days, 1 TB
MEGABYTE = 1_000_000


def timed(seconds: float) -> float:
    """The moment that lies so many seconds ahead, as ``time.monotonic()`` tells it. LimitError for no such moment."""
    if not 0 < seconds < math.inf:
        raise LimitError(f"--timeout: {shown(seconds)} seconds is no time; use a number above 0, such as 60")
    return time.monotonic() + min(seconds, LONGEST)


def megabytes(given: float | None, default: float) -> float:
    """How many MB are allowed; None gives ``default``. LimitError for a number that is no amount."""
    if given is None:
        return default
    if not 0 < given < math.inf:
        raise LimitError(f"--memory: {shown(given)} MB is no memory; use a number above 0, such as {default:.0f}")
    return min(given, MOST)


def too_late(what: str, seconds: float | None = None) -> LimitError:
    """The error of somebody who ran out of time."""
    after = "" if seconds is None else f" after {seconds:g} seconds"
    return LimitError(f"{what} ran out of time{after}; give it more with --timeout")


def too_much(what: str, memory: float) -> LimitError:
    """The error of somebody who ran out of memory. ``memory``: MB."""
    return LimitError(f"{what} needs more than {memory:,.0f} MB of memory; give it more with --memory")

"""Functions that take too much, for ``limits.apart``, which calls them by name in another process."""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from sheetnet.errors import WorkbookError
from sheetnet.limits.group import run

MEGABYTE = 1_000_000


def leaves(seconds: float, progress: Any) -> tuple[Any, bytes]:
    """Temporary files of its own and of a program, which goes on to make some."""
    (Path(tempfile.gettempdir()) / "own").write_text("x")
    line = "while true; do mktemp -d; sleep 0.01; done"
    run(["/bin/sh", "-c", line], Path(tempfile.mkdtemp()), time.monotonic() + 60, 2000)
    return None, b""


def answers(seconds: float, progress: Any, said: Any) -> tuple[Any, bytes]:
    """What it was asked."""
    print("a library that prints")
    if progress is not None:
        progress("counting", 1, 2)
    return [said, seconds > 0], b"bytes\n\n"


def sleeps(seconds: float, progress: Any) -> tuple[Any, bytes]:
    """A call that cannot be interrupted from inside."""
    re.match(r"(a|aa)+$", "a" * 60 + "b")
    return None, b""


def grows(seconds: float, progress: Any, most: int) -> tuple[Any, bytes]:
    """``most`` MB, touched, a little at a time."""
    held = []
    for _ in range(0, most, 10):
        held.append(bytearray(os.urandom(MEGABYTE)) * 10)
        time.sleep(0.001)
    return len(held), b""


def asks(seconds: float, progress: Any, most: int) -> tuple[Any, bytes]:
    """``most`` MB at once."""
    return len(bytearray(most * MEGABYTE)), b""


def breaks(seconds: float, progress: Any) -> tuple[Any, bytes]:
    """As an engine does that gets no memory."""
    os.abort()


def refuses(seconds: float, progress: Any) -> tuple[Any, bytes]:
    """An error for the reader."""
    raise WorkbookError("x.xlsx: refused")


def fails(seconds: float, progress: Any) -> tuple[Any, bytes]:
    """A fault of ours."""
    raise KeyError("nothing")


def starts(seconds: float, progress: Any, told: str) -> tuple[Any, bytes]:
    """A program with a child; both write down who they are."""
    line = f"sleep 100 & echo $! $$ > {told}.new; mv {told}.new {told}; wait"
    run(["/bin/sh", "-c", line], Path(told).parent, time.monotonic() + 60, 2000)
    return None, b""

"""The process of its own in which ``apart`` lets a function run: it calls it, answers, and ends.

It ends as well when nobody is left who would hear the answer.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from importlib import import_module
from typing import IO, Any

from sheetnet.errors import SheetnetError, place_of
from sheetnet.limits.messages import receive, send
from sheetnet.limits.watch import held

PAUSE = 0.1  # seconds between two messages about the progress
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, <linux/prctl.h>


def main() -> None:
    """Take one request from standard input, and answer on standard output."""
    parent = os.getppid()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    if sys.platform == "linux":  # else a thread notices it, once the engine lets it
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    started = time.monotonic()
    (function, timeout, memory, watched, asked), _ = receive(sys.stdin.buffer)
    threading.Thread(target=_until_alone, daemon=True).start()
    try:
        module, _, name = function.partition(":")
        call = getattr(import_module(module), name)
        held(os.getpid(), memory)
        left = timeout - (time.monotonic() - started)
        if left <= 0:
            send(answers, ["time"])
            os._exit(0)
        answer, data = call(left, _Progress(answers) if watched else None, **asked)
    except MemoryError:
        send(answers, ["memory"])
    except SheetnetError as error:
        send(answers, ["error", type(error).__name__, str(error)])
    except Exception as error:  # a fault of ours, which is told where it can be seen
        send(answers, ["broken", type(error).__name__, f"{error} ({place_of(error)})"])
    else:
        send(answers, ["result", answer], data)
    os._exit(0)  # at once: what it holds need not be put in order


class _Progress:
    """Tells the other process how far this one is, not too often."""

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers, self._told = answers, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        if (now := time.monotonic()) - self._told > PAUSE:
            self._told = now
            send(self._answers, ["progress", what, done, total])


def _until_alone() -> None:
    """End when the other side has closed its end of the pipe."""
    rest: Any = sys.stdin.buffer.read(1)
    if not rest:
        os._exit(0)

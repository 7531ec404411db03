"""The process of its own in which jobs are done, one after the other: what it imports, it imports once.

It takes requests from standard input and answers on standard output, both in JSON (``limits.messages``). It ends
when nobody is left who would hear it, and when it was idle for a while; asked to end (SIGTERM), it cleans up first.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from types import FrameType
from typing import Any

from sheetnet.errors import SavingError, SheetnetError, place_of
from sheetnet.limits.messages import receive, send

AGAIN = 1.0  # seconds in which it should have ended
IDLE = 120.0  # seconds without a request, after which it ends
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, <linux/prctl.h>
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


class Ended(BaseException):
    """The process was asked to end. No error, so that nobody takes it for one."""


def answer(function: str, asked: Mapping[str, Any]) -> list[Any]:
    """What a function ("module:function") returns, or why it returns nothing.

    ["result", JSON], ["memory"], or the name and message of an error: ["error", ...], ["full", ...] where the disk is
    full, ["broken", ...] for a fault of ours.
    """
    try:
        module, _, name = function.partition(":")
        return ["result", getattr(import_module(module), name)(**asked)]
    except MemoryError:
        return ["memory"]
    except SheetnetError as error:
        if _is_full(error):
            return ["full", type(error).__name__, error.what if isinstance(error, SavingError) else str(error)]
        return ["error", type(error).__name__, str(error)]
    except Exception as error:
        return ["full" if _is_full(error) else "broken", type(error).__name__, f"{error}, {place_of(error)}"]


def main() -> None:
    """Do what standard input asks for, until there is no more."""
    parent = os.getppid()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    signal.signal(signal.SIGTERM, _end)
    if sys.platform == "linux":  # else the thread that listens notices it
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    try:
        while (request := requests.get(timeout=IDLE)) is not None:
            send(answers, answer(*request))
            if not gc.get_freeze_count():
                gc.freeze()  # what is imported now stays; looking through it after each job takes 3 % of the time
    except (Ended, OSError, queue.Empty):
        pass
    os._exit(0)  # at once: what it holds need not be put in order


def _end(number: int, frame: FrameType | None) -> None:
    """End the work by an exception. Where Python loses it (in a finalizer, in a library), it comes again."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # cleaning up must not be disturbed
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _end)
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
    raise Ended


def _listen(requests: queue.SimpleQueue[Any]) -> None:
    """Take requests until the other side has closed its end of the pipe; then nobody waits for the answer."""
    try:
        while True:
            requests.put(receive(sys.stdin.buffer)[0])
    except (OSError, EOFError, ValueError):
        requests.put(None)
        os.kill(os.getpid(), signal.SIGTERM)


def _is_full(error: BaseException) -> bool:
    """Whether an error comes from a disk on which there is no room."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return True
        cause = cause.__cause__
    return False

"""Call a function in a process of its own, which is ended when it takes too long or too much.

The function is named ("module:function"), takes JSON and returns JSON and bytes. Its errors are raised here as
they were raised there; a process that breaks down, or that the kernel ends, becomes an error as well.

Its temporary files, and those of the programs that it starts, lie in a folder of ours: who is ended cannot tidy up.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from sheetnet import errors
from sheetnet.errors import EngineError, SheetnetError
from sheetnet.limits import timed, too_late, too_much
from sheetnet.limits.folder import throwaway
from sheetnet.limits.messages import Message, python, receive, send
from sheetnet.limits.watch import end_all, family, watched

Progress = Callable[[str, int, int], None]
TEMPORARY = ("TMPDIR", "TEMP", "TMP")
GRACE = 0.4  # seconds beyond the deadline: who notices the time himself says what he was doing
_KILLED = {getattr(signal, name) for name in ("SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS") if hasattr(signal, name)}


def apart(
    function: str,
    what: str,
    timeout: float,
    memory: float,
    progress: Progress | None = None,
    family: bool = False,
    /,
    **asked: Any,
) -> Message:
    """What ``function(seconds, progress, **asked)`` returns: JSON, and bytes.

    ``function``: "module:function" of this package; ``seconds``: what is left of ``timeout`` once its modules are
    imported. ``what`` begins the line where time or memory (MB) run out; with ``family`` the memory is that of the
    process and of all that it starts. LimitError for that, EngineError where the process breaks down.
    """
    deadline = timed(timeout)
    with ExitStack() as stack:
        environment = dict(os.environ)
        with suppress(OSError):  # a disk that is full is no reason: most functions need no room on it
            environment |= dict.fromkeys(TEMPORARY, str(stack.enter_context(throwaway())))
        return _called(environment, deadline, function, what, timeout, memory, progress, family, asked)


def _called(
    environment: dict[str, str],
    deadline: float,
    function: str,
    what: str,
    timeout: float,
    memory: float,
    progress: Progress | None,
    family: bool,
    asked: dict[str, Any],
) -> Message:
    """Start the process, send the request, and wait for the answer until the deadline."""
    try:
        process = subprocess.Popen(  # noqa: S603  this Python, and a module of ours
            python("sheetnet.limits.worker"),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt is for this process, which then ends the other one
        )
    except OSError as error:
        raise EngineError(f"{what}: no process can be started for it ({error.strerror or error})") from error
    answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(process, answers), daemon=True).start()
    result: list[Message] = []

    def done(seconds: float) -> bool:
        try:
            message = answers.get(timeout=seconds) if seconds else answers.get_nowait()
        except queue.Empty:
            return False
        if message is None or message[0][0] != "progress":
            result.extend([] if message is None else [message])
            return True
        if progress is not None:
            progress(*message[0][1:])
        return False

    try:
        assert process.stdin is not None
        with suppress(OSError):  # it has ended; how, is told below
            send(process.stdin, [function, timeout, memory, progress is not None, asked])
        over = watched(process.pid, memory, deadline + GRACE, done, family=family)
        if over:
            raise too_late(what, timeout) if over == "time" else too_much(what, memory)
        if not result:
            raise _ended(process, what, memory)
    finally:
        end(process)
    return _told(*result[0], what, timeout, memory)


def _listen(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[Message | None]) -> None:
    """Take what the other process says until it says no more."""
    assert process.stdout is not None
    try:
        while True:
            answers.put(receive(process.stdout))
    except (OSError, EOFError, ValueError):
        answers.put(None)


def _told(answer: Any, data: bytes, what: str, timeout: float, memory: float) -> Message:
    kind, *rest = answer
    if kind == "result":
        return rest[0], data
    if kind == "time":
        raise too_late(what, timeout)
    if kind == "memory":
        raise too_much(what, memory)
    name, message = rest
    found = getattr(errors, name, None) if kind == "error" else None
    if isinstance(found, type) and issubclass(found, SheetnetError):
        raise found(message)
    raise RuntimeError(f"{what}: {name}: {message}")


def _ended(process: subprocess.Popen[bytes], what: str, memory: float) -> SheetnetError:
    """Why a process may have ended without an answer. An engine that gets no memory ends itself."""
    status = process.wait()
    if sys.platform != "win32" and -status in _KILLED:
        name = signal.Signals(-status).name
        return EngineError(
            f"{what}: the calculation broke down ({name}), most often because it needs more than {memory:,.0f} MB; "
            "give it more with --memory, or try --engine libreoffice"
        )
    return EngineError(f"{what}: the calculation broke down (status {status}); try --engine libreoffice")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process whatever it is doing, with all that it has started, and close what led to it."""
    others = family(process.pid) if process.poll() is None else []
    process.kill()
    process.wait()
    end_all(others)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # it may hold bytes that were still to be sent
                pipe.close()

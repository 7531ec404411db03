"""Pictures are read without a word on the screen, and the program around us keeps its own log, warnings and streams.

Pillow logs and warns of odd files, and libtiff prints to standard error, which Pillow cannot stop. What silences
them belongs to the whole process. So it is done only while a picture is read, and undone by the last thread that
reads one.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from types import TracebackType


class _Shared:
    """A context that several threads may be in at once: the first one makes it, and the last one undoes it."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make, self._lock, self._inside, self._undo = make, threading.Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._undo.enter_context(self._make())
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._undo.close()


@contextmanager
def _no_log() -> Iterator[None]:
    """Python prints what a logger without a handler is told."""
    logger, handler = logging.getLogger("PIL"), logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def _no_warnings() -> Iterator[None]:
    """What Pillow would warn about is either an error here or harmless."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _no_stream() -> Iterator[None]:
    """Send standard error nowhere."""
    try:
        kept = os.dup(2)
    except OSError:  # a process may have none
        yield
        return
    try:
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


_LOG, _STREAM = _Shared(_no_log), _Shared(_no_stream)
# Where each thread has warnings of its own, none can undo what another one did.
_WARNINGS = None if getattr(sys.flags, "context_aware_warnings", False) else _Shared(_no_warnings)


@contextmanager
def quiet(*, stream: bool) -> Iterator[None]:
    """Let nothing be logged, or warned of, by Pillow; nor written to standard error where ``stream`` says so."""
    with ExitStack() as stack:
        stack.enter_context(_LOG)
        stack.enter_context(_no_warnings() if _WARNINGS is None else _WARNINGS)
        if stream:
            stack.enter_context(_STREAM)
        yield

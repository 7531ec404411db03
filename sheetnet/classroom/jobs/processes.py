"""Workers that are processes of this machine: each does job after job, within its time and memory.

A process that was killed is replaced; its job is tried once more, since a machine without memory ends whom it will.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from sheetnet.errors import JobError
from sheetnet.limits import MEGABYTE
from sheetnet.limits.apart import TEMPORARY
from sheetnet.limits.folder import throwaway
from sheetnet.limits.messages import python, receive, send
from sheetnet.limits.watch import OVER, end_all, family, used

LOOK = 0.05  # seconds between two looks at time and memory
GRACE = 5.0  # seconds in which a process may clean up after itself
TRIES = 2  # of a job whose process breaks down
# The matrices are small: threads that wait for each other take longer than one that does not.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(eq=False)
class _Worker:
    """A process, and the job that it does: its number, its arguments, its end, how often it was tried."""

    process: subprocess.Popen[bytes]
    number: int | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    deadline: float = 0.0
    tries: int = 0


class Processes:
    """A crew of ``count`` processes. ``timeout``: seconds for a job; ``memory``: MB for a process."""

    def __init__(self, function: str, count: int, timeout: float, memory: float) -> None:
        self.room = count
        self._function, self._timeout, self._memory = function, timeout, memory
        self._workers: list[_Worker] = []
        self._heard: queue.SimpleQueue[tuple[_Worker, list[Any] | None]] = queue.SimpleQueue()
        self._environment = {**dict.fromkeys(_ONE_THREAD, "1"), **os.environ}
        self._stack = ExitStack()

    def __enter__(self) -> Processes:
        with suppress(OSError):  # a disk that is full is no reason yet
            folder = str(self._stack.enter_context(throwaway()))
            self._environment |= dict.fromkeys(TEMPORARY, folder)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _end([worker.process for worker in self._workers])
        finally:
            self._stack.close()

    def start(self, number: int, asked: Mapping[str, Any]) -> None:
        """Give a job to a process that has none, or to a new one."""
        self._begin(number, asked, 1)

    def next(self) -> tuple[int, list[Any]]:
        """Wait for a job that is finished: its number, and the answer."""
        while True:
            try:
                worker, answer = self._heard.get(timeout=LOOK)
            except queue.Empty:
                if (over := self._over()) is not None:
                    return over
                continue
            number, worker.number = worker.number, None
            if answer is None:
                answer = self._broke_down(worker, number)
            if answer is not None and number is not None:
                return number, answer

    def _begin(self, number: int, asked: Mapping[str, Any], tries: int) -> None:
        worker = next((one for one in self._workers if one.number is None and one.process.poll() is None), None)
        worker = worker or self._new()
        worker.number, worker.asked, worker.tries = number, asked, tries
        worker.deadline = time.monotonic() + self._timeout
        assert worker.process.stdin is not None
        with suppress(OSError):  # it has ended, which is heard
            send(worker.process.stdin, [self._function, dict(asked)])

    def _new(self) -> _Worker:
        try:
            process = subprocess.Popen(  # noqa: S603  this Python, and a module of ours
                python("sheetnet.classroom.jobs.worker"),
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is for this process, which then ends the others
            )
        except OSError as error:
            raise JobError(f"no process can be started ({error.strerror or error}); use fewer (--jobs)") from error
        worker = _Worker(process)
        self._workers.append(worker)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        """Take what a process says until it says no more."""
        assert worker.process.stdout is not None
        try:
            while True:
                self._heard.put((worker, receive(worker.process.stdout)[0]))
        except (OSError, EOFError, ValueError):
            self._heard.put((worker, None))

    def _broke_down(self, worker: _Worker, number: int | None) -> list[Any] | None:
        """The answer for a job whose process has ended; None where it is tried again, or there was none."""
        if worker not in self._workers:
            return None
        self._workers.remove(worker)
        status = worker.process.wait()
        _end([worker.process])
        if number is None:
            return None
        if worker.tries < TRIES:
            self._begin(number, worker.asked, worker.tries + 1)
            return None
        return ["lost", f"its process was ended {worker.tries} times (status {status}); use fewer (--jobs)"]

    def _over(self) -> tuple[int, list[Any]] | None:
        """A job that takes too long or too much: its process is ended."""
        now = time.monotonic()
        for worker in self._workers:
            if (number := worker.number) is None:
                continue
            if now > worker.deadline:
                why = f"ran out of time after {self._timeout:g} seconds"
            elif used(worker.process.pid, family=False) > self._memory * MEGABYTE * OVER:
                why = f"needs more than {self._memory:,.0f} MB of memory; use fewer processes (--jobs)"
            else:
                continue
            self._workers.remove(worker)
            worker.number = None
            _end([worker.process])
            return number, ["over", why]
        return None


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End processes: they are asked to, so that no half file stays, and made to where they do not."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            others = family(process.pid)
            process.kill()
            process.wait()
            end_all(others)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

"""Workers of a Dask cluster (https://distributed.dask.org): whoever has joined the scheduler at an address.

They see the files under the same names as we do: on one machine, or through a shared folder. Each thread of a worker
there has a process of ours beside it, which does the work within its time and memory. A worker that is lost is
Dask's business: it gives the job to another one, and gives up when four were lost with it. A scheduler that is lost
and comes back, be it a new one at the same address, gets all jobs again that are not finished.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sheetnet.classroom.jobs.code import code_print
from sheetnet.classroom.jobs.processes import Processes
from sheetnet.errors import JobError
from sheetnet.extras import hint
from sheetnet.limits import MEMORY

CONNECT = 10.0  # seconds in which a scheduler must have answered
PATIENCE = 60.0  # seconds without a scheduler, or without any worker, after which the cluster is gone
LOOK, COUNT = 0.2, 3.0  # seconds between two looks at the connection, and two counts of the workers
_own = threading.local()  # of a thread of a worker: the process beside it


class Cluster:
    """A crew of Dask's. ``timeout``: seconds for a job; ``memory``: MB for it."""

    def __init__(self, address: str, function: str, timeout: float, memory: float | None) -> None:
        self.room = 2
        self._address = address
        self._call = function, timeout, memory or 2 * MEMORY
        self._run = secrets.token_hex(6)  # keys of two runs must not be the same, nor those of two connections
        self._connections = 0
        self._asked: dict[int, Mapping[str, Any]] = {}
        self._futures: dict[int, Any] = {}
        self._heard: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._levels: dict[str, int] = {}
        self._client: Any = None
        self._scheduler = ""
        self._lost = False
        self._well = self._counted = 0.0

    def __enter__(self) -> Cluster:
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise JobError(f"--scheduler needs the package distributed; install it with: {hint('dask')}") from error
        for logger in _loggers():  # what they would say is told in one line
            self._levels[logger.name] = logger.level
            logger.setLevel(logging.CRITICAL + 1)
        try:
            self._connect()
            self._client.wait_for_workers(1, timeout=CONNECT)
        except Exception as error:  # of many kinds, for an address that is none as well
            found = self._client is not None
            self.__exit__()
            raise JobError(
                f"--scheduler: no worker has joined the scheduler at {self._address}; start one: dask worker ADDRESS"
                if found
                else f"--scheduler: no Dask scheduler answers at {self._address}; start one (dask scheduler), and "
                "give the address that it tells, such as tcp://127.0.0.1:8786"
            ) from error
        self._well = time.monotonic()
        self._look()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # the cluster may be gone: nothing is left to be done there
            if self._futures and self._client.status == "running":
                self._client.cancel(list(self._futures.values()), force=True)
        self._close()
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)

    def start(self, number: int, asked: Mapping[str, Any]) -> None:
        """Give a job to the scheduler."""
        self._asked[number] = asked
        if not self._lost:
            self._submit(number)

    def next(self) -> tuple[int, list[Any]]:
        """Wait for a job that is finished: its number, and the answer. JobError where the cluster is gone."""
        while True:
            self._look()
            try:
                number = self._heard.get(timeout=LOOK)
            except queue.Empty:
                continue
            future = self._futures.get(number)
            if future is None or future.status == "pending":
                continue  # it was given to a scheduler that is gone, and now to another one
            answer = self._answer(future)
            if answer is None:
                self._lost = True
            else:
                del self._futures[number], self._asked[number]
                return number, answer

    def _submit(self, number: int) -> None:
        key = f"sheetnet-{self._run}-{self._connections}-{number}"
        asked, code = dict(self._asked[number]), code_print()
        try:
            future = self._client.submit(work, code, *self._call, asked, key=key, pure=False)
        except Exception:  # the connection was lost just now; whether for long, a look will tell
            self._lost = True
            return
        self._futures[number] = future
        future.add_done_callback(lambda _: self._heard.put(number))

    def _answer(self, future: Any) -> list[Any] | None:
        """The answer of a job; None where it was lost with the scheduler."""
        try:
            error = future.exception(timeout=PATIENCE) if future.status == "error" else None
            answer: list[Any] | None = future.result(timeout=PATIENCE) if future.status == "finished" else None
        except Exception:  # what was there is gone
            return None
        if answer is not None and answer[0] == "other":
            raise JobError("--scheduler: a worker has another sheetnet than this; install the same everywhere")
        if answer is not None or error is None:
            return answer
        if isinstance(error, ImportError):
            raise JobError(f"--scheduler: a worker has no sheetnet ({error}); install the same on all machines")
        if type(error).__name__ == "KilledWorker":
            return ["lost", "its workers were lost, one after the other"]
        return ["lost", f"the cluster could not do it ({type(error).__name__}: {error})"]

    def _connect(self) -> None:
        from distributed import Client

        self._client = Client(self._address, timeout=CONNECT, set_as_default=False)
        self._scheduler = self._identity()
        self._connections += 1
        self._counted, self._lost = 0.0, False

    def _identity(self) -> str:
        """Which scheduler answers at the address: one that was started again is another one, and knows no job."""
        return str(self._client.sync(self._client.scheduler.identity)["id"])

    def _close(self) -> None:
        with suppress(Exception):  # as above
            self._client.close(timeout=2)
        self._client = None

    def _look(self) -> None:
        """See whether the scheduler and its workers are there, and give all jobs to one that has come back.

        JobError where they have been gone for long.
        """
        now = time.monotonic()
        if now - self._counted > COUNT and not self._lost:
            self._counted = now
            try:
                self._lost = self._client.status != "running" or self._identity() != self._scheduler
                if threads := sum(self._client.nthreads().values()):
                    self._well, self.room = now, 2 * threads  # the next job is there when one is finished
            except Exception:  # of many kinds, for a connection that was lost
                self._lost = True
        if now - self._well > PATIENCE:
            raise JobError(f"--scheduler: {self._address} is gone; what is finished stays, so run the same again")
        if self._lost:
            self._close()
            try:
                self._connect()
            except Exception:  # of many kinds, as above; it is tried again
                return
            self._futures.clear()
            for number in self._asked:
                self._submit(number)


def _loggers() -> list[logging.Logger]:
    """The loggers of Dask: each has a level of its own."""
    return [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("distributed")]


def work(code: str, function: str, timeout: float, memory: float, asked: dict[str, Any]) -> list[Any]:
    """Do a job in the process beside this thread of a worker; the answer of ``worker.answer``."""
    if code != code_print():
        return ["other"]
    crew = getattr(_own, "crew", None)
    if crew is None or _own.kind != (function, timeout, memory):
        if crew is not None:
            crew.__exit__()
        crew = _own.crew = Processes(function, 1, timeout, memory).__enter__()
        _own.kind = function, timeout, memory
    crew.start(0, asked)
    number, answer = crew.next()
    assert number == 0
    return list(answer)

"""formulon, which its makers check against results of Excel 365: it is WebAssembly, in a process of its own.

It takes seconds to start, so one ``Engine`` may open many workbooks. Its process ends when the ``Engine`` ends, when
this process ends, or when a question is not answered before the deadline. It has at most 2 GB of memory.
"""

from __future__ import annotations

import importlib.util
import subprocess
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from sheetnet.errors import EngineError
from sheetnet.extras import hint
from sheetnet.limits import too_late
from sheetnet.limits.messages import Message, python, receive, send
from sheetnet.recalc import wasm_worker
from sheetnet.values import ErrorValue

MISSING = f"formulon is not installed; {hint('formulon')}"
ELSE = "try --engine formualizer"


class Engine:
    """formulon, started once."""

    def __init__(self) -> None:
        """Start it. EngineError where it is not installed, or cannot be started."""
        if importlib.util.find_spec("formulon") is None:
            raise EngineError(MISSING)
        try:
            self._process = subprocess.Popen(  # noqa: S603  this Python, and a module of ours
                python(wasm_worker.__name__),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is for this process, which then ends the other one
            )
        except OSError as error:
            raise EngineError(f"formulon cannot be started ({error.strerror or error}); {ELSE}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._end = weakref.finalize(self, _end, self._process)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._end()

    def ask(self, deadline: float, what: str, *arguments: Any, data: bytes = b"") -> Message:
        """Ask ``what``; the answer, and the bytes that belong to it. EngineError where none comes in time."""
        if not self._end.alive:
            raise EngineError(f"formulon has ended; {ELSE}")
        left = deadline - time.monotonic()
        if left <= 0:
            raise too_late("formulon")
        killer = threading.Timer(min(left, threading.TIMEOUT_MAX), self._process.kill)
        killer.start()
        try:
            send(self._stdin, [what, *arguments], data)
            (well, answer), data = receive(self._stdout)
        except (OSError, EOFError, ValueError) as error:
            self.close()
            if time.monotonic() >= deadline:
                raise too_late("formulon") from error
            raise EngineError(f"formulon broke down; {ELSE}") from error
        except BaseException:
            self.close()  # else the answer that is still to come would be taken for that to the next question
            raise
        finally:
            killer.cancel()
        if not well:
            raise EngineError(f"formulon cannot {what} the workbook ({answer}); {ELSE}")
        return answer, data


class Session:
    """A workbook in the engine: recalculate it, read it, change it, recalculate it again."""

    def __init__(self, data: bytes, deadline: float, engine: Engine | None = None) -> None:
        """Load ``data``, an .xlsx; ``deadline``: a ``time.monotonic()``. EngineError where it cannot be loaded.

        ``engine``: one that runs already; without it the session has an engine of its own, which ends with it.
        """
        self._deadline, self._engine = deadline, engine or Engine()
        [self._number, sheets], _ = self._engine.ask(deadline, "load", data=data)
        self.sheets: list[str] = sheets
        self._known: dict[str, dict[tuple[int, int], Any]] = {}

    def evaluate(self) -> None:
        """Recalculate what has changed, and the first time everything."""
        self._ask("calculate")

    def rectangle(self, sheet: str, row: int, column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """Values by row: float, str, bool, ErrorValue, or None where nothing is."""
        known = self._cells(sheet)
        columns = range(column, last_column + 1)
        return [[known.get((y, x)) for x in columns] for y in range(row, last_row + 1)]

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a number or a text into a cell, in memory only."""
        self._ask("set", self.sheets.index(sheet), row - 1, column - 1, value)

    def save(self) -> bytes:
        """The workbook as an .xlsx."""
        return self._ask("save")[1]

    def close(self) -> None:
        """Give back the memory, if the engine goes on to other workbooks."""
        self._ask("close")

    def _ask(self, what: str, *arguments: Any) -> Message:
        self._known.clear()
        return self._engine.ask(self._deadline, what, self._number, *arguments)

    def _cells(self, sheet: str) -> dict[tuple[int, int], Any]:
        """Everything on a sheet. The engine is asked once for all of it: each question would take 0.06 ms."""
        if sheet not in self._known:
            cells, _ = self._engine.ask(self._deadline, "read", self._number, self.sheets.index(sheet))
            self._known[sheet] = {
                (row + 1, column + 1): ErrorValue(*value) if isinstance(value, list) else value
                for row, column, value in cells
            }
        return self._known[sheet]


def recalculate(workbooks: Sequence[bytes], deadline: float) -> list[bytes]:
    """Calculate every formula of these workbooks (.xlsx) anew, in one run of the engine."""
    results = []
    with Engine() as engine:
        for data in workbooks:
            session = Session(data, deadline, engine)
            session.evaluate()
            results.append(session.save())
            session.close()
    return results


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # it may hold bytes that were still to be sent
                pipe.close()

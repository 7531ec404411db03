"""formulon in a process of its own. ``wasm`` starts it, asks it and ends it.

A call into WebAssembly cannot be interrupted, but a process can be ended. Requests come in by standard input, and
answers go out by standard output, see ``limits.messages``. The process ends when nobody is left to ask, even in the
middle of a calculation.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any

from sheetnet.limits.messages import Message, receive, send

if TYPE_CHECKING:
    import formulon


class Books:
    """The open workbooks, by number. Sheets, rows and columns count from 0 here."""

    def __init__(self) -> None:
        self._open: dict[int, formulon.Workbook] = {}

    def load(self, data: bytes) -> Message:
        """Load an .xlsx; the answer has its number, and the titles of its sheets."""
        from formulon import Workbook

        book = Workbook.load(data)
        number = max(self._open, default=0) + 1
        self._open[number] = book
        return [number, [book.sheet_name(sheet) for sheet in range(book.sheet_count())]], b""

    def calculate(self, data: bytes, number: int) -> Message:
        """Calculate every formula; from the second time on, those that depend on what was set since."""
        self._open[number].recalc()
        return None, b""

    def read(self, data: bytes, number: int, sheet: int) -> Message:
        """The cells of a sheet that are not blank: row, column, value. An error value is a list of its name."""
        cells = self._open[number].iter_cells(sheet)
        return [[cell.row, cell.col, value] for cell in cells if (value := _plain(cell.value)) is not None], b""

    def set(self, data: bytes, number: int, sheet: int, row: int, column: int, value: float | str) -> Message:
        """Put a number or a text into a cell."""
        book = self._open[number]
        if isinstance(value, str):
            book.set_text(sheet, row, column, value)
        else:
            book.set_number(sheet, row, column, value)
        return None, b""

    def save(self, data: bytes, number: int) -> Message:
        """The workbook as an .xlsx."""
        return None, self._open[number].save()

    def close(self, data: bytes, number: int) -> Message:
        """Forget a workbook."""
        self._open.pop(number).close()
        return None, b""


def _plain(value: formulon.Value) -> Any:
    if value.error_code is not None:
        from formulon import error_display_name

        return [error_display_name(value.error_code)]
    plain = value.to_python()
    return plain if plain is None or isinstance(plain, float | str | bool) else ["#VALUE!"]


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "wasm trap" in text:  # so it ends when its memory is used up
        return "it broke down, or the workbook needs more than the 2 GB that it can have"
    return text[:200] or type(error).__name__


def main() -> None:
    """Answer until nobody is left to ask: true and the answer, or false and the reason why there is none."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what formulon prints must not come between the answers
    requests: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    books = Books()
    while True:
        (what, *arguments), data = requests.get()
        try:
            answer, data = getattr(books, what)(data, *arguments)
        except Exception as error:
            send(answers, [False, _reason(error)])
        else:
            send(answers, [True, answer], data)


def _listen(requests: queue.SimpleQueue[Message]) -> None:
    while True:
        try:
            requests.put(receive(sys.stdin.buffer))
        except (OSError, EOFError):
            os._exit(0)  # at once, whatever is being calculated

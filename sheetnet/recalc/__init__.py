"""Spreadsheet engines: each is run over a file, and shows what a spreadsheet would show.

formualizer  in this process, written in Rust; the default         embedded
formulon     WebAssembly, checked against Excel; an extra          wasm, wasm_worker
libreoffice  a fresh, locked-down LibreOffice without a window     office
gnumeric     ssconvert --recalc                                    office
stored       no engine: the values found in the file, for one that Excel has saved

The first two keep a workbook open, see ``open_engine``; the next two give back a file. LibreOffice prints as well.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, get_args

from sheetnet.errors import EngineError

Engine = Literal["formualizer", "formulon", "libreoffice", "gnumeric", "stored"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
EMBEDDED, FORMULON, STORED = ENGINES[0], ENGINES[1], ENGINES[4]
INSIDE = (EMBEDDED, FORMULON)


class Session(Protocol):
    """A workbook in an engine, to be recalculated, read, changed and recalculated. Rows and columns count from 1."""

    sheets: list[str]

    def evaluate(self) -> None:
        """Recalculate what has changed, and the first time everything. EngineError where that cannot be done."""

    def rectangle(self, sheet: str, row: int, column: int, last_row: int, last_column: int) -> list[list[Any]]:
        """Values by row: float, str, bool, ErrorValue, or None where nothing is."""

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a number or a text into a cell, in memory only."""


def refuse_missing(engine: str) -> None:
    """EngineError where an engine is not installed: so that it is known before any work."""
    if engine == FORMULON:
        from importlib.util import find_spec

        from sheetnet.recalc import wasm

        if find_spec("formulon") is None:
            raise EngineError(wasm.MISSING)
    elif engine not in (EMBEDDED, STORED):
        from sheetnet.recalc import office

        office.program_of(engine, office.OR_EMBEDDED)


def open_engine(name: str, data: bytes, deadline: float) -> Session:
    """Open a workbook (.xlsx) in one of the engines ``INSIDE``. ``deadline``: a ``time.monotonic()``.

    EngineError where the engine is missing, or cannot load the workbook.
    """
    if name == FORMULON:
        from sheetnet.recalc import wasm

        return wasm.Session(data, deadline)
    if name == EMBEDDED:
        from sheetnet.recalc import embedded

        return embedded.Session(data, deadline)
    raise EngineError(f"{name!r} keeps no workbook open; use one of {', '.join(INSIDE)}")

"""Spreadsheet engines, run over a file, to know what a spreadsheet would say.

formualizer  in this process, written in Rust; the default         embedded
libreoffice  a fresh, locked-down LibreOffice without a window     office
gnumeric     ssconvert --recalc                                    office
stored       no engine: the values found in the file, for one that Excel has saved

LibreOffice prints, too.
"""

from __future__ import annotations

import time

from sheetnet.errors import EngineError

ENGINES = ("formualizer", "libreoffice", "gnumeric", "stored")
EMBEDDED, STORED = ENGINES[0], ENGINES[3]
TIMEOUT = 300.0  # seconds


def timed(seconds: float) -> float:
    """The moment that lies so many seconds ahead, for the deadlines of readers and engines."""
    if not seconds > 0:
        raise EngineError(f"--timeout: {seconds:g} seconds is no time; use a number above 0")
    return time.monotonic() + seconds

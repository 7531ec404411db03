"""The handout: sheets of a workbook as pages, to be read without a spreadsheet.

    file -> printing copy -> LibreOffice calculates and prints -> PDF

The printing copy of a workbook of sheetnet has what is worth printing, see ``compose``. Where everything is asked
for, and for any other workbook, it is the file itself, with only the chosen sheets to be seen. The file is kept.

All of this happens in a process of its own, which has a limit of time and of memory; this module imports nothing
heavy.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import sheetnet.workbook  # noqa: F401  it says how openpyxl is to work, which must come before openpyxl
from sheetnet.errors import WorkbookError
from sheetnet.limits import MEMORY, TIMEOUT, megabytes
from sheetnet.limits.apart import apart
from sheetnet.printing.fonts import warning_of
from sheetnet.recalc.office import TO_PRINT, program_of
from sheetnet.target import refuse_target, replacing

__all__ = ["export"]

SUFFIX = ".pdf"
_THERE = f"{__name__}.printed:pages"


def export(
    path: Path,
    out: Path,
    *,
    sheets: Iterable[str] | None = None,
    everything: bool = False,
    timeout: float = TIMEOUT,
    memory: float | None = None,
    force: bool = False,
) -> Path:
    """Print a workbook. WorkbookError, EngineError or LimitError where it cannot be; then nothing is written.

    ``sheets``: see ``workbook.hide``; ``everything``: all visible sheets and all their rows, as they are set up for
    printing; ``timeout``: seconds for reading and for LibreOffice together; ``memory``: MB, None for
    ``limits.MEMORY`` of the process that reads, and ``limits.OFFICE_MEMORY`` of LibreOffice.
    """
    if path.is_dir():
        raise WorkbookError(f"{path}: is a folder; give an .xlsx file")
    refuse_target(out, force=force, suffix=SUFFIX)  # before the work, not after it
    if out.exists() and path.exists() and out.samefile(path):
        raise WorkbookError(f"{out}: is the workbook itself; use another name (-o)")
    program_of("libreoffice", TO_PRINT)
    asked = {"path": str(path), "sheets": None if sheets is None else list(sheets), "everything": everything}
    language, printed = apart(_THERE, str(path), timeout, megabytes(memory, MEMORY), **asked, office=memory)
    with replacing(out, force=force, suffix=SUFFIX) as file:
        file.write(printed)
    if said := warning_of(language):
        warnings.warn(said, UserWarning, stacklevel=3)
    return out

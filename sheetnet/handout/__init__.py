"""The handout: sheets of a workbook as pages, to be read without a spreadsheet.

    file -> only the chosen sheets to be seen -> LibreOffice calculates and prints -> PDF

The workbook itself is not changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sheetnet.errors import WorkbookError
from sheetnet.recalc import TIMEOUT, timed
from sheetnet.recalc.office import print_pdf
from sheetnet.target import refuse_target, replacing
from sheetnet.workbook.hide import show_only
from sheetnet.workbook.read import read_bytes

__all__ = ["export"]

SUFFIX = ".pdf"


def export(
    path: Path, out: Path, *, sheets: Iterable[str] | None = None, timeout: float = TIMEOUT, force: bool = False
) -> Path:
    """Print a workbook. WorkbookError or EngineError where it cannot be; then nothing is written.

    ``sheets``: see ``workbook.hide``; ``timeout``: seconds for reading and for LibreOffice together.
    """
    deadline = timed(timeout)
    data = read_bytes(path)
    refuse_target(out, force=force, suffix=SUFFIX)  # before the work, not after it
    if out.exists() and out.samefile(path):
        raise WorkbookError(f"{out}: is the workbook itself; use another name (-o)")
    pages = print_pdf(show_only(data, sheets, str(path), deadline), deadline)
    with replacing(out, force=force, suffix=SUFFIX) as file:
        file.write(pages)
    return out

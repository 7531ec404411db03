"""The handout: sheets of a workbook as pages, to be read without a spreadsheet.

    file -> printing copy -> LibreOffice calculates and prints -> PDF

The printing copy of a workbook of sheetnet has what is worth printing, see ``compose``. Where everything is asked
for, and for any other workbook, it is the file itself, with only the chosen sheets to be seen. The file is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sheetnet.errors import WorkbookError
from sheetnet.handout.compose import compose
from sheetnet.layout.areas import PREFIX
from sheetnet.recalc import TIMEOUT, timed
from sheetnet.recalc.office import print_pdf
from sheetnet.target import refuse_target, replacing
from sheetnet.workbook.book import RECORD_NAME
from sheetnet.workbook.hide import selected, show_only
from sheetnet.workbook.read import Contents, find_record, read, read_bytes

__all__ = ["export"]

SUFFIX = ".pdf"


def export(
    path: Path,
    out: Path,
    *,
    sheets: Iterable[str] | None = None,
    everything: bool = False,
    timeout: float = TIMEOUT,
    force: bool = False,
) -> Path:
    """Print a workbook. WorkbookError or EngineError where it cannot be; then nothing is written.

    ``sheets``: see ``workbook.hide``; ``everything``: all visible sheets and all their rows, as they are set up for
    printing; ``timeout``: seconds for reading and for LibreOffice together.
    """
    deadline = timed(timeout)
    data = read_bytes(path)
    refuse_target(out, force=force, suffix=SUFFIX)  # before the work, not after it
    if out.exists() and out.samefile(path):
        raise WorkbookError(f"{out}: is the workbook itself; use another name (-o)")
    copy = show_only if everything else _handout
    pages = print_pdf(copy(data, sheets, str(path), deadline), deadline)
    with replacing(out, force=force, suffix=SUFFIX) as file:
        file.write(pages)
    return out


def _handout(data: bytes, sheets: Iterable[str] | None, where: str, deadline: float) -> bytes:
    """What is worth printing of a workbook of sheetnet; all of any other."""
    names = None if sheets is None else list(sheets)
    titles, known = selected(data, names, where, deadline)
    if RECORD_NAME not in known:
        return show_only(data, names, where, deadline)
    contents = read(data, where, deadline)
    left_out = _aside(contents, where) if names is None else set()
    return compose(data, contents, [title for title in titles if title not in left_out] or titles, where)


def _aside(contents: Contents, where: str) -> set[str]:
    """The titles of the sheets that a handout leaves out: the record names an area of each."""
    record = find_record(contents, where)
    areas = record.get("aside") if isinstance(record, dict) else None
    if not isinstance(areas, list):  # a record that somebody changed leaves nothing out
        return set()
    named = [contents.names.get(f"{PREFIX}{area}".lower()) for area in areas]
    return {found[0].sheet for found in named if found is not None}

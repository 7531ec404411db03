"""The names of a class, from a .csv file: those in the column called name, or in the first one."""

from __future__ import annotations

from pathlib import Path

from sheetnet import rows
from sheetnet.errors import WorkbookError, shown
from sheetnet.files import contents, text_of
from sheetnet.photo import clean
from sheetnet.workbook.measure import pixels

MOST_BYTES = 1_000_000
HEADS = ("name", "names", "pupil", "student", "full name", "姓名", "名字")
ADVICE = "give a .csv file with a name in each line"


def read_names(path: Path, most: int, room: int) -> list[str]:
    """The names, in their order.

    Args:
        path: The file, as spreadsheets save it.
        most: How many names there may be.
        room: Pixels that a name has where it is shown.

    Raises:
        WorkbookError: there are no names, or too many, or one is too long; or it is no such file.

    """
    text = text_of(contents(path, MOST_BYTES, WorkbookError, ADVICE))
    if text is None:
        raise WorkbookError(f"{path}: is no text; {ADVICE}")
    try:
        table = [row for _, row in rows.read(text) if any(cell.strip() for cell in row)]
    except ValueError as error:
        raise WorkbookError(f"{path}: cannot be read as CSV ({error}); {ADVICE}") from error
    head = [cell.strip().casefold() for cell in table[0]] if table else []
    column = next((head.index(one) for one in HEADS if one in head), None)
    found = [row[column or 0] for row in (table if column is None else table[1:]) if len(row) > (column or 0)]
    names = [name for one in found if (name := " ".join(clean(one, " ").split()))]
    if not names:
        raise WorkbookError(f"{path}: has no names; {ADVICE}")
    if len(names) > most:
        raise WorkbookError(f"{path}: has {len(names):,} names, and {most:,} are the most; use several files")
    if long := next((name for name in names if pixels(name) > room), None):
        raise WorkbookError(f"{path}: {shown(long)} is too long a name for a sheet; make it shorter")
    return names

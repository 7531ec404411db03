"""The names of a class, from a .csv file: those in the column called name, or in the first one."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from sheetnet.classroom.worksheet.request import MOST
from sheetnet.errors import WorkbookError, shown
from sheetnet.files import contents
from sheetnet.photo import clean

MOST_BYTES = 1_000_000
LONGEST = 40  # characters of a name that a sheet has room for
HEADS = ("name", "names", "姓名", "名字")
ADVICE = "give a .csv file with a name in each line"


def read_names(path: Path) -> list[str]:
    """The names, in their order. WorkbookError where there are none, or too many, or where it is no such file."""
    data = contents(path, MOST_BYTES, WorkbookError, ADVICE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkbookError(f"{path}: is not text in UTF-8; save it as CSV UTF-8") from error
    try:
        rows = list(csv.reader(StringIO(text, newline=""), _dialect(text)))
    except csv.Error as error:
        raise WorkbookError(f"{path}: cannot be read as CSV ({error}); {ADVICE}") from error
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = next((head.index(one) for one in HEADS if one in head), None)
    found = [row[column or 0] for row in (rows if column is None else rows[1:]) if len(row) > (column or 0)]
    names = [name for one in found if (name := clean(one, "").strip())]
    if not names:
        raise WorkbookError(f"{path}: has no names; {ADVICE}")
    if len(names) > MOST:
        raise WorkbookError(f"{path}: has {len(names):,} names, and {MOST} are the most; use several files")
    if long := next((name for name in names if len(name) > LONGEST), None):
        raise WorkbookError(f"{path}: {shown(long)} is too long for a name; use up to {LONGEST} characters")
    return names


def _dialect(text: str) -> type[csv.Dialect]:
    """Semicolons or tabs between the cells, where the first line has more of them than of commas."""
    first = text.partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Dialect

"""The names of a class, from a .csv file: those in the column called name, or in the first one."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from sheetnet.classroom.worksheet.request import MOST
from sheetnet.errors import WorkbookError, shown
from sheetnet.files import contents
from sheetnet.photo import clean
from sheetnet.workbook.measure import pixels

MOST_BYTES = 1_000_000
ROOM = 290  # pixels that a sheet has for a name
HEADS = ("name", "names", "姓名", "名字")
ADVICE = "give a .csv file with a name in each line"


def read_names(path: Path) -> list[str]:
    """The names, in their order. WorkbookError where there are none, or too many, or where it is no such file."""
    data = contents(path, MOST_BYTES, WorkbookError, ADVICE)
    text = _text(data)
    if text is None:
        raise WorkbookError(f"{path}: is no text; {ADVICE}")
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
    if long := next((name for name in names if pixels(name) > ROOM), None):
        raise WorkbookError(f"{path}: {shown(long)} is too long a name for a sheet; make it shorter")
    return names


def _text(data: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16, or GB18030, as spreadsheets save it; None where it is no text."""
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _dialect(text: str) -> type[csv.Dialect]:
    """Semicolons or tabs between the cells, where the first line has more of them than of commas."""
    first = text.partition("\n")[0]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Dialect

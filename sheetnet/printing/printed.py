"""The pages of a handout, made in the process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from sheetnet.layout.areas import PREFIX
from sheetnet.limits import OFFICE_MEMORY, megabytes, timed
from sheetnet.printing.compose import compose
from sheetnet.recalc.office import print_pdf
from sheetnet.workbook.book import RECORD_NAME
from sheetnet.workbook.hide import selected, show_only
from sheetnet.workbook.links import unlinked
from sheetnet.workbook.read import Contents, find_record, read, read_bytes

_LANGUAGE = re.compile(rb"<dc:language>([a-z]{2,3})\b[^<]{0,20}</dc:language>")
MOST_ABOUT = 10_000  # bytes


def pages(
    seconds: float,
    progress: object,
    *,
    path: str,
    sheets: list[str] | None,
    everything: bool,
    office: float | None = None,
) -> tuple[str, bytes]:
    """Print a workbook for ``printing.export``: its language, and a PDF."""
    deadline = timed(seconds)
    copy = show_only if everything else worth_printing
    data = read_bytes(Path(path))
    printed = copy(data, sheets, path, deadline)
    return _language(data), print_pdf(unlinked(printed, path, deadline), deadline, megabytes(office, OFFICE_MEMORY))


def _language(data: bytes) -> str:
    """The language that a workbook says it is in; "" where it says none."""
    with ZipFile(BytesIO(data)) as archive, suppress(KeyError):
        with archive.open("docProps/core.xml") as part:
            found = _LANGUAGE.search(part.read(MOST_ABOUT))
        return found[1].decode() if found else ""
    return ""


def worth_printing(data: bytes, sheets: Iterable[str] | None, where: str, deadline: float) -> bytes:
    """What is worth printing of a workbook of sheetnet; all of any other."""
    names = None if sheets is None else list(sheets)
    titles, known = selected(data, names, where, deadline)
    if RECORD_NAME not in known:
        return show_only(data, names, where, deadline)
    contents = read(data, where, deadline)
    left_out = left_out_of(contents, where) if names is None else set()
    kept = [title for title in titles if title not in left_out] or titles
    return compose(data, contents, kept, where, _language(data))


def left_out_of(contents: Contents, where: str) -> set[str]:
    """The titles of the sheets that a handout leaves out: the record names an area of each."""
    record = find_record(contents, where)
    areas = record.get("aside") if isinstance(record, dict) else None
    if not isinstance(areas, list):  # a record that somebody changed leaves nothing out
        return set()
    named = [contents.names.get(f"{PREFIX}{area}".lower()) for area in areas]
    return {found[0].sheet for found in named if found is not None}

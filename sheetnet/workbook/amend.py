"""Add as text what openpyxl leaves out of the parts that it writes: alternative texts, titles, ignored errors."""

from __future__ import annotations

import re

from sheetnet.errors import WorkbookError
from sheetnet.workbook.book import Sheet
from sheetnet.workbook.text import xml

_ROOT = re.compile(rb"<[A-Za-z][\w:]*")
# What may come after <ignoredErrors> in a sheet.
_AFTER_ERRORS = re.compile(
    rb"<(?:smartTags|drawing|legacyDrawing|picture|oleObjects|controls|webPublishItems|tableParts|extLst)\b|</worksheet>"
)
_DRAWING_SPACE = b' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def add_alt_texts(data: bytes, sheet: Sheet) -> bytes:
    """Put the alternative texts into a drawing. openpyxl numbers charts from 1, and pictures from 1 as well."""
    alts = [chart.alt for chart in sheet.charts] + [alt for _, _, alt, _ in sheet.pictures]

    def add(match: re.Match[bytes]) -> bytes:
        return match[1] + f' descr="{xml(alts[int(match[2]) - 1])}"'.encode()

    return re.sub(rb'(<(?:xdr:)?cNvPr id="\d+" name="(?:Chart|Image) (\d+)")(?: descr="[^"]*")?', add, data)


def declare_once(data: bytes) -> bytes:
    """Declare the namespace of drawings at the top, because Gnumeric overlooks an element that declares its own."""
    return _ROOT.sub(lambda match: match[0] + _DRAWING_SPACE, data.replace(_DRAWING_SPACE, b""), count=1)


def without_automatic_title(data: bytes) -> bytes:
    """Keep a chart without a title as it is, where Excel would write the name of its only series."""
    return data.replace(b"<chart><plotArea>", b'<chart><autoTitleDeleted val="1"/><plotArea>', 1)


def quiet(shell: bytes, cells: str) -> bytes:
    """The end of a sheet, with the order that Excel draws no green triangles at its cells.

    Excel draws them at a formula that differs from its neighbours, at one that leaves out numbers beside its range,
    and at a text that reads as a number.
    """
    ignored = f'<ignoredError sqref="{cells}" numberStoredAsText="1" formula="1" formulaRange="1"/>'
    place = _AFTER_ERRORS.search(shell)
    if place is None:
        raise WorkbookError("openpyxl wrote a sheet whose end sheetnet does not know; install openpyxl 3.1")
    errors = f"<ignoredErrors>{ignored}</ignoredErrors>".encode()
    return shell[: place.start()] + errors + shell[place.start() :]

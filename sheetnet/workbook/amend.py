"""What openpyxl leaves out of the parts that it writes, put in as text: alternative texts, titles, ignored errors."""

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
    """The alternative texts of a drawing. openpyxl numbers its charts first, then its pictures, from 1."""
    alts = [chart.alt for chart in sheet.charts] + [alt for _, _, alt, _ in sheet.pictures]

    def add(match: re.Match[bytes]) -> bytes:
        return match[1] + f' descr="{xml(alts[int(match[2]) - 1])}"'.encode()

    return re.sub(rb'(<(?:xdr:)?cNvPr id="\d+" name="(?:Chart|Image) (\d+)")(?: descr="[^"]*")?', add, data)


def declare_once(data: bytes) -> bytes:
    """The namespace of drawings declared at the top: Gnumeric overlooks an element that declares its own."""
    return _ROOT.sub(lambda match: match[0] + _DRAWING_SPACE, data.replace(_DRAWING_SPACE, b""), count=1)


def without_automatic_title(data: bytes) -> bytes:
    """A chart without a title stays without: Excel would write the name of its only series there."""
    return data.replace(b"<chart><plotArea>", b'<chart><autoTitleDeleted val="1"/><plotArea>', 1)


def quiet(shell: bytes, cells: str) -> bytes:
    """The end of a sheet with word for Excel that nothing is wrong with its formulas, so it draws no green triangles.

    It marks a formula that differs from its neighbours, one that passes over numbers beside its range, and a text
    that reads as a number.
    """
    ignored = f'<ignoredError sqref="{cells}" numberStoredAsText="1" formula="1" formulaRange="1"/>'
    place = _AFTER_ERRORS.search(shell)
    if place is None:
        raise WorkbookError("the shell of a sheet has no end; is openpyxl newer than sheetnet knows?")
    errors = f"<ignoredErrors>{ignored}</ignoredErrors>".encode()
    return shell[: place.start()] + errors + shell[place.start() :]

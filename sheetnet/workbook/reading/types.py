"""What each part of a workbook is said to be: ``[Content_Types].xml``, in which every part has one type.

A spreadsheet opens a part where both its relationship and its type say that it is, for instance, a worksheet. A part
has the type of its name, or else that of the end of its name.
"""

from __future__ import annotations

from posixpath import basename

from sheetnet.workbook.reading.archive import compared

LIST = "[Content_Types].xml"
SPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
MOST = 20_000  # entries

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHEETS = f"{_OFFICE}spreadsheetml."
_WITH_MACROS = "application/vnd.ms-excel."
# For each kind of relationship, the types that its part may have.
_OF_KIND = {
    "officeDocument": {
        f"{_SHEETS}sheet.main+xml",
        f"{_SHEETS}template.main+xml",
        f"{_WITH_MACROS}sheet.macroenabled.main+xml",
        f"{_WITH_MACROS}template.macroenabled.main+xml",
    },
    "drawing": {f"{_OFFICE}drawing+xml"},
    "chart": {f"{_OFFICE}drawingml.chart+xml"},
} | {kind: {f"{_SHEETS}{kind}+xml"} for kind in ("worksheet", "chartsheet", "dialogsheet", "sharedstrings", "styles")}
_OF_KIND = {kind.lower(): types for kind, types in _OF_KIND.items()}


class Types:
    """The types of the parts. ValueError, with the reason, for a part that has two of them."""

    def __init__(self) -> None:
        self._ends: dict[str, str] = {}
        self._parts: dict[str, str] = {}

    def add(self, name: str, attributes: dict[str, str]) -> None:
        """Take one entry of the list."""
        if name == "Default":
            key, where = attributes["Extension"].lower(), self._ends
        elif name == "Override":
            key, where = compared(attributes["PartName"]), self._parts
        else:
            return
        if key in where:
            raise ValueError(f"gives two types to {key[:40]!r}")
        where[key] = attributes["ContentType"].strip().lower()
        if len(where) > MOST:
            raise ValueError(f"has more than {MOST:,} entries")

    def of(self, part: str) -> str:
        """The type of a part, in lower case; "" where it has none."""
        end = basename(part).rpartition(".")[2].lower()
        return self._parts.get(compared(part)) or self._ends.get(end, "")

    def fits(self, part: str, kind: str) -> bool:
        """Whether a part is of the type of a kind of relationship."""
        return self.of(part) in _OF_KIND[kind.lower()]

"""Workbooks written by hand, part by part, as another program or an enemy would write them."""

from __future__ import annotations

import zipfile
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_KIND = "http://purl.oclc.org/ooxml/officeDocument/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def links(*several: tuple[str, str, str], space: str = KIND) -> str:
    """A part of relationships: (Id, kind, target)."""
    inside = "".join(f'<Relationship Id="{i}" Type="{space}/{kind}" Target="{to}"/>' for i, kind, to in several)
    return f'<Relationships xmlns="{LINKS}">{inside}</Relationships>'


TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_DRAWN = "application/vnd.openxmlformats-officedocument."


def types(book: str = "book/main.xml") -> str:
    """The list of the types of the parts."""
    known = {
        f"/{book}": f"{_SHEETS}sheet.main+xml",
        "/cells/one.xml": f"{_SHEETS}worksheet+xml",
        "/book/texts.xml": f"{_SHEETS}sharedStrings+xml",
        "/book/looks.xml": f"{_SHEETS}styles+xml",
        "/drawn/x.xml": f"{_DRAWN}drawing+xml",
        "/drawn/y.xml": f"{_DRAWN}drawingml.chart+xml",
    }
    inside = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in known.items())
    return f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>{inside}</Types>'


def workbook(inside: str = "", sheets: str = '<sheet name="A b" r:id="r1"/>') -> str:
    """A workbook part."""
    return f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}"><sheets>{sheets}</sheets>{inside}</workbook>'


def sheet(rows: str, after: str = "") -> str:
    """A worksheet."""
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{KIND}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(rows: str = "", after: str = "", shared: str = "", styles: str = "", book: str = "") -> dict[str, str]:
    """The parts of a workbook of one sheet, "A b", none of them where it usually lies."""
    more = [("r2", "sharedStrings", "texts.xml")] if shared else []
    more += [("r3", "styles", "looks.xml")] if styles else []
    return {
        "[Content_Types].xml": types(),
        "_rels/.rels": links(("r", "officeDocument", "book/main.xml")),
        "book/main.xml": workbook(book),
        "book/_rels/main.xml.rels": links(("r1", "worksheet", "/cells/one.xml"), *more),
        "cells/one.xml": sheet(rows, after),
        **({"book/texts.xml": f'<sst xmlns="{MAIN}">{shared}</sst>'} if shared else {}),
        **({"book/looks.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'} if styles else {}),
    }


def pack(content: dict[str, str], *more: tuple[str, str]) -> bytes:
    """The file of these parts; ``more`` may repeat a name."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in [*content.items(), *more]:
            package.writestr(name, text.encode())
    return out.getvalue()

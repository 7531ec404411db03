"""The copy of a workbook that another program gets: without its links to anywhere.

A relationship may name a place outside of the file: a picture on a web server, another workbook, a data source. Some
programs ask for it as soon as they open the file, and so tell a stranger who opened it, and when.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.sax.saxutils import quoteattr

from sheetnet.workbook.reading.package import Package, Parser, opened

_SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_FIELDS = ("Id", "Type", "Target")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")  # a uri, or the folder of another machine
_LEVEL = 1  # of zlib: the result lives for seconds


def unlinked(data: bytes, where: str, deadline: float | None = None) -> bytes:
    """The same .xlsx without relationships that lead out of it. ``where`` and ``deadline`` as for ``read``."""
    with opened(data, where, deadline) as package:
        lists = [name for name in package.parts if name.lower().endswith(".rels")]
        inner = {name: kept for name in lists if (kept := _inner(package, name)) is not None}
        if not inner:
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
            for name in package.parts:
                with target.open(name, "w") as part:
                    for chunk in [inner[name]] if name in inner else package.chunks(name):
                        part.write(chunk)
    return out.getvalue()


def _inner(package: Package, name: str) -> bytes | None:
    """A list of relationships without those that lead out; None where it has no such."""
    kept: list[str] = []
    found = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal found
        if not tag.endswith("}Relationship"):
            return
        found += 1
        mode, to = attributes.get("TargetMode", "Internal"), attributes.get("Target", "")
        if mode == "Internal" and not _ELSEWHERE.match(to):
            written = " ".join(f"{key}={quoteattr(attributes[key])}" for key in _FIELDS if key in attributes)
            kept.append(f"<Relationship {written}/>")

    def wire(parser: Parser) -> None:
        parser.StartElementHandler = start

    package.parse(name, wire)
    if len(kept) == found:
        return None
    return f'<Relationships xmlns="{_SPACE}">{"".join(kept)}</Relationships>'.encode()

"""A workbook without CDATA sections, for engines that do not read them: <![CDATA[a<b]]> -> a&lt;b."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Set
from html import escape
from io import BytesIO

_LEVEL = 1  # of zlib: the result lives for seconds
# Comments and instructions are matched first, and kept: what looks like a section inside of them is none.
_SECTION = re.compile(rb"(<!--.*?-->|<\?.*?\?>)|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def without_sections(data: bytes, parts: Set[str]) -> bytes:
    """The same .xlsx, whose ``parts`` say the same without CDATA sections."""
    if not parts:
        return data
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
    ):
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, _SECTION.sub(_plain, text) if name in parts else text)
    return out.getvalue()


def _plain(match: re.Match[bytes]) -> bytes:
    if match[1] is not None:
        return match[1]
    return escape(match[2].decode("utf-8", "surrogateescape"), quote=False).encode("utf-8", "surrogateescape")

"""Hide sheets of a workbook that somebody else may have made, so that only the others are printed.

Only the list of sheets, xl/workbook.xml, is written anew: a sheet that shall not be seen becomes hidden and loses its
print area, for LibreOffice prints a hidden sheet that has one. Every other part stays as it is, byte for byte, so
formulas and charts still find the cells of hidden sheets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from unicodedata import normalize
from xml.sax.saxutils import XMLGenerator

from sheetnet.errors import WorkbookError, shown
from sheetnet.workbook.parts import WorkbookPart, local
from sheetnet.workbook.read import WORKBOOK, opened

_PRINT_AREA = "_xlnm.print_area"
_LEVEL = 1  # of zlib: the result lives for seconds


def show_only(data: bytes, names: Iterable[str] | None, where: str, deadline: float | None = None) -> bytes:
    """The same .xlsx with only these sheets to be seen; None: those that are seen already.

    ``names``: sheets, or several with commas between them, in any case. ``where`` and ``deadline`` as for ``read``.
    WorkbookError for a sheet that is not there or hidden, and for a file that is no workbook.
    """
    with opened(data, where, deadline) as package:
        top = WorkbookPart()
        package.parse(WORKBOOK, top)
        visible = {name: i for i, (name, _) in enumerate(top.sheets) if i not in top.hidden}
        hidden = [name for i, (name, _) in enumerate(top.sheets) if i in top.hidden]
        if not visible:
            raise WorkbookError(f"{where}: all its sheets are hidden; unhide one in a spreadsheet")
        keep = visible if names is None else _chosen(names, list(visible), hidden, where)
        listed = BytesIO()
        package.parse(WORKBOOK, _Hiding(listed, {visible[name] for name in keep}))
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
            for name in package.parts:
                with target.open(name, "w") as part:
                    for chunk in [listed.getvalue()] if name == WORKBOOK else package.chunks(name):
                        part.write(chunk)
    return out.getvalue()


def _chosen(names: Iterable[str], visible: list[str], hidden: list[str], where: str) -> set[str]:
    """The sheets that are meant. A whole text that is a sheet's name wins over its pieces between commas."""
    known = {_key(name): name for name in [*hidden, *visible]}
    there = f"it has {', '.join(visible)}"
    wanted: set[str] = set()
    for text in names:
        pieces = [text] if _key(text) in known else [piece for piece in text.split(",") if piece.strip()]
        for piece in pieces:
            name = known.get(_key(piece))
            if name is None:
                raise WorkbookError(f"{where}: no sheet {shown(piece.strip())}; {there}")
            if name in hidden:
                raise WorkbookError(f"{where}: the sheet {name} is hidden and cannot be exported; {there}")
            wanted.add(name)
    if not wanted:
        raise WorkbookError(f"{where}: no sheet was named; {there}")
    return wanted


def _key(name: str) -> str:
    """What two spellings of a sheet's name have in common."""
    return normalize("NFC", name).strip().casefold()


class _Hiding(XMLGenerator):
    """Writes xl/workbook.xml as it reads it, but for the sheets that shall not be seen. ``keep``: their positions."""

    def __init__(self, out: BytesIO, keep: set[int]) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self._keep = keep
        self._sheets = 0
        self._inside = False  # a name that is left out

    def startElement(self, tag: str, attrs: Any) -> None:
        kind, changed = local(tag), dict(attrs.items())
        if kind == "sheet":
            if self._sheets not in self._keep:
                changed["state"] = "hidden"
            self._sheets += 1
        elif kind == "workbookView":  # a spreadsheet opens at a sheet that can be seen
            changed["activeTab"] = changed["firstSheet"] = str(min(self._keep))
        elif kind == "definedName" and changed.get("name", "").lower() == _PRINT_AREA:
            self._inside = int(changed.get("localSheetId", -1)) not in self._keep
        if not self._inside:
            super().startElement(tag, changed)  # type: ignore[arg-type]  # it only asks for items()

    def characters(self, content: str) -> None:
        if not self._inside:
            super().characters(content)

    def endElement(self, tag: str) -> None:
        if not self._inside:
            super().endElement(tag)
        elif local(tag) == "definedName":
            self._inside = False

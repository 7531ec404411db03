"""Hide sheets of a workbook that somebody else may have made, so that only the others are printed.

Only the workbook part, which lists the sheets, is written anew: a sheet that must not be printed becomes hidden and
loses its print area, because LibreOffice prints a hidden sheet that has one. Every other part stays as it is, byte
for byte, so formulas and charts still find the cells of hidden sheets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from io import BytesIO
from unicodedata import normalize
from xml.sax.saxutils import XMLGenerator

from sheetnet.errors import WorkbookError, shown
from sheetnet.workbook.reading.package import Package, Parser, opened
from sheetnet.workbook.reading.parts import WorkbookPart
from sheetnet.workbook.reading.tree import MAIN

_PRINT_AREA = "_xlnm.print_area"
_LEVEL = 1  # of zlib: the result lives for seconds


def show_only(data: bytes, names: Iterable[str] | None, where: str, deadline: float | None = None) -> bytes:
    """The same .xlsx with only these sheets visible; None: those that are visible already.

    ``names``: sheets, or several with commas between them, in any case. ``where`` and ``deadline`` as for ``read``.
    WorkbookError for a sheet that is not there or hidden, and for a file that is no workbook.
    """
    with opened(data, where, deadline) as package:
        home = package.workbook()
        keep = _selected(_top(package), names, where)
        listed = BytesIO()
        package.parse(home, _Hiding(listed, set(keep.values())).wire, separator=None)
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target:
            for name in package.parts:
                with target.open(name, "w") as part:
                    for chunk in [listed.getvalue()] if name == home else package.chunks(name):
                        part.write(chunk)
    return out.getvalue()


def selected(
    data: bytes, names: Iterable[str] | None, where: str, deadline: float | None = None
) -> tuple[list[str], set[str]]:
    """The titles of the sheets that ``show_only`` would show, and all defined names, in lower case."""
    with opened(data, where, deadline) as package:
        top = _top(package)
        return list(_selected(top, names, where)), set(top.names)


def _top(package: Package) -> WorkbookPart:
    top = WorkbookPart(package, package.workbook())
    top.parse()
    return top


def _selected(top: WorkbookPart, names: Iterable[str] | None, where: str) -> dict[str, int]:
    """Titles and positions of sheets."""
    visible = {name: i for i, (name, _) in enumerate(top.sheets) if i not in top.hidden}
    hidden = [name for i, (name, _) in enumerate(top.sheets) if i in top.hidden]
    if not visible:
        raise WorkbookError(f"{where}: all its sheets are hidden; unhide one in a spreadsheet")
    keep = set(visible) if names is None else _chosen(names, list(visible), hidden, where)
    return {name: i for name, i in visible.items() if name in keep}


def _chosen(names: Iterable[str], visible: list[str], hidden: list[str], where: str) -> set[str]:
    """The titles of the named sheets. A text that is a title as a whole is not cut at its commas."""
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
    """The name of a sheet in one spelling, by which names are compared."""
    return normalize("NFC", name).strip().casefold()


class _Hiding:
    """Writes the workbook part again as it reads it, and hides all sheets but those at the positions ``keep``.

    Names of elements are read with their prefixes, so that they can be written again; this class follows which
    namespace a prefix stands for.
    """

    def __init__(self, out: BytesIO, keep: set[int]) -> None:
        self._out = XMLGenerator(out, "utf-8", short_empty_elements=True)
        self._keep = keep
        self._sheets = 0
        self._inside = False  # inside a defined name that is left out
        self._path: list[str] = []
        self._scopes: list[dict[str, str]] = [{}]  # prefix -> namespace

    def wire(self, parser: Parser) -> None:
        """Take the events of a parser."""
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        self._out.startDocument()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        declared = {key[6:]: uri for key, uri in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        self._scopes.append(self._scopes[-1] | declared)
        prefix, _, name = tag.rpartition(":")
        self._path.append(name if self._scopes[-1].get(prefix) in MAIN else "?")
        path, changed = "/".join(self._path[1:]), dict(attributes)
        if path == "sheets/sheet":
            if self._sheets not in self._keep:
                changed["state"] = "hidden"
            self._sheets += 1
        elif path == "bookViews/workbookView":  # a spreadsheet opens at a sheet that can be seen
            changed["activeTab"] = changed["firstSheet"] = str(min(self._keep))
        elif path == "definedNames/definedName" and changed.get("name", "").lower() == _PRINT_AREA:
            self._inside = int(changed.get("localSheetId", -1)) not in self._keep
        if not self._inside:
            self._out.startElement(tag, changed)  # type: ignore[arg-type]  # it only asks for items()

    def _text(self, text: str) -> None:
        if not self._inside:
            self._out.characters(text)

    def _end(self, tag: str) -> None:
        if not self._inside:
            self._out.endElement(tag)
        elif self._path[1:] == ["definedNames", "definedName"]:
            self._inside = False
        self._path.pop()
        self._scopes.pop()

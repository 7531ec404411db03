"""Read a workbook that somebody else may have made: formulas, values and names, and nothing that could do harm.

No part is trusted: XML is parsed by defusedxml (no entities, no external files), the number and the unpacked size
of the parts and the number of cells are capped, and time is limited by a deadline. Nothing is executed.
"""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from xml.sax import ContentHandler, SAXException

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from sheetnet.errors import WorkbookError
from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, column_number

RECORD_NAME = "sheetnet.record"
MAX_FILE = 512 << 20  # bytes
MAX_PARTS = 2_000
MAX_UNPACKED = 1 << 30  # bytes, all parts that are read
MAX_CELLS = 8_000_000

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


@dataclass(slots=True)
class Found:
    """A cell as found: its formula (without "=") or None, and its value; an error value is kind "e"."""

    formula: str | None
    value: float | str | bool | None
    kind: str = "n"


@dataclass(slots=True)
class Contents:
    """What a workbook holds. ``sheets`` in order; cells by (row, column); names by lower-case name."""

    sheets: list[str] = field(default_factory=list)
    cells: dict[str, dict[tuple[int, int], Found]] = field(default_factory=dict)
    names: dict[str, tuple[Anchor, Anchor]] = field(default_factory=dict)


def read(data: bytes, where: str, deadline: float | None = None) -> Contents:
    """Read an .xlsx. ``deadline``: a ``time.monotonic()`` after which to give up. WorkbookError says why not."""
    if len(data) > MAX_FILE:
        raise WorkbookError(f"{where}: {len(data) >> 20} MB; files over {MAX_FILE >> 20} MB are not read")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return _Reader(package, where, deadline).read()
    except WorkbookError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise WorkbookError(f"{where}: not an .xlsx workbook, or damaged; save it again as .xlsx") from error
    except DefusedXmlException as error:
        raise WorkbookError(f"{where}: refused, its XML defines entities, which no workbook needs") from error
    except (SAXException, ValueError, KeyError, LookupError, OverflowError, OSError, _zlib_error()) as error:
        raise WorkbookError(f"{where}: its insides are damaged; open it and save it again as .xlsx") from error


def read_bytes(path: Path) -> bytes:
    """The bytes of a workbook file. WorkbookError for anything that is not an ordinary file of bearable size."""
    try:
        if path.is_dir():
            raise WorkbookError(f"{path}: is a folder; give an .xlsx file made by sheetnet")
        if not path.exists():
            raise WorkbookError(f"{path}: no such file; make one with: sheetnet build PHOTO")
        if not path.is_file():
            raise WorkbookError(f"{path}: not an ordinary file; give an .xlsx file made by sheetnet")
        if path.stat().st_size > MAX_FILE:
            raise WorkbookError(f"{path}: larger than {MAX_FILE >> 20} MB; not read")
        return path.read_bytes()
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror})") from error


def find_record(contents: Contents, where: str) -> Any:
    """What the hidden sheet remembers (see ``layout.record``), not checked yet."""
    if RECORD_NAME not in contents.names:
        raise WorkbookError(f"{where}: not made by sheetnet (no name {RECORD_NAME}); make one with: sheetnet build")
    first, last = contents.names[RECORD_NAME]
    cells = contents.cells[first.sheet]
    pieces = [cells[at] for at in sorted(cells) if first.row <= at[0] <= last.row and at[1] == first.column]
    try:
        return json.loads("".join(str(piece.value) for piece in pieces))
    except (ValueError, RecursionError) as error:
        raise WorkbookError(f"{where}: its hidden sheet is damaged; build it again") from error


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


class _Reader:
    def __init__(self, package: zipfile.ZipFile, where: str, deadline: float | None) -> None:
        self.package, self.where, self.deadline = package, where, deadline
        self.left = MAX_UNPACKED
        self.cells = 0
        infos = package.infolist()
        if len(infos) > MAX_PARTS:
            raise WorkbookError(f"{where}: {len(infos)} parts; a workbook has at most {MAX_PARTS}")
        self.parts = {info.filename: info for info in infos}
        if "xl/workbook.xml" not in self.parts:
            raise WorkbookError(f"{where}: not an .xlsx workbook (it has no xl/workbook.xml)")

    def read(self) -> Contents:
        top = _Workbook()
        self._parse("xl/workbook.xml", top)
        links = _Relations()
        self._parse("xl/_rels/workbook.xml.rels", links)
        contents = Contents(sheets=[name for name, _ in top.sheets])
        for name, text in top.names:
            if span := parse_reference(text):
                contents.names[name.lower()] = span
        texts = _Texts()
        strings = [t for t in links.targets.values() if t.endswith("sharedStrings.xml")]
        if strings and self._path(strings[0]) in self.parts:
            self._parse(self._path(strings[0]), texts)
        for name, link in top.sheets:
            cells = _Cells(self, texts.texts)
            path = self._path(links.targets.get(link, ""))
            if "worksheets/" in path or (path in self.parts and "chartsheets/" not in path):
                self._parse(path, cells)
            contents.cells[name] = cells.found
        contents.names = {name: span for name, span in contents.names.items() if span[0].sheet in contents.cells}
        return contents

    @staticmethod
    def _path(target: str) -> str:
        return target.lstrip("/") if target.startswith("/") else normpath(join(dirname("xl/workbook.xml"), target))

    def _parse(self, part: str, handler: ContentHandler) -> None:
        if part not in self.parts:
            raise WorkbookError(f"{self.where}: its part {part} is missing; open it and save it again as .xlsx")
        parser: Any = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(handler)
        with self.package.open(self.parts[part]) as stream:
            for chunk in self._chunks(stream):
                parser.feed(chunk)
            parser.close()

    def _chunks(self, stream: Any) -> Iterator[bytes]:
        while chunk := stream.read(1 << 18):
            self.left -= len(chunk)
            if self.left < 0:
                raise WorkbookError(f"{self.where}: unpacks to more than {MAX_UNPACKED >> 30} GB; not read")
            if self.deadline is not None and time.monotonic() > self.deadline:
                raise WorkbookError(f"{self.where}: reading took too long; give it more time with --timeout")
            yield chunk

    def count_cell(self) -> None:
        """One more cell; too many stop the reading."""
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise WorkbookError(f"{self.where}: more than {MAX_CELLS:,} cells; not read")


def parse_reference(text: str) -> tuple[Anchor, Anchor] | None:
    """``'Conv 1'!$B$3:$D$5`` -> its corners; None for anything that is not one range on one sheet."""
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        return None
    quoted, plain, column, row, last_column, last_row = match.groups()
    sheet = quoted.replace("''", "'") if quoted else plain
    first = Anchor(sheet, int(row), column_number(column))
    last = Anchor(sheet, int(last_row), column_number(last_column)) if last_row else first
    fits = last.row <= MAX_ROWS and last.column <= MAX_COLUMNS and first.row <= last.row
    return (first, last) if fits and first.column <= last.column else None


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


class _Workbook(ContentHandler):
    """xl/workbook.xml: sheets with their links, and defined names."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.names: list[tuple[str, str]] = []
        self._name: str | None = None
        self._text: list[str] = []

    def startElement(self, tag: str, attrs: Any) -> None:  # noqa: N802
        kind = _local(tag)
        if kind == "sheet":
            link = next((attrs[key] for key in attrs.keys() if key.endswith(":id")), "")  # noqa: SIM118
            self.sheets.append((attrs["name"], link))
        elif kind == "definedName" and "localSheetId" not in attrs:
            self._name, self._text = attrs["name"], []

    def characters(self, content: str) -> None:
        if self._name is not None:
            self._text.append(content)

    def endElement(self, tag: str) -> None:  # noqa: N802
        if self._name is not None and _local(tag) == "definedName":
            self.names.append((self._name, "".join(self._text)))
            self._name = None


class _Relations(ContentHandler):
    """A .rels part: link -> target."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def startElement(self, tag: str, attrs: Any) -> None:  # noqa: N802
        if _local(tag) == "Relationship" and attrs.get("TargetMode") != "External":
            self.targets[attrs["Id"]] = attrs["Target"]


class _Texts(ContentHandler):
    """Shared strings, without the phonetic hints."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside = self._phonetic = False

    def startElement(self, tag: str, attrs: Any) -> None:  # noqa: N802
        kind = _local(tag)
        if kind == "si":
            self._parts = []
        elif kind == "rPh":
            self._phonetic = True
        self._inside = kind == "t" and not self._phonetic

    def characters(self, content: str) -> None:
        if self._inside:
            self._parts.append(content)

    def endElement(self, tag: str) -> None:  # noqa: N802
        kind = _local(tag)
        self._inside = False
        if kind == "si":
            self.texts.append("".join(self._parts))
        elif kind == "rPh":
            self._phonetic = False


class _Cells(ContentHandler):
    """A sheet's cells. A shared formula is written out for each cell that takes part."""

    def __init__(self, reader: _Reader, texts: list[str]) -> None:
        super().__init__()
        self.found: dict[tuple[int, int], Found] = {}
        self._reader, self._texts = reader, texts
        self._at: tuple[int, int] = (0, 0)
        self._row = 0
        self._kind = "n"
        self._part: str | None = None
        self._formula: list[str] | None = None
        self._shared: str | None = None
        self._value: list[str] = []
        self._masters: dict[str, tuple[str, str]] = {}
        self._address = ""

    def startElement(self, tag: str, attrs: Any) -> None:  # noqa: N802
        kind = _local(tag)
        if kind == "c":
            self._start_cell(attrs)
        elif kind == "row":
            self._row = int(attrs.get("r") or self._row + 1)
            self._at = (self._row, 0)
        elif kind == "f":
            self._formula, self._part = [], "f"
            self._shared = attrs.get("si") if attrs.get("t") == "shared" else None
        elif kind in ("v", "t"):
            self._part = "v"
        elif kind == "rPh":
            self._part = None

    def _start_cell(self, attrs: Any) -> None:
        self._reader.count_cell()
        self._address = attrs.get("r") or ""
        if match := _ADDRESS.fullmatch(self._address):
            self._at = (int(match[2]), column_number(match[1]))
        else:  # a cell may leave its address out: it follows the one before
            self._at = (self._row, self._at[1] + 1)
        self._kind, self._formula, self._value, self._shared = attrs.get("t", "n"), None, [], None

    def characters(self, content: str) -> None:
        if self._part == "v":
            self._value.append(content)
        elif self._part == "f" and self._formula is not None:
            self._formula.append(content)

    def endElement(self, tag: str) -> None:  # noqa: N802
        kind = _local(tag)
        if kind == "c":
            formula = None if self._formula is None else "".join(self._formula)
            if self._shared is not None:
                formula = self._expand(formula)
            text = "".join(self._value)
            if formula is not None or text:
                self.found[self._at] = Found(formula, self._typed(text), self._kind)
        elif kind in ("f", "v", "t"):
            self._part = None

    def _typed(self, text: str) -> float | str | bool | None:
        if self._kind == "s":
            return self._texts[int(text)]
        if self._kind == "b":
            return text == "1"
        if self._kind in ("str", "inlineStr", "e", "d"):
            return text
        return float(text) if text else None

    def _expand(self, formula: str | None) -> str:
        shared = self._shared or ""
        if formula:
            self._masters[shared] = (formula, self._address)
            return formula
        from openpyxl.formula.translate import Translator  # only files that Excel saved again need it

        text, origin = self._masters[shared]
        translated: str = Translator(f"={text}", origin=origin).translate_formula(self._address)
        return translated.removeprefix("=")

"""Read a workbook that somebody else may have made: formulas, values and names, and nothing that could do harm.

No part is trusted: XML is parsed by defusedxml (no entities, no external files), the number and the unpacked size
of the parts and the number of cells are capped, and time is limited by a deadline. Nothing is executed.
"""

from __future__ import annotations

import json
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from xml.sax import ContentHandler, SAXException

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor
from sheetnet.workbook.book import RECORD_NAME
from sheetnet.workbook.parts import Cells, Found, Relations, Texts, WorkbookPart, parse_reference

MAX_FILE = 512 << 20  # bytes
MAX_PARTS = 2_000
MAX_UNPACKED = 1 << 30  # bytes, all parts that are read
MAX_TEXT = 50_000_000  # characters of shared strings; sheetnet writes none
MAX_CELLS = 3_000_000  # twice what the largest of our own has
WORKBOOK = "xl/workbook.xml"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of files with a password, and of those before 2007


@dataclass(slots=True)
class Contents:
    """What a workbook holds. ``sheets`` in order; cells by (row, column); names by lower-case name."""

    sheets: list[str] = field(default_factory=list)
    cells: dict[str, dict[tuple[int, int], Found]] = field(default_factory=dict)
    names: dict[str, tuple[Anchor, Anchor]] = field(default_factory=dict)


def read(data: bytes, where: str, deadline: float | None = None) -> Contents:
    """Read an .xlsx. ``deadline``: a ``time.monotonic()`` after which to give up. WorkbookError says why not."""
    with opened(data, where, deadline) as package:
        return _Reader(package).read()


@contextmanager
def opened(data: bytes, where: str, deadline: float | None = None) -> Iterator[Package]:
    """The parts of an .xlsx. Whatever is wrong with them becomes a WorkbookError, here for everybody."""
    if len(data) > MAX_FILE:
        raise WorkbookError(f"{where}: {len(data) >> 20} MB; files over {MAX_FILE >> 20} MB are not read")
    if data.startswith(_OLE):
        raise WorkbookError(f"{where}: has a password, or is an old .xls; save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            yield Package(package, where, deadline)
    except WorkbookError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise WorkbookError(f"{where}: not an .xlsx workbook, or damaged; save it again as .xlsx") from error
    except DefusedXmlException as error:
        raise WorkbookError(f"{where}: refused, its XML defines entities, which no workbook needs") from error
    except (SAXException, ValueError, KeyError, LookupError, OverflowError, OSError, zlib.error) as error:
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


class Package:
    """The parts of an untrusted .xlsx, by name, and no more of them than can be borne (see ``opened``)."""

    def __init__(self, package: zipfile.ZipFile, where: str, deadline: float | None) -> None:
        self.where = where
        self._package, self._deadline = package, deadline
        self._left = MAX_UNPACKED
        infos = package.infolist()
        if len(infos) > MAX_PARTS:
            raise WorkbookError(f"{where}: {len(infos)} parts; a workbook has at most {MAX_PARTS}")
        self.parts = {info.filename: info for info in infos}
        if WORKBOOK not in self.parts:
            raise WorkbookError(f"{where}: not an .xlsx workbook (it has no {WORKBOOK})")

    def parse(self, part: str, handler: ContentHandler) -> None:
        """Tell ``handler`` the XML of a part."""
        if part not in self.parts:
            raise WorkbookError(f"{self.where}: its part {part} is missing; open it and save it again as .xlsx")
        parser: Any = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(handler)
        for chunk in self.chunks(part):
            parser.feed(chunk)
        parser.close()

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, in pieces."""
        with self._package.open(self.parts[part]) as stream:
            while chunk := stream.read(1 << 18):
                self._left -= len(chunk)
                if self._left < 0:
                    raise WorkbookError(f"{self.where}: unpacks to more than {MAX_UNPACKED >> 30} GB; not read")
                if self._deadline is not None and time.monotonic() > self._deadline:
                    raise WorkbookError(f"{self.where}: reading took too long; give it more time with --timeout")
                yield chunk


class _Reader:
    def __init__(self, package: Package) -> None:
        self.package, self.where = package, package.where
        self.cells = self.characters = 0

    def read(self) -> Contents:
        top = WorkbookPart()
        self.package.parse(WORKBOOK, top)
        links = Relations()
        self.package.parse("xl/_rels/workbook.xml.rels", links)
        contents = Contents(sheets=[name for name, _ in top.sheets])
        for name, text in top.names:
            if span := parse_reference(text):
                contents.names[name.lower()] = span
        texts = Texts(self.count_text)
        strings = [t for t in links.targets.values() if t.endswith("sharedStrings.xml")]
        if strings and self._path(strings[0]) in self.package.parts:
            self.package.parse(self._path(strings[0]), texts)
        for name, link in top.sheets:
            cells = Cells(self.count_cell, texts.texts)
            path = self._path(links.targets.get(link, ""))
            if "worksheets/" in path or (path in self.package.parts and "chartsheets/" not in path):
                self.package.parse(path, cells)
            contents.cells[name] = cells.found
        contents.names = {name: span for name, span in contents.names.items() if span[0].sheet in contents.cells}
        return contents

    @staticmethod
    def _path(target: str) -> str:
        return target.lstrip("/") if target.startswith("/") else normpath(join(dirname(WORKBOOK), target))

    def count_text(self, characters: int) -> None:
        """More characters of shared text; too many stop the reading."""
        self.characters += characters
        if self.characters > MAX_TEXT:
            raise WorkbookError(f"{self.where}: more than {MAX_TEXT:,} characters of text; not read")

    def count_cell(self) -> None:
        """One more cell; too many stop the reading."""
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise WorkbookError(f"{self.where}: more than {MAX_CELLS:,} cells; not read")

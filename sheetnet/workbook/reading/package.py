"""The parts of an untrusted .xlsx: found by relationships, unpacked and parsed within limits.

Expat reads the XML, with namespaces: an element is ``uri}name``, and an attribute without prefix is its bare name.
A document type is refused, because it could define entities. So is a file with two of something of which a
spreadsheet needs one: two parts of one name, two relationships of one Id, two workbooks.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import basename, dirname, join, normpath
from typing import Any, NoReturn
from xml.parsers import expat

from sheetnet.errors import WorkbookError, shown
from sheetnet.limits import too_late

MAX_FILE = 512 << 20  # bytes
MAX_PARTS = 2_000
MAX_UNPACKED = 1 << 30  # bytes, all parts that are read
MAX_PENDING = 16 << 20  # bytes of a single tag
MAX_NAMES = 10_000  # different names of elements and attributes in a part
CHUNK = 1 << 18

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
# How the kinds of relationships, and the attributes that name one, begin in transitional and in strict files.
KINDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of files with a password, and of those before 2007
_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii"}

Parser = Any  # xml.parsers.expat.XMLParserType, whose handlers the type hints know only in part


@contextmanager
def opened(data: bytes, where: str, deadline: float | None = None) -> Iterator[Package]:
    """Open the parts of an .xlsx. Every error that a damaged file causes inside becomes a WorkbookError."""
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
    except (expat.ExpatError, ValueError, LookupError, OverflowError, OSError, zlib.error) as error:
        raise WorkbookError(f"{where}: its insides are damaged; open it and save it again as .xlsx") from error


@dataclass(slots=True)
class Relations:
    """The relationships of a part, by their Id: the part that each one names, and its kind."""

    targets: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # by Id: worksheet, styles, chart ...

    def of(self, kind: str) -> list[str]:
        """The parts of a kind."""
        return [self.targets[one] for one, found in self.kinds.items() if found == kind]


class Package:
    """The parts of an untrusted .xlsx, by name, within limits; ``opened`` makes one."""

    def __init__(self, package: zipfile.ZipFile, where: str, deadline: float | None) -> None:
        self.where = where
        self._package, self._deadline = package, deadline
        self._left = MAX_UNPACKED
        infos = package.infolist()
        if len(infos) > MAX_PARTS:
            raise WorkbookError(f"{where}: {len(infos)} parts; a workbook has at most {MAX_PARTS}")
        self.parts = {info.filename: info for info in infos}
        self._names: dict[str, str] = {}  # as they are compared: case counts for nothing
        for info in infos:
            if self._names.setdefault(_compared(info.filename), info.filename) is not info.filename:
                self.refuse(f"has two parts named {shown(info.filename)}")

    def refuse(self, what: str) -> NoReturn:
        """Raise WorkbookError for a file that has no meaning, or more than one. ``what``: what is wrong with it."""
        raise WorkbookError(f"{self.where}: {what}; open it in a spreadsheet and save it again as .xlsx")

    def check_time(self) -> None:
        """LimitError once the time is up."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise too_late(f"{self.where}: reading")

    def workbook(self) -> str:
        """The name of the part that a spreadsheet opens."""
        found = self.relations("").of("officeDocument")
        if not found:
            raise WorkbookError(f"{self.where}: not an .xlsx workbook (its _rels/.rels names none)")
        if len(found) > 1:
            self.refuse(f"is {len(found)} workbooks in one file")
        return self.find(found[0])

    def find(self, part: str) -> str:
        """The name of a part as the file spells it. WorkbookError where it is missing."""
        name = self._names.get(_compared(part))
        if name is None:
            raise WorkbookError(
                f"{self.where}: its part {shown(part)} is missing; open it and save it again as .xlsx"
            )
        return name

    def relations(self, part: str) -> Relations:
        """The relationships of a part; of the whole file for ""."""
        found = Relations()
        name = self._names.get(_compared(join(dirname(part), "_rels", f"{basename(part)}.rels")))
        if name is None:
            return found

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag != f"{RELATIONSHIPS}}}Relationship" or attributes.get("TargetMode") == "External":
                return
            one, kind = attributes["Id"], attributes["Type"]
            if one in found.kinds:
                self.refuse(f"{name} has two relationships {shown(one)}")
            home, _, last = kind.rpartition("/")
            target = attributes["Target"]
            absolute = target.startswith("/")
            found.kinds[one] = last if home in KINDS else kind
            found.targets[one] = normpath(target.lstrip("/") if absolute else join(dirname(part), target))

        def wire(parser: Parser) -> None:
            parser.StartElementHandler = start

        self.parse(name, wire)
        return found

    def parse(
        self,
        part: str,
        wire: Callable[[Parser], None],
        pause: Callable[[], None] = lambda: None,
        separator: str | None = "}",
        names: dict[str, str] | None = None,
    ) -> None:
        """Parse the XML of a part with the handlers that ``wire`` sets. ``pause`` is called after each chunk.

        ``separator``: stands between the uri and the name of an element; None for names as they are written.
        ``names``: strings that the parser uses for equal names of elements and attributes, so that ``is`` compares
        them.
        """
        names = {} if names is None else names
        parser: Parser = expat.ParserCreate(None, separator, names)
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse_entities
        parser.XmlDeclHandler = self._check_encoding
        wire(parser)
        fed = 0
        for chunk in self.chunks(self.find(part)):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_PENDING or len(names) > MAX_NAMES:
                self.refuse(f"its part {part} is not the XML of a workbook")
            pause()
        parser.Parse(b"", True)

    def _refuse_entities(self, *_: object) -> None:
        raise WorkbookError(f"{self.where}: refused, its XML defines entities, which no workbook needs")

    def _check_encoding(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self.refuse(f"one of its parts is written in {shown(encoding)} and not in UTF-8")

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, in pieces."""
        with self._package.open(self.parts[part]) as stream:
            while chunk := stream.read(CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise WorkbookError(f"{self.where}: unpacks to more than {MAX_UNPACKED >> 30} GB; not read")
                self.check_time()
                yield chunk


def _compared(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()

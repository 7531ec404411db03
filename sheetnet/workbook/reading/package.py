"""The parts of an untrusted .xlsx: found by relationships, unpacked and parsed within limits.

Expat reads the XML, with namespaces: an element is ``uri}name``, and an attribute without prefix is its bare name.
A document type is refused, because it could define entities. So is a file with two of something of which a
spreadsheet needs one: two parts of one name, two relationships of one Id, two workbooks. A part must have the name
that its relationship spells, and the type that it must have, because some programs mind these and others do not.
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
from sheetnet.workbook.reading.archive import check_archive, compared, unpacked
from sheetnet.workbook.reading.types import LIST, SPACE, Types

MAX_FILE = 512 << 20  # bytes
MAX_PARTS = 2_000
MAX_UNPACKED = 1 << 30  # bytes, all parts together
MAX_SMALL = 64 << 20  # bytes of a part that is no sheet
MAX_PENDING = 4 << 20  # bytes of a single tag
MAX_NAMES = 10_000  # different names of elements and attributes in a part
MAX_SPELLED = 4 << 20  # characters of these names
MAX_LINKS = 20_000  # relationships of a part
MAX_DEPTH = 100  # elements inside of each other

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
# How the kinds of relationships, and the attributes that name one, begin in transitional and in strict files.
KINDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES = f"{COMPATIBILITY}AlternateContent"
# Attributes by which a program reads what stands in an element that it does not know, or refuses the whole file.
_UNFOLDS = (f"{COMPATIBILITY}ProcessContent", f"{COMPATIBILITY}MustUnderstand")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of files with a password, and of those before 2007
_OPEN = b"mimetypeapplication/vnd.oasis.opendocument."  # how an .ods begins, behind a header of 30 bytes
_FLAT = b"<office:document"  # and how an .fods does, which is one piece of XML
_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii"}

Parser = Any  # xml.parsers.expat.XMLParserType, whose handlers the type hints know only in part


@contextmanager
def opened(data: bytes, where: str, deadline: float | None = None) -> Iterator[Package]:
    """Open the parts of an .xlsx. Every error that a damaged file causes inside becomes a WorkbookError."""
    if len(data) > MAX_FILE:
        raise WorkbookError(f"{where}: {len(data) >> 20} MB; files over {MAX_FILE >> 20} MB are not read")
    if data.startswith(_OLE):
        raise WorkbookError(f"{where}: has a password, or is an old .xls; save it as .xlsx without a password")
    if data.startswith(_OPEN, 30) or _FLAT in data[:1024]:
        raise WorkbookError(f"{where}: is an OpenDocument file (.ods); open it and save it as .xlsx")
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            yield Package(data, package, where, deadline)
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
    outside: set[str] = field(default_factory=set)  # the Ids of those that lead out of the file

    def of(self, kind: str) -> list[str]:
        """The parts of a kind."""
        return [self.targets[one] for one, found in self.kinds.items() if found == kind]


class Package:
    """The parts of an untrusted .xlsx, by name, within limits; ``opened`` makes one."""

    def __init__(self, data: bytes, package: zipfile.ZipFile, where: str, deadline: float | None) -> None:
        self.where = where
        self._data, self._deadline = data, deadline
        self._left = MAX_UNPACKED
        self.sections: set[str] = set()  # the parts that were read and have CDATA sections
        infos = package.infolist()
        if len(infos) > MAX_PARTS:
            raise WorkbookError(f"{where}: {len(infos)} parts; a workbook has at most {MAX_PARTS}")
        check_archive(data, package, self.refuse)
        self._check_sizes(sum(info.file_size for info in infos))
        self.parts = {info.filename: info for info in infos}
        self._names = {compared(name): name for name in self.parts}
        self._types = self._read_types()

    def _check_sizes(self, unpacked_size: int) -> None:
        """WorkbookError where all parts together, read by us or not, would fill the memory of a spreadsheet."""
        if unpacked_size > MAX_UNPACKED:
            raise WorkbookError(f"{self.where}: unpacks to more than {MAX_UNPACKED >> 30} GB; not read")

    def check_small(self, sheets: set[str]) -> None:
        """WorkbookError where another part than a sheet is huge: an office would keep all of it in memory."""
        for name, info in self.parts.items():
            if info.file_size > MAX_SMALL and name not in sheets:
                raise WorkbookError(
                    f"{self.where}: its part {shown(name)} unpacks to more than {MAX_SMALL >> 20} MB; not read"
                )

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
        return self.find(found[0], "officeDocument")

    def find(self, part: str, kind: str) -> str:
        """The name of a part, which must have the type of its kind. WorkbookError where it is missing."""
        if part not in self.parts:
            if (other := self._names.get(compared(part))) is not None:
                self.refuse(f"asks for its part {shown(part)}, whose name is {shown(other)}")
            raise WorkbookError(
                f"{self.where}: its part {shown(part)} is missing; open it and save it again as .xlsx"
            )
        if not part.isascii():
            self.refuse(f"its part {shown(part)} has a name that programs read in different ways")
        if not self._types.fits(part, kind):
            self.refuse(f"its {LIST} does not say that {shown(part)} is of the kind {kind}")
        return part

    def target(self, links: Relations, one: str | None, kind: str) -> str:
        """The part that a relationship names, which must be of a kind. WorkbookError where it is none."""
        if one is None or links.kinds.get(one) != kind:
            self.refuse(f"names no {kind} by the relationship {shown(one)}")
        return self.find(links.targets[one], kind)

    def relations(self, part: str) -> Relations:
        """The relationships of a part; of the whole file for ""."""
        found = Relations()
        wanted = join(dirname(part), "_rels", f"{basename(part)}.rels")
        name = self._names.get(compared(wanted))
        if name is None:
            return found
        if name != wanted:
            self.refuse(f"has a part {shown(name)}, whose name should be {shown(wanted)}")

        def add(tag: str, attributes: dict[str, str]) -> None:
            one, kind, target = attributes["Id"], attributes["Type"], attributes["Target"]
            if one in found.kinds or one in found.outside:
                self.refuse(f"{name} has two relationships {shown(one)}")
            if len(found.kinds) + len(found.outside) == MAX_LINKS:
                self.refuse(f"{name} has more than {MAX_LINKS:,} relationships")
            mode = attributes.get("TargetMode", "Internal")
            if mode not in ("Internal", "External"):
                self.refuse(f"in {name}, the relationship {shown(one)} leads {shown(mode)}")
            if mode == "External":
                found.outside.add(one)
                return
            home, _, last = kind.rpartition("/")
            absolute = target.startswith("/")
            found.kinds[one] = last if home in KINDS else kind
            found.targets[one] = normpath(target.lstrip("/") if absolute else join(dirname(part), target))

        self._list(name, f"{RELATIONSHIPS}}}Relationships", {f"{RELATIONSHIPS}}}Relationship"}, add)
        return found

    def _read_types(self) -> Types:
        if LIST not in self.parts:
            raise WorkbookError(f"{self.where}: not an .xlsx workbook (it has no {LIST})")
        types = Types()

        def add(tag: str, attributes: dict[str, str]) -> None:
            try:
                types.add(tag.rpartition("}")[2], attributes)
            except ValueError as error:
                self.refuse(f"its {LIST} {error}")

        self._list(LIST, f"{SPACE}}}Types", {f"{SPACE}}}Default", f"{SPACE}}}Override"}, add)
        return types

    def _list(self, part: str, root: str, entries: set[str], add: Callable[[str, dict[str, str]], None]) -> None:
        """Read a part that is a list: ``add`` gets its entries, all of which must stand in its first element."""
        depth = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if (depth == 1) != (tag == root) or (tag in entries and depth != 2):
                self.refuse(
                    f"its part {part} is no list of {root.rpartition('}')[2]}, or holds a part of it elsewhere"
                )
            if tag == ALTERNATIVES or depth > MAX_DEPTH:
                self.refuse(f"its part {part} offers alternatives, or is nested too deeply")
            if tag in entries:
                add(tag, attributes)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1

        def wire(parser: Parser) -> None:
            parser.StartElementHandler, parser.EndElementHandler = start, end

        self.parse(part, wire)

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
        parser.StartCdataSectionHandler = lambda: self.sections.add(part)
        wire(parser)
        fed = known = spelled = 0
        for chunk in self.chunks(part):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if len(names) > known:
                spelled = sum(map(len, names)) if len(names) <= MAX_NAMES else 0
                known = len(names)
            if fed - parser.CurrentByteIndex > MAX_PENDING or known > MAX_NAMES or spelled > MAX_SPELLED:
                self.refuse(f"its part {part} is not the XML of a workbook")
            if not names.keys().isdisjoint(_UNFOLDS):
                self.refuse(f"its part {part} says what to do with elements that a program does not know")
            pause()
        parser.Parse(b"", True)

    def _refuse_entities(self, *_: object) -> None:
        raise WorkbookError(f"{self.where}: refused, its XML defines entities, which no workbook needs")

    def _check_encoding(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self.refuse(f"one of its parts is written in {shown(encoding)} and not in UTF-8")
        if version != "1.0":
            self.refuse(f"one of its parts is XML of version {shown(version)}")

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, in pieces."""
        for chunk in unpacked(self._data, self.parts[part], self.refuse):
            self._left -= len(chunk)
            if self._left < 0:
                raise WorkbookError(f"{self.where}: unpacks to more than {MAX_UNPACKED >> 30} GB; not read")
            self.check_time()
            yield chunk

"""Handlers that read a part of a workbook as a tree: they know the path of an element, and its namespace.

Only elements of the part's main namespace count, which is that of its first element: an extension may have elements
of the same names with another meaning. Where a file offers alternatives (``mc:AlternateContent``), two programs may
take different ones, so no element that counts may stand inside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sheetnet.errors import shown
from sheetnet.workbook.reading.package import ALTERNATIVES, KINDS, MAX_DEPTH, Package, Parser

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
MAX_KEPT = 1 << 20  # characters of one text
Attributes = dict[str, str]


class Tree:
    """Base of the handlers of one part. ``begin`` and ``end`` get paths such as ``workbook/sheets/sheet``.

    ``root``: the name of the first element; ``spaces``: the namespaces that the part may have; ``others``: further
    namespaces whose elements count, each with the prefix that their names have in a path. All other elements are
    ``?``. ``weighty``: elements that must not stand among alternatives; None for all of the main namespace.
    ``single``: paths of elements of which a part has one, because programs take the first, or the last, or all.
    """

    root = ""
    spaces: tuple[str, ...] = MAIN
    others: Mapping[str, str] = MappingProxyType({})
    weighty: frozenset[str] | None = None
    single: frozenset[str] = frozenset()

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.space = ""
        self._path: list[str] = []
        self._alternatives = 0
        self._kept = 0
        self._seen: set[str] = set()

    def parse(self) -> None:
        """Read the part."""
        self.package.parse(self.part, self.wire)

    def wire(self, parser: Parser) -> None:
        """Take the events of a parser."""
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text

    def begin(self, path: str, attributes: Attributes) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Text, or a piece of it."""

    def end(self, path: str) -> None:
        """An element ends."""

    def keep(self, pieces: list[str], text: str) -> None:
        """Add a piece to a text. WorkbookError where the text becomes too long for any spreadsheet."""
        self._kept = self._kept + len(text) if pieces else len(text)
        pieces.append(text)
        if self._kept > MAX_KEPT:
            self.package.refuse(f"its part {self.part} holds a text of more than {MAX_KEPT:,} characters")

    def is_true(self, attributes: Attributes, key: str, default: str = "0") -> bool:
        """Whether an attribute says yes. WorkbookError where it says neither yes nor no."""
        value = attributes.get(key, default)
        if value not in ("0", "1", "false", "true"):
            self.package.refuse(f"its part {self.part} says {key}={shown(value)}, which is neither yes nor no")
        return value in ("1", "true")

    def link(self, attributes: Attributes) -> str | None:
        """The Id of the relationship that an element names (``r:id``); None where it names none."""
        found = [attributes[key] for kind in KINDS if (key := f"{kind}}}id") in attributes]
        if len(found) > 1:
            self.package.refuse(f"its part {self.part} has an element of two relationships, {shown(found[0])} is one")
        return found[0] if found else None

    def _start(self, tag: str, attributes: Attributes) -> None:
        space, _, name = tag.rpartition("}")
        if not self._path:
            if space not in self.spaces or name != self.root:
                self.package.refuse(f"its part {self.part} is no {self.root}")
            self.space = space
        if len(self._path) == MAX_DEPTH:
            self.package.refuse(f"its part {self.part} is nested too deeply")
        if space != self.space:
            name = self.others[space] + name if space in self.others else "?"
        elif self._alternatives and (self.weighty is None or name in self.weighty):
            self.package.refuse(f"its part {self.part} offers alternatives for {name}")
        self._alternatives += tag == ALTERNATIVES
        self._path.append(name)
        if name != "?":
            path = "/".join(self._path)
            if path in self.single:
                if path in self._seen:
                    self.package.refuse(f"its part {self.part} has two elements {name}")
                self._seen.add(path)
            self.begin(path, attributes)

    def _end(self, tag: str) -> None:
        if self._path[-1] != "?":
            self.end("/".join(self._path))
        self._alternatives -= tag == ALTERNATIVES
        self._path.pop()

"""The workbook part (sheets, names, how it calculates) and the shared texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize

from sheetnet.errors import shown
from sheetnet.workbook.reading.package import Package
from sheetnet.workbook.reading.tree import Attributes, Tree

LONGEST_TEXT = 32_767  # characters of a cell
MAX_DEFINED = 50_000  # defined names
_LONGEST_CODE = len("_xHHHH_")
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_UNDERSCORE = 0x5F


def decoded(text: str) -> str:
    """A text of a cell with its _xHHHH_ codes, by which XML holds what it cannot hold, resolved.

    Excel resolves all of them; LibreOffice and openpyxl only those of control characters and of the underscore.
    ValueError for any other, and for a text that is longer than that of a cell.
    """
    if len(text) > LONGEST_TEXT:
        if len(text) > LONGEST_TEXT * _LONGEST_CODE or len(text := _resolved(text)) > LONGEST_TEXT:
            raise ValueError(f"holds a text of more than {LONGEST_TEXT:,} characters, which programs cut or refuse")
        return text
    return _resolved(text)


def _resolved(text: str) -> str:
    return _CODE.sub(_character, text) if "_x" in text else text


def _character(code: re.Match[str]) -> str:
    number = int(code[1], 16)
    if number >= ord(" ") and number != _UNDERSCORE:
        raise ValueError(f"holds {code[0]}, which Excel reads as a character and other programs as it is written")
    return chr(number)


def has_code(text: str) -> bool:
    """Whether a text holds a _xHHHH_ code. In formulas, titles and names, each program reads them in its own way."""
    return "_x" in text and _CODE.search(text) is not None


def sheet_key(title: str) -> str:
    """The name of a sheet in one spelling, by which names are compared. Here ``ß`` is not ``ss``."""
    return normalize("NFC", title).lower()


class WorkbookPart(Tree):
    """The workbook part. ``sheets``: (title, Id of its relationship); ``names``: defined names -> what they mean.

    ``local``: the names that mean something on one sheet alone.
    """

    root = "workbook"
    single = frozenset(f"workbook/{name}" for name in ("sheets", "definedNames", "calcPr", "workbookPr"))

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.sheets: list[tuple[str, str | None]] = []
        self.hidden: set[int] = set()  # positions in ``sheets``
        self.names: dict[str, str] = {}  # by lower-case name
        self.local: set[str] = set()
        self.precision_as_displayed = self.iterate = False
        self._known: set[str] = set()  # titles, as they are compared
        self._scoped: set[tuple[str, str]] = set()  # local names: (position of the sheet, name)
        self._name: str | None = None
        self._text: list[str] = []

    def begin(self, path: str, attributes: Attributes) -> None:
        """Keep what an element says of the workbook."""
        if path == "workbook/sheets/sheet":
            self._add_sheet(attributes["name"], attributes)
        elif path == "workbook/definedNames/definedName":
            self._add_name(attributes["name"], attributes.get("localSheetId"))
        elif path == "workbook/calcPr":
            self.precision_as_displayed = not self.is_true(attributes, "fullPrecision", "1")
            self.iterate = self.is_true(attributes, "iterate")

    def _add_sheet(self, title: str, attributes: Attributes) -> None:
        key = sheet_key(title)
        if key in self._known:
            self.package.refuse(f"has two sheets named {shown(title)}")
        if has_code(title):
            self.package.refuse(f"has a sheet named {shown(title)}, which programs read as two different names")
        self._known.add(key)
        if attributes.get("state", "visible") != "visible":  # hidden, veryHidden
            self.hidden.add(len(self.sheets))
        self.sheets.append((title, self.link(attributes)))

    def _add_name(self, name: str, sheet: str | None) -> None:
        key = name.lower()
        if has_code(name):
            self.package.refuse(f"has a name {shown(name)}, which programs read as two different names")
        if key in self.names if sheet is None else (sheet, key) in self._scoped:
            self.package.refuse(f"has two names {shown(name)}")
        if len(self.names) + len(self._scoped) == MAX_DEFINED:
            self.package.refuse(f"has more than {MAX_DEFINED:,} names")
        if sheet is None:
            self.names[key] = ""
            self._name, self._text = key, []
        else:
            self._scoped.add((sheet, key))
            self.local.add(key)

    def text(self, text: str) -> None:
        """The text of a name."""
        if self._name is not None:
            self.keep(self._text, text)

    def end(self, path: str) -> None:
        """A name is complete."""
        if self._name is not None and path == "workbook/definedNames/definedName":
            self.names[self._name] = "".join(self._text)
            self._name = None


class Texts(Tree):
    """Shared strings, without the phonetic hints. ``count`` is called with the number of characters of each piece."""

    root = "sst"

    def __init__(self, package: Package, part: str, count: Callable[[int], None]) -> None:
        super().__init__(package, part)
        self._count = count
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside = False
        self._plain = self._runs = 0  # texts and runs of the one that is being read

    def begin(self, path: str, attributes: Attributes) -> None:
        """A text begins, or one of its runs."""
        if path == "sst/si":
            self._parts = []
            self._plain = self._runs = 0
        self._inside = path in ("sst/si/t", "sst/si/r/t")
        self._plain += path == "sst/si/t"
        self._runs += path == "sst/si/r"
        if self._plain > 1 or (self._plain and self._runs):
            self.package.refuse(f"its shared text {len(self.texts) + 1} is several texts")

    def text(self, text: str) -> None:
        """A piece of a text."""
        if self._inside:
            self._count(weight(text))
            self._parts.append(text)

    def end(self, path: str) -> None:
        """A text is complete."""
        self._inside = False
        if path == "sst/si":
            self._count(1)
            try:
                self.texts.append(decoded("".join(self._parts)))
            except ValueError as error:
                self.package.refuse(f"its shared text {len(self.texts) + 1} {error}")


def weight(text: str) -> int:
    """How much of the memory a text takes, in characters of ASCII."""
    return len(text) if text.isascii() else 4 * len(text)

"""The parts of an .xlsx that are read, one handler each: the list of sheets, relations, shared texts, cells.

A handler gets the events of a parser that has already refused entities and counted bytes (see ``read``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax import ContentHandler

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, column_number

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMERIC = frozenset("0123456789+-.eE \t\r\nINFNaN")
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


@dataclass(slots=True)
class Found:
    """A cell as found: its formula (without "=") or None, and its value; an error value is kind "e"."""

    formula: str | None
    value: float | str | bool | None
    kind: str = "n"


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


def decoded(text: str) -> str:
    """A text with its _xHHHH_ codes, by which a spreadsheet writes characters that XML cannot hold, resolved."""
    return _CODE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _number(text: str) -> float:
    """A number as XML Schema writes a double; Python alone would take 1_0, too."""
    if not set(text) <= _NUMERIC:
        raise ValueError(f"{text[:40]!r} is no number")
    return float(text)


def local(tag: str) -> str:
    """The name of an element without its prefix."""
    return tag.rpartition(":")[2]


class WorkbookPart(ContentHandler):
    """xl/workbook.xml: sheets with their links, which of them are hidden, and defined names."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.hidden: set[int] = set()  # positions in ``sheets``
        self.names: list[tuple[str, str]] = []
        self._name: str | None = None
        self._text: list[str] = []

    def startElement(self, tag: str, attrs: Any) -> None:
        kind = local(tag)
        if kind == "sheet":
            link = next((attrs[key] for key in attrs.keys() if key.endswith(":id")), "")  # noqa: SIM118
            if attrs.get("state", "visible") != "visible":  # hidden, veryHidden
                self.hidden.add(len(self.sheets))
            self.sheets.append((attrs["name"], link))
        elif kind == "definedName" and "localSheetId" not in attrs:
            self._name, self._text = attrs["name"], []

    def characters(self, content: str) -> None:
        if self._name is not None:
            self._text.append(content)

    def endElement(self, tag: str) -> None:
        if self._name is not None and local(tag) == "definedName":
            self.names.append((self._name, "".join(self._text)))
            self._name = None


class Relations(ContentHandler):
    """A .rels part: link -> target."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def startElement(self, tag: str, attrs: Any) -> None:
        if local(tag) == "Relationship" and attrs.get("TargetMode") != "External":
            self.targets[attrs["Id"]] = attrs["Target"]


class Texts(ContentHandler):
    """Shared strings, without the phonetic hints. ``count`` is told how many characters are kept."""

    def __init__(self, count: Callable[[int], None]) -> None:
        super().__init__()
        self._count = count
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._inside = self._phonetic = False

    def startElement(self, tag: str, attrs: Any) -> None:
        kind = local(tag)
        if kind == "si":
            self._parts = []
        elif kind == "rPh":
            self._phonetic = True
        self._inside = kind == "t" and not self._phonetic

    def characters(self, content: str) -> None:
        if self._inside:
            self._count(len(content))
            self._parts.append(content)

    def endElement(self, tag: str) -> None:
        kind = local(tag)
        self._inside = False
        if kind == "si":
            self.texts.append("".join(self._parts))
        elif kind == "rPh":
            self._phonetic = False


class Cells(ContentHandler):
    """A sheet's cells. A shared formula is written out for each cell that takes part."""

    def __init__(self, count: Callable[[], None], texts: list[str]) -> None:
        super().__init__()
        self.found: dict[tuple[int, int], Found] = {}
        self._count, self._texts = count, texts
        self._at: tuple[int, int] = (0, 0)
        self._row = 0
        self._kind = "n"
        self._part: str | None = None
        self._formula: list[str] | None = None
        self._shared: str | None = None
        self._value: list[str] = []
        self._masters: dict[str, tuple[str, str]] = {}
        self._address = ""

    def startElement(self, tag: str, attrs: Any) -> None:
        kind = local(tag)
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
        self._count()
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

    def endElement(self, tag: str) -> None:
        kind = local(tag)
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
            return decoded(self._texts[int(text)])
        if self._kind == "b":
            return text == "1"
        if self._kind in ("str", "inlineStr", "e", "d"):
            return decoded(text)
        return _number(text) if text else None

    def _expand(self, formula: str | None) -> str:
        shared = self._shared or ""
        if formula:
            self._masters[shared] = (formula, self._address)
            return formula
        from openpyxl.formula.translate import Translator  # only files that Excel saved again need it

        text, origin = self._masters[shared]
        translated: str = Translator(f"={text}", origin=origin).translate_formula(self._address)
        return translated.removeprefix("=")

"""The workbook part (sheets, names, how it calculates) and the shared texts."""

from __future__ import annotations

import re
from collections.abc import Callable

from sheetnet.errors import shown
from sheetnet.workbook.reading.package import Package
from sheetnet.workbook.reading.tree import Attributes, Tree, is_true, link

_CODE = re.compile("_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """A text with its _xHHHH_ codes, by which a spreadsheet writes characters that XML cannot hold, resolved."""
    return _CODE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class WorkbookPart(Tree):
    """The workbook part. ``sheets``: (title, Id of its relationship); ``names``: defined names -> what they mean."""

    root = "workbook"

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.sheets: list[tuple[str, str | None]] = []
        self.hidden: set[int] = set()  # positions in ``sheets``
        self.names: dict[str, str] = {}  # by lower-case name
        self.precision_as_displayed = self.iterate = False
        self._name: str | None = None
        self._text: list[str] = []

    def begin(self, path: str, attributes: Attributes) -> None:
        """Keep what an element says of the workbook."""
        if path == "workbook/sheets/sheet":
            title = attributes["name"]
            if title.lower() in (known.lower() for known, _ in self.sheets):
                self.package.refuse(f"has two sheets named {shown(title)}")
            if attributes.get("state", "visible") != "visible":  # hidden, veryHidden
                self.hidden.add(len(self.sheets))
            self.sheets.append((title, link(attributes)))
        elif path == "workbook/definedNames/definedName" and "localSheetId" not in attributes:
            self._name, self._text = attributes["name"].lower(), []
            if self._name in self.names:
                self.package.refuse(f"has two names {shown(attributes['name'])}")
        elif path == "workbook/calcPr":
            self.precision_as_displayed = not is_true(attributes, "fullPrecision", "1")
            self.iterate = is_true(attributes, "iterate")

    def text(self, text: str) -> None:
        """The text of a name."""
        if self._name is not None:
            self._text.append(text)

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

    def begin(self, path: str, attributes: Attributes) -> None:
        """A text begins, or one of its runs."""
        if path == "sst/si":
            self._parts = []
        self._inside = path in ("sst/si/t", "sst/si/r/t")

    def text(self, text: str) -> None:
        """A piece of a text."""
        if self._inside:
            self._count(len(text))
            self._parts.append(text)

    def end(self, path: str) -> None:
        """A text is complete."""
        self._inside = False
        if path == "sst/si":
            self.texts.append(decoded("".join(self._parts)))

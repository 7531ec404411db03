"""Read a sheet: its rows of cells, and around them merged cells, conditional formats, and the link to its drawing.

Three sets of handlers take turns: one for what lies around the rows, one for the rows (see ``row``), and one for an
element in a cell that is neither formula nor value, of which only an inline text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn

from sheetnet.errors import shown
from sheetnet.grid import MAX_ROWS
from sheetnet.workbook.reading.archive import CHUNK
from sheetnet.workbook.reading.grid import Grid
from sheetnet.workbook.reading.package import ALTERNATIVES, MAX_DEPTH, Package, Parser
from sheetnet.workbook.reading.references import parse_box, parse_boxes
from sheetnet.workbook.reading.row import OTHER, Rows, Tags, UnclearError
from sheetnet.workbook.reading.shared import Shared
from sheetnet.workbook.reading.styles import Looks, codes, hides
from sheetnet.workbook.reading.tree import MAIN, Attributes, Tree

MAX_ROW = 32 << 20  # bytes of one row
MAX_AREAS = 200_000  # merged cells, and ranges of conditional formats, of a sheet
MAX_EVENTS = 1_000_000  # of one row
_NUMBER = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_NEWER = "worksheet/extLst/ext/x14:conditionalFormattings/x14:conditionalFormatting"


@dataclass(slots=True)
class Known:
    """What the cells of all sheets refer to. ``count`` is called with the cells and characters of each row.

    ``computed``: an engine has just made the workbook.
    """

    texts: list[str]
    looks: Looks
    count: Callable[[int, int], None]
    computed: bool = False


class Sheet(Tree):
    """Reads a worksheet, or a chart sheet without cells, into ``grid``. ``drawing``: the Id of its drawing."""

    weighty = frozenset(
        {"sheetData", "row", "c", "f", "v", "mergeCell", "conditionalFormatting", "cfRule", "drawing"}
    )
    others = MappingProxyType(
        {
            "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main": "x14:",
            "http://schemas.microsoft.com/office/excel/2006/main": "xm:",
        }
    )

    def __init__(self, package: Package, part: str, title: str, root: str, known: Known) -> None:
        super().__init__(package, part)
        self.root = root
        self.grid = Grid()
        self.drawing: str | None = None
        self._title, self._known = title, known
        self.single = frozenset({f"{root}/drawing"})
        self._areas = 0
        self._ranges = ""  # those of a conditional format
        self._codes: list[str] = []  # what hides a value, of a newer conditional format
        self._parser: Parser = None
        # The rows: the number of the one that is being collected, its events, and the chunks since it began.
        self._row = self._chunks = 0
        self._tokens: list[Any] = []
        self._rows: Rows | None = None
        self._names = {name: name for space in MAIN for name in (*Tags.of(space), f"{space}}}sheetData")}
        # An element inside of a cell, or between cells.
        self._depth = 0
        self._text: list[str] | None = None

    def parse(self) -> None:
        """Read the part."""
        self.package.parse(self.part, self.wire, self._pause, names=self._names)
        if self._tokens:
            self._take()

    def wire(self, parser: Parser) -> None:
        """Take the events of a parser."""
        self._parser = parser
        super().wire(parser)

    def _pause(self) -> None:
        self._chunks += 1
        if self._tokens and (self._chunks * CHUNK > MAX_ROW or len(self._tokens) > MAX_EVENTS):
            self._refuse(f"row {self._row} is too long")

    def _refuse(self, what: object) -> NoReturn:
        self.package.refuse(f"on the sheet {shown(self._title)}, {what}")

    # Around the rows

    def begin(self, path: str, attributes: Attributes) -> None:
        """Keep what an element says of the sheet."""
        if path == "worksheet/sheetData":
            if self._rows is not None:
                self._refuse("cells stand in two places")
            self._enter_rows()
        elif path == "worksheet/mergeCells/mergeCell":
            self.grid.merged.append(parse_box(attributes["ref"]))
            self._count_areas(1)
        elif path == "worksheet/conditionalFormatting":
            self._ranges = attributes.get("sqref", "")
        elif path == "worksheet/conditionalFormatting/cfRule":
            code = self._known.looks.conditional.get(attributes.get("dxfId", ""))
            if code is not None:
                self._add_drop(code)
        elif path == f"{_NEWER}/x14:cfRule/x14:dxf/numFmt" and not self._codes:
            self._codes += filter(hides, codes(attributes))
        elif path == f"{_NEWER}/xm:sqref":
            self._text = []
        elif path == f"{self.root}/drawing":
            self.drawing = self.link(attributes)

    def text(self, text: str) -> None:
        """A piece of the ranges of a newer conditional format."""
        if self._text is not None:
            self.keep(self._text, text)

    def end(self, path: str) -> None:
        """A newer conditional format is complete."""
        if path == f"{_NEWER}/xm:sqref":
            self._ranges, self._text = "".join(self._text or ()), None
        elif path == _NEWER:
            if self._codes:
                self._add_drop(self._codes[0])
            self._codes = []

    def _add_drop(self, code: str) -> None:
        """Keep where a conditional format hides values; one of its rules is enough."""
        if self._ranges:
            ranges, self._ranges = parse_boxes(self._ranges), ""
            self._count_areas(len(ranges))
            self.grid.drops.append((ranges, code))

    def _count_areas(self, more: int) -> None:
        self._areas += more
        if self._areas > MAX_AREAS:
            self._refuse(f"there are more than {MAX_AREAS:,} merged or conditionally formatted ranges")

    # The rows

    def _enter_rows(self) -> None:
        tags = Tags(*(self._names[tag] for tag in Tags.of(self.space)))
        shared = Shared(self.package.check_time)
        self._plain = self._runs = 0  # of an inline text
        known = self._known
        self._rows = Rows(self.grid, tags, known.texts, known.looks, shared, computed=known.computed)
        row, cell, formula, value, _ = tags
        add = self._tokens.append

        def start(tag: str, attributes: Attributes) -> None:  # a million cells pass here
            if tag is cell:
                add(attributes)
            elif tag is value:
                add(tag)
            elif tag is formula:
                add(tag)
                if attributes:
                    add((attributes,))
            elif tag is row:
                self._begin_row(attributes)
            else:
                self._begin_other(tag, attributes)

        self._handle_rows = start, add, add
        self._resume_rows()

    def _resume_rows(self) -> None:
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = self._handle_rows

    def _begin_row(self, attributes: Attributes) -> None:
        if self._data_has_ended():
            self._refuse("cells stand in two places")
        self._take()
        number = attributes.get("r", str(self._row + 1))
        row = int(number) if _NUMBER.fullmatch(number) else 0
        if not self._row < row <= MAX_ROWS:
            self._refuse(f"row {number[:40]} follows row {self._row}")
        self._row, self._chunks = row, 0

    def _take(self) -> None:
        """Read the row that has been collected."""
        tokens = self._tokens
        try:
            if self._row and self._rows is not None:
                self._known.count(*self._rows.read(self._row, tokens))
            elif any(type(token) is dict for token in tokens):
                raise UnclearError("cells stand outside of the rows")
        except UnclearError as error:
            self._refuse(error)
        tokens.clear()

    def _data_has_ended(self) -> bool:
        """Whether the last collected event, apart from text, is the end of ``<sheetData>``."""
        for token in reversed(self._tokens):
            if type(token) is not str or token in self._names:
                return bool(token == f"{self.space}}}sheetData")
        return False

    # Elements in between

    def _begin_other(self, tag: str, attributes: Attributes) -> None:
        parser = self._parser
        if self._data_has_ended():
            self._take()
            super().wire(parser)
            self._path.pop()
            self._start(tag, attributes)
            return
        if tag == ALTERNATIVES:
            self._refuse(f"row {self._row} offers alternatives for its cells")
        self._text = [] if tag == f"{self.space}}}is" else None
        self._path.append("is" if self._text is not None else "?")
        self._depth = len(self._path)
        self._plain = self._runs = 0
        parser.StartElementHandler = self._begin_inside
        parser.EndElementHandler = self._end_inside
        parser.CharacterDataHandler = self._text_inside

    def _begin_inside(self, tag: str, attributes: Attributes) -> None:
        space, _, name = tag.rpartition("}")
        self._path.append(name if space == self.space else "?")
        if len(self._path) > MAX_DEPTH:
            self._refuse(f"row {self._row} is nested too deeply")
        if self._text is None:
            return
        if tag == ALTERNATIVES:
            self._refuse(f"row {self._row} offers alternatives for a text")
        inside = self._path[self._depth :]
        self._plain += inside == ["t"]
        self._runs += inside == ["r"]
        if self._plain > 1 or (self._plain and self._runs):
            self._refuse(f"a cell in row {self._row} holds several texts")

    def _text_inside(self, text: str) -> None:
        if self._text is not None and self._path[self._depth :] in (["t"], ["r", "t"]):
            self._text.append(text)

    def _end_inside(self, tag: str) -> None:
        self._path.pop()
        if len(self._path) < self._depth:
            self._tokens += [OTHER, OTHER] if self._text is None else [self._names[tag], "".join(self._text)]
            self._text = None
            self._resume_rows()

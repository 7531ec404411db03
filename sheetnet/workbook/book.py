"""A workbook before it is written: sheets with cells, and what lies around the cells.

A line of a tensor is kept as a rule and an array until the file is written, so that memory never holds a million
formulas as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import WorkbookError
from sheetnet.grid import Anchor, Block, a1, letters, sheet_prefix
from sheetnet.workbook.look import Chart, Mark, Scale
from sheetnet.workbook.style import FONT, PLAIN, Style

ROW = 15.0  # points of a row that has no height of its own
RECORD_NAME = "sheetnet.record"  # the defined name of the cells that hold the record, see ``layout.record``

# What Excel accepts as a defined name; and names that begin like something else: like a cell, like a reference in the
# style R1C1 (Excel drops such a name), or like a constant.
_NAME = re.compile(r"[^\W\d][\w.]{0,254}")
_BEGINS_AS_OTHER = re.compile(r"R[0-9]|R?C[0-9]|(?:[A-Z]{1,3}[0-9]+|RC?|C|TRUE|FALSE)(?![^.])", re.IGNORECASE)

Array = NDArray[np.float64]
Scalar = float | str | bool


@dataclass(slots=True)
class Cell:
    """One cell: a text, a number, a formula with its value, or a style alone."""

    column: int
    style: str
    value: Scalar | None
    formula: str | None = None
    given: bool = False  # an element of a tensor, not a label

    @property
    def width(self) -> int:
        """How many cells it takes."""
        return 1


@dataclass(slots=True)
class Line:
    """Neighbours in a row: the last axis of a tensor. ``formulas`` makes their formulas; it is None for inputs."""

    column: int
    style: str
    values: Array
    formulas: Callable[[], list[str]] | None

    @property
    def width(self) -> int:
        """How many cells it takes."""
        return len(self.values)


@dataclass(slots=True)
class Sheet:
    """One sheet. Rows and columns count from 1."""

    title: str
    hidden: bool = False
    rows: dict[int, list[Cell | Line]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)  # points
    widths: dict[int, float] = field(default_factory=dict)  # characters, by column
    default_width: float = 9.0
    freeze: str | None = None
    zoom: int = 100  # percent, when the file is opened
    selected: str = "A1"  # the cell that is selected then
    framed: set[tuple[int, int]] = field(default_factory=set)  # row and column of cells in a thick frame
    scales: list[Scale] = field(default_factory=list)
    bars: list[tuple[str, str]] = field(default_factory=list)  # range, colour: a bar in each cell, from 0 to 1
    marks: list[Mark] = field(default_factory=list)
    contrasts: list[tuple[str, float, str]] = field(default_factory=list)  # range, from this value on, font colour
    links: list[tuple[str, str]] = field(default_factory=list)  # address, where to
    choices: list[tuple[str, str]] = field(default_factory=list)  # address, list source
    limits: list[tuple[str, int, int, str]] = field(default_factory=list)  # range, least, most whole number, message
    spans: list[tuple[str, float, float, str]] = field(default_factory=list)  # the same for numbers with decimals
    pictures: list[tuple[str, bytes, str, int]] = field(default_factory=list)  # address, PNG, alt text, pixels
    charts: list[Chart] = field(default_factory=list)
    repeat_rows: str | None = None
    one_page: bool = False  # print all of it on one page; else one page wide
    breaks: list[int] = field(default_factory=list)  # rows after which a new page begins, if they fit on a page
    print_columns: int | None = None  # the last column that is printed, if not the last one
    print_rows: int | None = None  # the last row that is printed, if not the last one
    aside: bool = False  # in a handout only where all is asked for
    header: str = ""  # printed on top of each page, on the left: a line for a name
    tab_color: str | None = None
    merges: list[str] = field(default_factory=list)  # ranges; the first cell of each takes all of its room
    grounds: dict[int, str] = field(default_factory=dict)  # style of the cells of a row that have none of their own
    folded: range = range(0)  # rows that are hidden until the reader unfolds them, at the row behind them
    portrait: bool = False  # printed upright and at full size, a new page behind each of ``breaks``
    headings: bool = True  # whether the letters of columns and the numbers of rows are shown
    notes: list[tuple[str, str]] = field(default_factory=list)  # address, what is said of that cell
    locked: bool = False  # only cells of a style that is ``open`` may be changed; there is no password

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """A text, never taken for a number or a formula, whatever it begins with."""
        self._add(row, Cell(column, style, text))

    def number(self, row: int, column: int, value: float, style: str = "number", *, given: bool = False) -> None:
        """A constant number. ``given``: it is an element of an input, which the reader fills."""
        self._add(row, Cell(column, style, float(value), given=given))

    def blank(self, row: int, column: int, style: str) -> None:
        """A cell with a style and nothing in it."""
        self._add(row, Cell(column, style, None))

    def frame(self, row: int, column: int) -> None:
        """Put a thick frame around a cell that has a number."""
        self.framed.add((row, column))

    def link(self, row: int, column: int, text: str, target: str, *, cell: str = "A1", style: str = "link") -> None:
        """A text that leads to a cell of another sheet."""
        self.text(row, column, text, style)
        self.links.append((a1(row, column), f"{sheet_prefix(target)}{cell}"))

    def picture(self, row: int, column: int, png: bytes, alt: str, longest: int | None = None) -> None:
        """A picture at a cell; ``longest``: pixels of its longer side, if not as many as the PNG has."""
        own = max(png_size(png)) if png else 1
        self.pictures.append((a1(row, column), png, alt, own if longest is None else longest))

    def tensor(self, block: Block, values: Any, style: str, rule: Callable[..., str] | None = None) -> None:
        """A tensor, or the part of its block that lies on this sheet, element by element.

        ``values``: an array of numbers, or of numbers and words, of the shape of the block. ``rule``: gives the
        formula of every element; without it the values are written as constants.
        """
        if values.shape != block.shape:
            raise ValueError(f"values of shape {values.shape} for a block of shape {block.shape}")
        if values.dtype == np.float64 and block.shape and block.steps and block.steps[-1] == (0, 1):
            for lead, at in block.lines():
                if at.sheet == self.title:
                    texts = None if rule is None else partial(_along, rule, lead, block.shape[-1])
                    self._add(at.row, Line(at.column, style, values[lead], texts))
            return
        for index, sheet, row, column in block.walk():
            if sheet == self.title:
                value = values[index]
                shown = value if isinstance(value, str) else float(value)
                self._add(row, Cell(column, style, shown, None if rule is None else rule(*index), True))

    def _add(self, row: int, entry: Cell | Line) -> None:
        self.rows.setdefault(row, []).append(entry)

    def has_formulas(self) -> bool:
        """Whether any cell is calculated."""
        entries = (entry for line in self.rows.values() for entry in line)
        return any((e.formulas if isinstance(e, Line) else e.formula) is not None for e in entries)

    def extent(self) -> tuple[int, int]:
        """Last row and last column that hold anything."""
        columns = (e.column + e.width - 1 for entries in self.rows.values() for e in entries)
        return max(self.rows, default=1), max(columns, default=1)

    def ordered(self) -> Iterator[tuple[int, list[Cell | Line]]]:
        """The rows from the top, each from left to right; among them rows that have a height and no cells.

        WorkbookError where two entries lie on one cell, which is a defect of sheetnet.
        """
        for row in sorted(self.rows.keys() | self.heights.keys()):
            entries = sorted(self.rows.get(row, ()), key=lambda e: e.column)
            for a, b in pairwise(entries):
                if a.column + a.width > b.column:
                    raise WorkbookError(
                        f"{self.title}!{a1(row, b.column)}: two things want this cell; this is a defect of sheetnet"
                    )
            yield row, entries

    def value(self, row: int, column: int) -> Scalar | None:
        """What a cell shows; None where it is blank."""
        for entry in self.rows.get(row, ()):
            if entry.column <= column < entry.column + entry.width:
                return entry.value if isinstance(entry, Cell) else float(entry.values[column - entry.column])
        return None


@dataclass(slots=True)
class Book:
    """A workbook: its sheets from left to right, and its defined names (name, first cell, last cell)."""

    title: str
    theme: str = PLAIN  # one of style.THEMES
    font: str = FONT  # of words; numbers have the same in every language
    language: str = "en"
    letter: bool = False  # printed on US Letter, not on A4
    sheets: list[Sheet] = field(default_factory=list)
    names: list[tuple[str, Anchor, Anchor]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)  # of the file, beside its title: name -> text
    looks: dict[str, Style] = field(default_factory=dict)  # styles of its own, beside those of its theme

    def add(self, title: str, **options: Any) -> Sheet:
        """A new sheet at the end. WorkbookError where a sheet has this title already; case does not count."""
        if any(sheet.title.casefold() == title.casefold() for sheet in self.sheets):
            raise WorkbookError(f"two sheets would have the title {title!r}; give one of them another")
        sheet = Sheet(title, **options)
        self.sheets.append(sheet)
        return sheet

    def sheet(self, title: str) -> Sheet:
        """The sheet of a title. KeyError where there is none."""
        found = next((sheet for sheet in self.sheets if sheet.title == title), None)
        if found is None:
            raise KeyError(title)
        return found

    def name(self, name: str, first: Anchor, last: Anchor) -> None:
        """A defined name for a rectangle; WorkbookError for one that a spreadsheet would not keep."""
        if not _NAME.fullmatch(name) or _BEGINS_AS_OTHER.match(name):
            raise WorkbookError(
                f"{name!r} is no name for cells: use up to 255 letters, digits, points and _, and put something "
                "before one that begins as a cell (A1), as R1C1 or as TRUE does, such as sheetnet."
            )
        self.names.append((name, first, last))

    def cell_count(self) -> int:
        """How many cells there are."""
        return sum(entry.width for sheet in self.sheets for line in sheet.rows.values() for entry in line)

    def formula_count(self) -> int:
        """How many cells hold a formula."""
        entries = (entry for sheet in self.sheets for line in sheet.rows.values() for entry in line)
        return sum(
            entry.width
            for entry in entries
            if (entry.formulas if isinstance(entry, Line) else entry.formula) is not None
        )

    def value(self, sheet: str, row: int, column: int) -> Scalar | None:
        """What a cell of a sheet shows."""
        found = next((s for s in self.sheets if s.title == sheet), None)
        return None if found is None else found.value(row, column)


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels, as its header says."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def _along(rule: Callable[..., str], lead: tuple[int, ...], count: int) -> list[str]:
    """The formulas of a line, by the rule's own ``along`` where it has one, which is faster."""
    along = getattr(rule, "along", None)
    texts: list[str] = along(*lead) if along else [rule(*lead, i) for i in range(count)]
    return texts


def reference(first: Anchor, last: Anchor) -> str:
    """An absolute range with its sheet, as a defined name holds it."""
    start, end = (f"${letters(c.column)}${c.row}" for c in (first, last))
    return sheet_prefix(first.sheet) + (start if first == last else f"{start}:{end}")

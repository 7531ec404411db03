"""Read a workbook that somebody else may have made: formulas, values and names, and nothing that could do harm.

The file is read as a spreadsheet reads it: every part through the relationship that names it, every element in its
namespace. A file that two programs could read differently is refused. No part is trusted: XML that defines entities
is refused; the number of parts, their unpacked size and the number of cells have limits, and so has the time. Nothing
is executed. The pieces are in ``reading``.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheetnet.errors import WorkbookError, shown
from sheetnet.grid import Anchor
from sheetnet.workbook.book import RECORD_NAME
from sheetnet.workbook.reading import package as limits
from sheetnet.workbook.reading.charts import read_charts
from sheetnet.workbook.reading.grid import Cells, Chart, Found, Grid
from sheetnet.workbook.reading.package import Package, Relations, opened
from sheetnet.workbook.reading.parts import Texts, WorkbookPart, sheet_key
from sheetnet.workbook.reading.references import parse_reference
from sheetnet.workbook.reading.sheet import Known, Sheet
from sheetnet.workbook.reading.styles import Looks, Styles
from sheetnet.workbook.reading.tree import MAIN

MAX_TEXT = 50_000_000  # characters of shared strings; sheetnet writes none
MAX_CELLS = 3_000_000  # twice as many as the largest workbook of sheetnet has
MAX_FORMULAS = 200_000_000  # characters of formulas and of texts in cells; the largest of sheetnet has 50 million
MAX_RECORD = 4_000_000  # characters
STRICT = MAIN[1]
_KINDS = ("worksheet", "chartsheet", "dialogsheet")

__all__ = ["Chart", "Contents", "Found", "Grid", "find_record", "opened", "read", "read_bytes"]


@dataclass(slots=True)
class Contents:
    """What a workbook holds. Names are those of the whole workbook, in lower case, hidden or not."""

    sheets: list[str] = field(default_factory=list)  # titles, in order
    grids: dict[str, Grid] = field(default_factory=dict)  # by title
    names: dict[str, tuple[Anchor, Anchor]] = field(default_factory=dict)  # those that are one range on one sheet
    lost: frozenset[str] = frozenset()  # names whose sheet or cells were deleted
    strict: bool = False  # written in the strict edition of the format, which few programs read
    sections: frozenset[str] = frozenset()  # parts with CDATA sections
    local: frozenset[str] = frozenset()  # names that mean something on one sheet alone, in lower case
    texts: dict[str, str] = field(default_factory=dict)  # what every name stands for, as it is written
    precision_as_displayed: bool = False  # values are rounded to what their formats show
    iterate: bool = False  # formulas may depend on themselves

    @property
    def cells(self) -> dict[str, Mapping[tuple[int, int], Found]]:
        """By title, the cells that hold something, by (row, column)."""
        return {title: Cells(grid) for title, grid in self.grids.items()}


def read(data: bytes, where: str, deadline: float | None = None, *, computed: bool = False) -> Contents:
    """Read an .xlsx. ``deadline``: a ``time.monotonic()`` after which to give up. WorkbookError says why not.

    ``computed``: an engine has just made it.
    """
    with opened(data, where, deadline) as package, uncollected():
        return _Reader(package, computed).read()


@contextmanager
def uncollected() -> Iterator[None]:
    """Turn off Python's search for cycles of garbage: a million cells have none, and it would look at each one."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def read_bytes(path: Path) -> bytes:
    """The bytes of a workbook file. WorkbookError for anything that is not an ordinary file of bearable size."""
    try:
        if path.is_dir():
            raise WorkbookError(f"{path}: is a folder; give an .xlsx file made by sheetnet")
        if not path.exists():
            raise WorkbookError(f"{path}: no such file; make one with: sheetnet build PHOTO")
        if not path.is_file():
            raise WorkbookError(f"{path}: not an ordinary file; give an .xlsx file made by sheetnet")
        if path.stat().st_size > limits.MAX_FILE:
            raise WorkbookError(f"{path}: larger than {limits.MAX_FILE >> 20} MB; not read")
        return path.read_bytes()
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror})") from error


def find_record(contents: Contents, where: str) -> Any:
    """The record on the hidden sheet, not checked yet; see ``layout.record``. WorkbookError where there is none."""
    if RECORD_NAME not in contents.names:
        raise WorkbookError(f"{where}: not made by sheetnet (no name {RECORD_NAME}); make one with: sheetnet build")
    first, last = contents.names[RECORD_NAME]
    grid = contents.grids[first.sheet]
    pieces = [str(grid.cell(*at).value) for at in grid.occupied(first.row, first.column, last.row, first.column)]
    if sum(map(len, pieces)) > MAX_RECORD:
        raise WorkbookError(f"{where}: its hidden sheet holds more than {MAX_RECORD:,} characters; not read")
    try:
        return json.loads("".join(pieces))
    except (ValueError, RecursionError) as error:
        raise WorkbookError(f"{where}: its hidden sheet is damaged; build it again") from error


class _Reader:
    """Reads the parts of a workbook one after the other, and counts how much they hold."""

    def __init__(self, package: Package, computed: bool) -> None:
        self.computed = computed
        self.package, self.where = package, package.where
        self.cells = self.characters = self.kept = 0
        self.strict = False

    def read(self) -> Contents:
        home = self.package.workbook()
        top = WorkbookPart(self.package, home)
        top.parse()
        links = self.package.relations(home)
        known = Known(self._texts(links), self._looks(links), self.count_cells, self.computed)
        contents = Contents([title for title, _ in top.sheets], texts=top.names, local=frozenset(top.local))
        contents.precision_as_displayed, contents.iterate = top.precision_as_displayed, top.iterate
        read_already: set[str] = set()
        for title, link in top.sheets:
            kind = links.kinds.get(link or "", "")
            if kind not in _KINDS:
                self.package.refuse(
                    f"its sheet {shown(title)} is missing, or of a kind that is not known, as macros are"
                )
            part = self.package.target(links, link, kind)
            if part in read_already:
                self.package.refuse(f"shows one sheet under two names, one of them {shown(title)}")
            read_already.add(part)
            contents.grids[title] = self._grid(title, part, kind, known)
        self.package.check_small(read_already)
        contents.strict = self.strict or top.space == STRICT
        contents.sections = frozenset(self.package.sections)
        titles = {sheet_key(title): title for title in contents.sheets}
        for name, text in top.names.items():
            self.package.check_time()
            span = parse_reference(text)
            if span is not None and (sheet := titles.get(sheet_key(span[0].sheet))) is not None:
                first, last = (Anchor(sheet, at.row, at.column) for at in span)
                contents.names[name] = first, last
        contents.lost = frozenset(name for name, text in top.names.items() if "#REF!" in text)
        return contents

    def _grid(self, title: str, part: str, kind: str, known: Known) -> Grid:
        sheet = Sheet(self.package, part, title, kind, known)
        sheet.parse()
        self.strict |= sheet.space == STRICT
        sheet.grid.charts = read_charts(self.package, part, sheet.drawing)
        return sheet.grid

    def _texts(self, links: Relations) -> list[str]:
        found = self._only(links, "sharedStrings")
        if found is None:
            return []
        texts = Texts(self.package, found, self.count_text)
        texts.parse()
        return texts.texts

    def _looks(self, links: Relations) -> Looks:
        found = self._only(links, "styles")
        if found is None:
            return Looks()
        styles = Styles(self.package, found)
        styles.parse()
        return styles.looks()

    def _only(self, links: Relations, kind: str) -> str | None:
        """The part of a kind of which a workbook has one; None where it is missing."""
        found = links.of(kind)
        if len(found) > 1:
            self.package.refuse(f"has {len(found)} parts of {kind}")
        return self.package.find(found[0], kind) if found else None

    def count_text(self, characters: int) -> None:
        """Count more characters of shared text. WorkbookError where they are too many."""
        self.characters += characters
        if self.characters > MAX_TEXT:
            raise WorkbookError(f"{self.where}: more than {MAX_TEXT:,} characters of text; not read")

    def count_cells(self, cells: int, characters: int) -> None:
        """Count more cells, and the characters of their formulas and texts. WorkbookError where they are too many."""
        self.cells += cells
        self.kept += characters
        if self.cells > MAX_CELLS:
            raise WorkbookError(f"{self.where}: more than {MAX_CELLS:,} cells; not read")
        if self.kept > MAX_FORMULAS:
            raise WorkbookError(f"{self.where}: more than {MAX_FORMULAS:,} characters in its cells; not read")

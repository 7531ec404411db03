"""A CSV file of which single cells are changed: every other byte stays as it was.

The text is cut into cells by their places in it. What is changed is written into its place, in quotes where it needs
them or had them; order, separator, line ends, byte order mark and encoding are those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetnet.files import older_form

SEPARATORS = ",;\t"
MOST_CELLS = 1_000_000
MARK = "\ufeff"
ENCODINGS = ("gb18030", "cp1252", "mac_roman")
WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: where it stands in the text, with its quotes, and what it says."""

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Table:
    """A CSV file: rows of cells, without blank lines. ``encoding``: how its text became bytes."""

    text: str
    encoding: str
    separator: str
    rows: tuple[tuple[Cell, ...], ...]

    def value(self, row: int, column: int) -> str:
        """What a cell says, without blanks around it; "" where the row is too short."""
        return self.rows[row][column].value.strip() if column < len(self.rows[row]) else ""

    def column(self, column: int) -> list[str]:
        """What the cells of a column say, without the first one."""
        return [self.value(row, column) for row in range(1, len(self.rows))]

    def changed(self, values: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other values in some cells, by row and column."""
        pieces, at = [], 0
        for (row, column), value in sorted(values.items()):
            cell = self.rows[row][column]
            pieces += [self.text[at : cell.start], self._written(value, self.text[cell.start : cell.end])]
            at = cell.end
        return "".join((*pieces, self.text[at:])).encode(self.encoding)

    def _written(self, value: str, before: str) -> str:
        value = value.encode(self.encoding, "xmlcharrefreplace").decode(self.encoding)  # a feedback is HTML
        needs = value != value.strip() or any(mark in value for mark in (self.separator, '"', "\r", "\n"))
        return '"' + value.replace('"', '""') + '"' if needs or before.startswith('"') else value


def tables(data: bytes) -> Iterator[Table]:
    """A file as a table, in each encoding in which it can be read and written again to the same bytes.

    ValueError for one with more cells than a table of grades has.
    """
    wide = WIDE.get(data[:2])
    for encoding in (wide,) if wide else dict.fromkeys(("utf-8", older_form(data), *ENCODINGS)):
        try:
            text = data.decode(encoding)
            if text.encode(encoding) != data or "\0" in text:
                continue
        except UnicodeError:
            continue
        if text.count("\n") + max(map(text.count, (*SEPARATORS, "\r"))) > MOST_CELLS:
            raise ValueError(f"more than {MOST_CELLS:,} cells")
        separator = max(SEPARATORS, key=lambda one: len(next(_rows(text, one), ())))
        yield Table(text, encoding, separator, tuple(_rows(text, separator)))
        if encoding == "utf-8":
            return  # no other text is UTF-8 by chance


def _rows(text: str, separator: str) -> Iterator[tuple[Cell, ...]]:
    cell = re.compile(
        rf'(?:"((?:[^"]|"")*+)"?([^{separator}\r\n]*+)|([^{separator}\r\n]*+))({separator}|\r\n|\r|\n|\Z)'
    )
    row: list[Cell] = []
    at = len(MARK) if text.startswith(MARK) else 0
    while at < len(text) or row:
        found = cell.match(text, at)
        assert found is not None  # each alternative takes what is there
        quoted, behind, plain, end = found.groups()
        value = plain if quoted is None else quoted.replace('""', '"') + behind
        row.append(Cell(at, found.start(4), value))
        at = found.end()
        if end != separator:
            if len(row) > 1 or row[0].value:
                yield tuple(row)
            row = []

"""Which cells a formula of a reader reads: ``SUM(A1:B2, Own!C3) + rate`` -> rectangles.

What cannot be followed is None, because it may be any cell: INDIRECT and the like, a table, another file, a range of
several sheets or one with a function at an end of it, and a name that no program knows the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, column_number
from sheetnet.workbook.reading.parts import sheet_key

Box = tuple[str, int, int, int, int]  # sheet, row, column, last row, last column

# A text; an error value; a name of a sheet in quotes, or a word with that of a sheet; a sign. Blanks are passed over.
_PIECE = re.compile(
    r'("(?:[^"]|"")*+"?)'
    r"|(\#(?:REF!|NAME\?|N/A|DIV/0!|VALUE!|NUM!|NULL!))"
    r"|'((?:[^']|'')*+)'(!)?"
    r"|([^\s'!(){},:;+\-*/^&=<>\"%@#\[\]]++)(!)?"
    r"|(\S)",
    re.IGNORECASE,
)
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.IGNORECASE | re.ASCII)
_COLUMN = re.compile(r"\$?([A-Z]{1,3})", re.IGNORECASE | re.ASCII)
_ROW = re.compile(r"\$?([0-9]{1,7})", re.ASCII)
_NUMBER = re.compile(r"[0-9]*+(?:\.[0-9]*+)?(?:E[0-9]*+)?|TRUE|FALSE", re.IGNORECASE | re.ASCII)
_ODD = frozenset("[]:#!'")  # signs that stand in no plain formula, or in a place where none may stand
_BLIND = frozenset({"INDIRECT", "OFFSET", "CELL", "GETPIVOTDATA", "EVALUATE"})  # read what their text does not name


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word of a formula, with the sheet that stands before it, or a sign."""

    sheet: str | None
    word: str
    sign: str

    @property
    def is_end(self) -> bool:
        """Whether this may stand at an end of a range of cells, columns or rows."""
        return bool(self.word) and any(one.fullmatch(self.word) for one in (_CELL, _COLUMN, _ROW))


class Scope:
    """What the words of formulas mean in a workbook."""

    def __init__(self, sheets: list[str], names: Mapping[str, tuple[Anchor, Anchor]], local: frozenset[str]) -> None:
        """``names``: those that are one range, in lower case; ``local``: those that mean something on one sheet."""
        self._titles = {sheet_key(title): title for title in sheets}
        self._names, self._local = names, local

    def read_by(self, formula: str, home: str) -> Iterator[Box | None]:
        """The rectangles that a formula on the sheet ``home`` reads; None for what cannot be followed."""
        pieces = list(_pieces(formula))
        at = 0
        while at < len(pieces):
            one = pieces[at]
            after = pieces[at + 1].sign if at + 1 < len(pieces) else ""
            if after == ":" and one.is_end and at + 2 < len(pieces) and pieces[at + 2].is_end:
                yield self._between(one, pieces[at + 2], home)
                at += 3
                if at < len(pieces) and pieces[at].sign in (":", "("):
                    yield None
                continue
            at += 1
            if one.sign in _ODD:
                yield None
            elif one.word and after == "(":
                if one.word.rpartition(".")[2].upper() in _BLIND or one.sheet is not None:
                    yield None
            elif one.word:
                yield from self._single(one, home)

    def _between(self, first: _Piece, last: _Piece, home: str) -> Box | None:
        """The cells from one end of a range to the other; None where they are of different kinds or sheets."""
        title = self._title(first.sheet, home)
        if title is None or (last.sheet is not None and self._title(last.sheet, home) != title):
            return None
        for kind, rows_of, columns_of in ((_CELL, 2, 1), (_COLUMN, 0, 1), (_ROW, 1, 0)):
            ends = kind.fullmatch(first.word), kind.fullmatch(last.word)
            if ends[0] is None or ends[1] is None:
                continue
            rows = sorted(int(end[rows_of]) for end in ends if end) if rows_of else [1, MAX_ROWS]
            columns = (
                sorted(column_number(end[columns_of].upper()) for end in ends if end)
                if columns_of
                else [1, MAX_COLUMNS]
            )
            if rows[0] and rows[1] <= MAX_ROWS and columns[1] <= MAX_COLUMNS:  # others are names that look so
                return title, rows[0], columns[0], rows[1], columns[1]
        return None

    def _single(self, one: _Piece, home: str) -> Iterator[Box | None]:
        """What one word reads: a cell, the cells of a name, or nothing where it is a number."""
        key = one.word.lower()
        match = _CELL.fullmatch(one.word)
        if match is not None and 1 <= int(match[2]) <= MAX_ROWS and column_number(match[1].upper()) <= MAX_COLUMNS:
            title = self._title(one.sheet, home)
            row, column = int(match[2]), column_number(match[1].upper())
            yield None if title is None else (title, row, column, row, column)
        elif one.sheet is None and _NUMBER.fullmatch(one.word):
            return
        elif key in self._names and key not in self._local:
            first, last = self._names[key]
            yield first.sheet, first.row, first.column, last.row, last.column
        else:
            yield None

    def _title(self, named: str | None, home: str) -> str | None:
        """The sheet that is meant; None where it is not there."""
        return home if named is None else self._titles.get(sheet_key(named))


def _pieces(formula: str) -> Iterator[_Piece]:
    """The words and signs of a formula, in order. A name of a sheet belongs to the word behind it."""
    sheet: str | None = None
    for text, error, quoted, of_quoted, word, of_word, sign in _PIECE.findall(formula):
        if of_quoted or of_word:
            if sheet is not None:
                yield _Piece(None, "", "!")
            sheet = quoted.replace("''", "'") if of_quoted else word
        elif word:
            yield _Piece(sheet, word, "")
            sheet = None
        else:
            if sheet is not None and not error:
                yield _Piece(None, "", "!")
            sheet = None
            if sign or quoted:
                yield _Piece(None, "", sign or "'")
            elif text or error:
                yield _Piece(None, "", '"')
    if sheet is not None:
        yield _Piece(None, "", "!")

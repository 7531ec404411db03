"""Read one row of cells from the events of its XML.

While expat parses a row, its events are only collected in a list: for ``<c>`` its attributes, for ``<f>`` and ``<v>``
their names at their beginning and at their end, and text as it comes. Then one loop reads the row from the list:

    {"r": "B5"}  f  "MAX(Conv1!B5,0)"  f  v  "0.25"  v  c

The attributes of an ``<f>`` follow its name, in a tuple. An ``<is>`` is listed as its name and its text. Any other
element is ``OTHER``, twice, so that it is never taken for a text.
"""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from sheetnet.grid import MAX_COLUMNS, a1, letters
from sheetnet.values import ErrorValue, Value
from sheetnet.workbook.reading.grid import Grid, packed
from sheetnet.workbook.reading.parts import decoded, has_code, weight
from sheetnet.workbook.reading.shared import LONGEST, MAX_ARRAY, Shared, array_cells
from sheetnet.workbook.reading.styles import Looks

OTHER = object()
MOST_MOMENTS = 100_000  # cells of a sheet that are known to show a date; a reader types a few
_BEYOND = (None,) * 8  # added after the last event, so that eight events can be read at once
_TEXTS = ("str", "inlineStr")
_KINDS = ("normal", "shared", "array", "dataTable")  # of formulas


class Tags(NamedTuple):
    """The names of the elements of a row, as the parser gives them. They are compared by ``is``."""

    row: str
    cell: str
    formula: str
    value: str
    inline: str

    @classmethod
    def of(cls, space: str) -> Tags:
        """Those of a namespace."""
        return cls(*(f"{space}}}{name}" for name in ("row", "c", "f", "v", "is")))


class UnclearError(ValueError):
    """A cell has no meaning, or more than one."""


class Rows:
    """Reads the rows of one sheet from events. UnclearError says which cell is wrong, and why."""

    def __init__(
        self, grid: Grid, tags: Tags, texts: list[str], looks: Looks, shared: Shared, *, computed: bool
    ) -> None:
        self._grid, self._tags, self._texts, self._looks, self._shared = grid, tags, texts, looks, shared
        self._computed = computed
        self._in_arrays = 0  # cells of array formulas, some of them perhaps of several
        self._marked = looks.numbers.keys() | looks.texts.keys()  # styles that hide some value

    def read(self, row: int, tokens: list[Any]) -> tuple[int, int]:
        """Put a row into the grid; returns how many cells it has, and how many characters are kept of them."""
        tags, names, marked, moments = self._tags, _names(), self._marked, self._looks.moments
        row_tag, cell_tag, formula_tag, value_tag, _ = tags
        columns: list[int] = []
        formulas: list[str | None] = []
        values: list[Value] = []
        number, plain, column, cells, characters, at = str(row), True, 0, 0, 0, 0
        tokens += _BEYOND
        while (attributes := tokens[at]) is not row_tag:
            if type(attributes) is not dict:
                if type(attributes) is not str or not attributes.isspace():  # Gnumeric writes each cell on a line
                    self._check_between(row, attributes)
                at += 1
                continue
            cells += 1
            address = attributes.get("r")
            if address == names[column] + number:  # nearly every cell stands beside the one before
                column += 1
            else:
                column = _next_column(row, column, address)
            # One with nothing, a cell with formula and value, one with a value; ``_parts`` reads any other.
            if tokens[at + 1] is cell_tag:
                at += 2
                continue
            inline = False
            _, one, formula, two, three, text, four, five = tokens[at : at + 8]
            if one is formula_tag is two and three is value_tag is four and five is cell_tag and type(formula) is str:
                at += 8
            elif one is value_tag is two and three is cell_tag:
                formula, text = None, formula
                at += 5
            else:
                formula, text, at, inline = self._parts(row, column, tokens, at)
            kind = attributes.get("t")
            if kind == "inlineStr" and text is not None and not inline:
                raise _unclear(row, column, "has a value in the place of its text")
            if formula is not None and (len(formula) > LONGEST or has_code(formula)):
                raise _unclear(row, column, _odd(formula))
            value: Value
            if text and (kind is None or kind == "n"):
                value = _number(row, column, text, large=self._computed)
                plain = plain and type(value) is float
            else:
                value = self._typed(row, column, kind, text, constant=formula is None)
                if value is None and formula is None:
                    continue
                plain = False
            columns.append(column)
            formulas.append(formula)
            values.append(value)
            if formula is not None:
                characters += weight(formula)
            if attributes.get("s", "0") in marked:
                self._mark(row, column, attributes.get("s", "0"), value)
            if moments and type(value) is float and attributes.get("s") in moments:
                self._add_moment(row, column)
            if not plain and isinstance(value, str) and kind != "s":
                characters += weight(value)
        if any(type(rest) is dict for rest in tokens[at:]):
            raise UnclearError(f"cells stand outside of the rows, after row {row}")
        if columns:
            self._grid.lines[row] = packed(columns, formulas, values, plain=plain)
            self._grid.formula_count += len(formulas) - formulas.count(None)
        return cells, characters

    def _check_between(self, row: int, event: object) -> None:
        """UnclearError for an event between cells that is neither a text (of spaces) nor an unknown element."""
        if event is None:
            raise UnclearError(f"row {row} holds another row")
        if any(event is tag for tag in self._tags):
            raise UnclearError(f"row {row} holds a part of a cell outside of its cells")

    def _parts(self, row: int, column: int, tokens: list[Any], at: int) -> tuple[str | None, str | None, int, bool]:
        """Formula and value of any cell, as text; where its events end; and whether the value is an inline text."""
        _, cell_tag, formula_tag, value_tag, inline_tag = self._tags
        kind = tokens[at].get("t")
        formula: str | None = None
        text: str | None = None
        inline = False
        at += 1
        while (event := tokens[at]) is not cell_tag:
            if event is formula_tag:
                if formula is not None:
                    raise _unclear(row, column, "has two formulas")
                special = tokens[at + 1][0] if type(tokens[at + 1]) is tuple else {}
                formula, at = self._text(row, column, tokens, at + (2 if special else 1), formula_tag)
                formula = self._special(row, column, formula, special)
            elif event is value_tag or event is inline_tag:
                if text is not None or (event is inline_tag and kind != "inlineStr"):
                    raise _unclear(row, column, "has two values")
                if event is value_tag:
                    text, at = self._text(row, column, tokens, at + 1, value_tag)
                else:
                    text, at, inline = tokens[at + 1], at + 2, True
            elif event is None or type(event) is dict:
                raise _unclear(row, column, "holds another cell")
            else:
                at += 1
        return formula, text, at + 1, inline

    def _text(self, row: int, column: int, tokens: list[Any], at: int, end: str) -> tuple[str, int]:
        """The text up to the end of its element, joined from its pieces, and the position of the event after it."""
        start = at
        while (event := tokens[at]) is not end:
            if type(event) is not str or any(event is tag for tag in self._tags):
                raise _unclear(row, column, "has an element inside its formula or its value")
            at += 1
        return "".join(tokens[start:at]), at + 1

    def _special(self, row: int, column: int, text: str, attributes: dict[str, str]) -> str:
        """The formula of a cell whose formula is shared; an array formula marks its cells in the grid."""
        kind = attributes.get("t", "normal")
        if kind not in _KINDS:
            raise _unclear(row, column, f"has a formula of the kind {kind[:40]!r}")
        try:
            if kind == "shared":
                return self._shared.written_out(attributes, text, row, column)
            if kind in ("array", "dataTable"):
                for at in array_cells(attributes.get("ref"), row, column):
                    self._grid.arrays[at] = kind
                    self._in_arrays += 1
                if self._in_arrays > MAX_ARRAY:
                    raise ValueError(f"is one of more than {MAX_ARRAY:,} cells with array formulas")
        except ValueError as error:
            raise _unclear(row, column, str(error)) from error
        return text

    def _typed(self, row: int, column: int, kind: str | None, text: str | None, *, constant: bool) -> Value:
        """The value of a cell that is no number, by its type."""
        if text is None:
            return None
        if kind in _TEXTS:
            if constant and kind == "str" and text != text.strip():
                raise _unclear(row, column, "has a text with blanks at its ends, which some programs drop")
            try:
                return decoded(text)
            except ValueError as error:
                raise _unclear(row, column, str(error)) from error
        if kind == "e":
            return ErrorValue(text)
        text = text.strip()
        if not text and kind in (None, "n", "b"):
            return None
        if kind == "s" and text.isascii() and text.isdecimal() and int(text) < len(self._texts):
            return self._texts[int(text)]
        if kind == "b" and text in ("0", "1", "false", "true"):
            return text in ("1", "true")
        if kind == "d":
            # Of "2026-01-15" LibreOffice makes 46037, Gnumeric 2026, formualizer a text; of "1900-01-01" LibreOffice
            # makes 2 and formulon 1; one of them minds the zone behind a time, and none takes a time alone.
            what = f"holds the date or time {text[:40]!r} as a text (ISO 8601)"
            why = "Excel reads such a text as a number of days, and other programs as something else"
            raise _unclear(row, column, f"{what}; {why}")
        raise _unclear(
            row, column, f"says {text[:40]!r}, which is nothing that a cell of type {str(kind)[:40]!r} holds"
        )

    def _add_moment(self, row: int, column: int) -> None:
        if len(self._grid.moments) < MOST_MOMENTS:
            self._grid.moments.add((row, column))

    def _mark(self, row: int, column: int, style: str, value: Value) -> None:
        hiding = self._looks.texts if isinstance(value, str) else self._looks.numbers
        if style in hiding:
            self._grid.hiding[row, column] = hiding[style]


@cache
def _names() -> tuple[str, ...]:
    """The letters of every column, and "?" after the last one, which is part of no address."""
    return *map(letters, range(1, MAX_COLUMNS + 1)), "?"


@cache
def _numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(_names()[:-1], 1)}


def _number(row: int, column: int, text: str, *, large: bool) -> float | ErrorValue:
    """A number as XML Schema writes a double; Python alone would take 1_0, too.

    What an engine has just computed may be larger than a double, since Gnumeric counts further: an error elsewhere.
    """
    try:
        if "_" not in text and text.isascii():
            number = float(text)
            if isfinite(number):
                return number
            if large and text[-1].isdigit():
                return ErrorValue("#NUM!")
    except ValueError:
        pass  # the error below is raised for all cases
    raise _unclear(row, column, f"says {text[:40]!r} where a number belongs")


def _odd(formula: str) -> str:
    """Why a formula is not read."""
    if len(formula) > LONGEST:
        return f"has a formula of {len(formula):,} characters; a spreadsheet takes {LONGEST:,}"
    return "has a formula with a code such as _x0041_, which Excel reads as a character and other programs do not"


def _next_column(row: int, before: int, address: str | None) -> int:
    """The column of a cell that does not stand beside the one before, or that has no address."""
    if address is None:
        if before == MAX_COLUMNS:
            raise _unclear(row, before, "is the last cell of a row, and more follow")
        return before + 1
    name = address.rstrip("0123456789")
    column = _numbers().get(name, 0)
    if address != f"{name}{row}" or not column:
        raise UnclearError(f"{address[:40]!r} stands in row {row} where no such cell belongs")
    if column == before:
        raise _unclear(row, before, "is there twice")
    if column < before:
        raise _unclear(row, column, f"comes after {a1(row, before)}, so it may be there twice")
    return column


def _unclear(row: int, column: int, what: str) -> UnclearError:
    return UnclearError(f"{a1(row, column)} {what}")

"""Ranges that SUMPRODUCT cannot multiply: a column with a row.

Element (i, j) of one range meets element (i, j) of the other, so both need the same form. Where they have not, one
spreadsheet answers #VALUE!, and another multiplies each cell with each. A lesson lays its blocks itself.
"""

from __future__ import annotations

import re

from sheetnet.grid import column_number

_CELL = r"\$?([A-Z]{1,3})\$?([0-9]{1,7})"
_RANGE = rf"(?:'(?:[^']|'')*'!|[^\s,()'!]+!)?{_CELL}(?::{_CELL})?"
_PRODUCT = re.compile(rf"SUMPRODUCT\({_RANGE},{_RANGE}\)")


def crossed(formula: str) -> str:
    """The forms of the first two ranges that do not go together, "4 x 1 and 1 x 4"; "" where there are none."""
    for found in _PRODUCT.finditer(formula):
        first, second = _form(*found.groups()[:4]), _form(*found.groups()[4:])
        if first != second:
            return f"{first[0]} x {first[1]} and {second[0]} x {second[1]}"
    return ""


def _form(column: str, row: str, last_column: str | None, last_row: str | None) -> tuple[int, int]:
    """(Rows, columns) of a range; a single cell has no last one."""
    down = int(last_row or row) - int(row)
    return down + 1, column_number(last_column or column) - column_number(column) + 1

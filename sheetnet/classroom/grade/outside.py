"""Formulas that read another workbook: ='[friend.xlsx]Conv'!A1. Their last value counts, as a number that was typed.

The other workbook did not come back, and the engine refuses a whole file for one such formula. A spreadsheet shows
the value that it has stored, so that is what the pupil has seen.
"""

from __future__ import annotations

import re

from sheetnet.recalc import Session
from sheetnet.values import ErrorValue
from sheetnet.workbook.read import Contents

_TEXT = re.compile(r'"(?:[^"]|"")*+"?')
_OUTSIDE = re.compile(r"'(?:[^']|'')*?\[(?:[^']|'')+?\](?:[^']|'')*+'!|\[[^\[\]]+\][\w. ]*+!")
UNKNOWN = "#REF!"  # where no value is stored


def is_outside(formula: str) -> bool:
    """Whether a formula names a cell of another workbook."""
    return "[" in formula and _OUTSIDE.search(_TEXT.sub('""', formula)) is not None


def set_outside(contents: Contents, session: Session) -> None:
    """Put the stored value in place of each formula that reads another workbook, in memory only."""
    for title, cells in contents.cells.items():
        for (row, column), found in cells.items():
            if found.formula is None or not is_outside(found.formula):
                continue
            value = found.value
            if value is None or isinstance(value, bool | ErrorValue):
                value = UNKNOWN if value is None else str(value).upper()
            session.set(title, row, column, value)

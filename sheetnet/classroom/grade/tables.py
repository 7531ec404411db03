"""grades.csv: a row for each pupil, for spreadsheets of any country.

A cell that begins like a formula would be one when the file is opened; an apostrophe in front of it prevents that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip().startswith(_BEGINS) or text.startswith(_BEGINS) else text


def csv_bytes(rows: Iterable[Iterable[str | int | float]]) -> bytes:
    """Rows as CSV in UTF-8, with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([defused(one) if isinstance(one, str) else one for one in row])
    return out.getvalue().encode("utf-8-sig")

"""Addresses and ranges as a file writes them: ``'Conv 1'!$B$3:$D$5``, and ``A1:B2 C3``."""

from __future__ import annotations

import re

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, column_number

Box = tuple[int, int, int, int]  # row, column, last row, last column

_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?", re.ASCII)
_ROWS = re.compile(r"([1-9][0-9]{0,6}):([1-9][0-9]{0,6})", re.ASCII)
_COLUMNS = re.compile(r"([A-Z]{1,3}):([A-Z]{1,3})")


def parse_reference(text: str) -> tuple[Anchor, Anchor] | None:
    """``'Conv 1'!$B$3:$D$5`` -> its corners; None for anything that is not one range on one sheet."""
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        return None
    quoted, plain, column, row, last_column, last_row = match.groups()
    sheet = quoted.replace("''", "'") if quoted else plain
    first = Anchor(sheet, int(row), column_number(column))
    last = Anchor(sheet, int(last_row), column_number(last_column)) if last_row else first
    fits = last.row <= MAX_ROWS and last.column <= MAX_COLUMNS and 1 <= first.row <= last.row
    return (first, last) if fits and first.column <= last.column else None


def parse_box(text: str) -> Box:
    """``A1:B2``, ``A1``, ``3:4`` or ``A:B`` -> rows and columns. ValueError for anything else."""
    text = text.replace("$", "")
    if match := _RANGE.fullmatch(text):
        row, column = int(match[2]), column_number(match[1])
        box = row, column, int(match[4] or row), column_number(match[3]) if match[3] else column
    elif match := _ROWS.fullmatch(text):
        box = int(match[1]), 1, int(match[2]), MAX_COLUMNS
    elif match := _COLUMNS.fullmatch(text):
        box = 1, column_number(match[1]), MAX_ROWS, column_number(match[2])
    else:
        raise ValueError(f"{text[:40]!r} is no range")
    top, left, bottom, right = min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
    if bottom > MAX_ROWS or right > MAX_COLUMNS:
        raise ValueError(f"{text[:40]!r} lies outside of a sheet")
    return top, left, bottom, right


def parse_boxes(text: str) -> tuple[Box, ...]:
    """``A1:B2 C3`` -> its ranges."""
    return tuple(map(parse_box, text.split()))

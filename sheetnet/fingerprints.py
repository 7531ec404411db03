"""Fingerprints of cells: 16 bits for each, in their order, so that what differs can be counted and named.

    prints([1.0, "Cat", ""])  ->  "x7PlqwAA"        base64 of two bytes for each cell

A number counts with its 15 digits, as many as every spreadsheet keeps; a text without blanks at its ends. A change
goes unnoticed once in 65,536 times.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from math import floor, log10
from typing import Any
from zlib import crc32

import numpy as np

BITS = 0xFFFF


def prints(values: Sequence[Any]) -> str:
    """The fingerprints of some cells."""
    return b64encode(_prints(values).tobytes()).decode()


def changed(before: str, values: Sequence[Any]) -> list[int]:
    """The places of the cells that are not what they were. ValueError where ``before`` is none of so many."""
    known = np.frombuffer(b64decode(before, validate=True), dtype="<u2")
    if len(known) != len(values):
        raise ValueError(f"{len(known)} fingerprints of {len(values)} cells")
    places = np.flatnonzero(known != _prints(values)).tolist()
    return [i for i in places if not _is_near(int(known[i]), values[i])]


def _is_near(known: int, value: Any) -> bool:
    """Whether a number differs in its 15th digit only: programs round the 16th and 17th in more than one way."""
    if isinstance(value, bool) or not isinstance(value, float | int) or not value:
        return False
    step = 10.0 ** (floor(log10(abs(value))) - 14)
    near = (value + k * step for k in (-1, 1))
    return any(crc32(f"{one:.15g}".encode()) & BITS == known for one in near)


def _prints(values: Sequence[Any]) -> np.ndarray:
    if all(type(value) is float for value in values):
        texts = ("%.15g " * len(values) % tuple(value + 0.0 for value in values)).split()
    else:
        texts = [_text(value) for value in values]
    return np.array([crc32(text.encode()) & BITS for text in texts], dtype="<u2")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return f"{value + 0.0:.15g}"
    return "" if value is None else str(value).strip()

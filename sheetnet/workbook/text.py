"""Texts and numbers as the parts of an .xlsx hold them: 0.1 + 0.2 -> 0.3, a < b -> a &lt; b."""

from __future__ import annotations

import re
from html import escape
from math import isfinite

from sheetnet.errors import WorkbookError

LONGEST_TEXT = 32_767  # of a cell, in units of UTF-16, which is how Excel counts
TINY = 1e-300  # spreadsheets differ about smaller numbers, so these are written as 0

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
_BREAK = re.compile("\r\n?")
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def numbers(values: list[float], *, exact: bool) -> list[str]:
    """Numbers as text. Inputs are exact; results have 15 digits, as many as a spreadsheet computes with.

    The 16th digit of a result differs between processors (exp, log), and the bytes must not.
    """
    if exact:
        if all(map(float.is_integer, values)) and max(map(abs, values), default=0.0) < 1e15:  # pixels
            return list(map(str, map(int, values)))
        return [str(int(v)) if v.is_integer() and abs(v) < 1e15 else repr(v) for v in values]
    if not isfinite(sum(values)) and not all(map(isfinite, values)):
        raise WorkbookError("a number is too large, or none, so a spreadsheet cannot hold it; use smaller weights")
    text = ("%.15g " * len(values) % tuple(values)).split()  # one call for a line: the fastest way measured
    if min(map(abs, values), default=1.0) < TINY:
        return ["0" if -TINY < v < TINY else t for t, v in zip(text, values, strict=True)]
    return text


def clean(text: str) -> str:
    """A text as XML keeps it: with one kind of line break, and U+FFFD in the place of characters it cannot hold."""
    return _ILLEGAL.sub("\ufffd", _BREAK.sub("\n", text))


def held(text: str) -> str:
    """A text as a cell holds it: clean, and cut to the length that a cell takes."""
    made = clean(text)
    if len(made) <= LONGEST_TEXT // 2:
        return made
    return made.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


def coded(text: str) -> str:
    """A clean text, coded so that a spreadsheet reads it as it is, although it takes _x0041_ for A."""
    return _CODED.sub("_x005F_", clean(text))


def xml(text: str) -> str:
    """A text as it is put into XML: coded, and with <, >, & and quotes escaped."""
    return escape(coded(text), quote=True)

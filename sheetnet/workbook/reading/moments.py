"""Whether a number format shows a number as a date, a time or a duration, and whether a reader sees that it does.

A format is read as what it shows: 9 for a unit in digits, A for a name of a month or of a day, and all else as it is.

    d\\-mmm;@        9-A
    [h]:mm:ss.00    9:9:9
    yyyy"年"m"月"   9年9月

``d.h`` is 9.9: a time to a spreadsheet, and any number to a reader. Quoted and escaped texts hold no units, and make
no moment of a number: ``0.00" days"`` is none.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category

from sheetnet.workbook.reading.formats import COLOR, LONGEST

_PART = re.compile(
    rf"""
      "(?P<quoted>[^"]*)" | \\(?P<escaped>.)
    | _. | \*\D                                    # blank, as wide as a character; a character that fills the column
    | \[(?:{COLOR}|\$-[^\]]*)\]                    # a colour, or a language
    | (?P<digits>(?:ss?|\[s+\])(?:[.,]0+)?         # seconds and their fraction; in brackets they may pass 60
        | \[(?:h+|m+)\] | y{{1,4}} | mm? (?!m) | dd? (?!d) | hh? | ee?)
    | (?P<name>AM/PM | A/P | m{{3,5}} | d{{3,4}})
    | g{{1,3}} | a{{3,4}}                          # of an era, of a day: some languages have no name for it
    | (?P<end>;)
    | (?P<sign>[^a-z0\#?@\["\\*_])
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_NUMBERLESS = re.compile(r"9 *: *9|9([-/.]) *9\1 *9|9 *[年月日时時分秒년월일시] *9|A")  # what no number looks like
_PERCENT = "%\u2030\uff05"


@cache
def is_moment(code: str) -> bool:
    """Whether a spreadsheet takes a number of this format for a date, a time or a duration."""
    return bool(_shapes(code))


@cache
def is_clear_moment(code: str) -> bool:
    """Whether each number of this format is shown as a date, a time or a duration that nobody takes for a number."""
    return bool(shapes := _shapes(code)) and all(map(_is_clear, shapes))


def _is_clear(shape: str) -> bool:
    odd = any(c in _PERCENT or category(c).startswith("C") for c in shape)
    return _NUMBERLESS.search(shape) is not None and not odd


def _shapes(code: str) -> list[str]:
    """What the sections for numbers show; nothing where one of them shows no moment."""
    shapes = [""]
    code = code.removesuffix(";@")
    at = 0
    while at < len(code) <= LONGEST:
        part = _PART.match(code, at)
        if part is None:
            return []
        at = part.end()
        text = part["quoted"] or part["escaped"] or part["sign"] or ""
        if any(map(str.isnumeric, text)):
            return []
        if part["end"]:
            shapes.append("")
        shapes[-1] += "9" if part["digits"] else "A" if part["name"] else text.replace("A", "a")
    return shapes if all("9" in shape or "A" in shape for shape in shapes) else []

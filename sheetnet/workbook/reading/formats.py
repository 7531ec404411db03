"""Whether a number format shows a cell as something else than its value.

A format has up to four sections: for positive numbers, negative numbers, zero, and text. It is honest where a reader
sees the value, perhaps rounded, as a percentage, with a unit or a currency. It hides the value where

    there is no place for a digit       ;;;   "ok"   @   and every date or time
    digits are written as mere text     "97"%   0.00"5"   \\9   [$97]0   0.00"万"
    the number is scaled unseen         0,   0.0,,   0.0"%"
    a sign is dropped or invented       0;0   -0
    a condition picks the section       [>0.5]0.00;"1"

General is honest, in any section and with words around it. Excel, LibreOffice and Gnumeric spell an honest format in
different ways; none of these spellings is taken for a dishonest one.
"""

from __future__ import annotations

import re
from functools import cache

# What a format is made of. A section is read as a row of these pieces.
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|\\(?P<escaped>.)"
    r"|(?P<blank>_.)"  # as wide as a character, which is not seen
    r"|\*(?P<filled>.)"  # a character that fills the column
    r"|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<general>General)"
    r"|(?P<power>E[+-])"
    r"|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
COLOR = r"black|blue|cyan|green|magenta|red|white|yellow|color\ ?\d{1,2}|(?:dbnum|natnum)\d{1,2}"  # or a script
_CURRENCY = re.compile(r"\$(?P<symbol>[^-]*)(?:-(?P<language>.*))?", re.DOTALL)
_SCALES = re.compile(r",(?![0#?,])|(?<![0#?,]),")  # a comma that does not part digits
_MINUS = "-\u2212\u2013\u2010\ufe63\uff0d"
_PLACES = "0#?"
# Digits, points, fractions, percent, text and what a spreadsheet shows as it stands, without quotes.
_PLAIN = frozenset("0#?.,/%@ $+-(){}:!^&'~<>=\u00a0\u202f€£¥")
LONGEST = 255  # characters of a format; a spreadsheet takes no longer one


@cache
def hides_number(code: str) -> bool:
    """Whether a format shows some number as something else."""
    sections = _sections(code)
    if sections is None or len(sections) > 4:
        return True
    numbers = sections[:3]
    if len(sections) == 4 or len(numbers) == 1 or "@" not in _skeleton(numbers[-1]):
        return any(_hides(section, number) for number, section in enumerate(numbers))
    return any(_hides(section, number) for number, section in enumerate(numbers[:-1]))  # the last one is for text


@cache
def hides_text(code: str) -> bool:
    """Whether a format shows some text as something else."""
    sections = _sections(code)
    if sections is None or len(sections) > 4:
        return True
    section = sections[-1]
    if len(sections) < 4 and "@" not in _skeleton(section):
        return False  # no section is for text, so it is shown as it is
    words = "".join(text for kind, text in section if kind in ("quoted", "escaped", "filled"))
    return "@" not in _skeleton(section) or any(character.isalnum() for character in words)


def _sections(code: str) -> list[list[tuple[str, str]]] | None:
    """The sections as pieces (kind, text); None where a quote or the like has no end, or the format is too long."""
    if len(code) > LONGEST:
        return None
    sections: list[list[tuple[str, str]]] = [[]]
    at = 0
    while at < len(code):
        match = _PIECE.match(code, at)
        if match is None or match[0] in ('"', "[", "\\", "*"):
            return None
        kind = str(match.lastgroup)
        if match[0] == ";":
            sections.append([])
        else:
            sections[-1].append((kind, match[kind]))
        at = match.end()
    return sections


def _skeleton(section: list[tuple[str, str]]) -> str:
    """The pieces that stand for the value, with a space for every other piece."""
    return "".join(
        text if kind in ("other", "power") else "G" if kind == "general" else " " for kind, text in section
    )


def _hides(section: list[tuple[str, str]], number: int) -> bool:
    """Whether a section hides its numbers. ``number``: 0 for positive or all, 1 for negative, 2 for zero."""
    skeleton = _skeleton(section)
    literal = ""
    for kind, text in section:
        if kind in ("quoted", "escaped", "filled"):
            literal += text
        elif kind == "bracket":
            symbol = _bracket(text)
            if symbol is None:
                return True
            literal += symbol
        elif kind == "other":
            if text not in _PLAIN:
                return True  # letters of dates; digits that stand for themselves
            literal += text if text in "-()" else ""
    if "@" in skeleton or not ("G" in skeleton or any(place in skeleton for place in _PLACES)):
        return True
    if _SCALES.search(skeleton) or any(sign in literal for sign in "%\u2030\uff05"):
        return True
    if any(character.isnumeric() for character in literal):
        return True
    signed = any(sign in literal for sign in _MINUS) or ("(" in literal and ")" in literal)
    return number < 2 and signed != (number == 1)  # zero may be a dash


def _bracket(text: str) -> str | None:
    """What the reader sees of a bracket: a currency, or nothing. None for a condition, a time, or an unknown one."""
    if match := _CURRENCY.fullmatch(text):
        return match["symbol"]
    return "" if re.fullmatch(COLOR, text, re.IGNORECASE) else None

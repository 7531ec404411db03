"""Whether a number format shows a cell as something else than its value.

A format has up to four sections: for positive numbers, negative numbers, zero, and text. It is honest where a reader
sees the value, perhaps rounded, as a percentage, with a unit or a currency. It hides the value where

    there is no place for a digit       ;;;   "ok"   @   and every date or time
    digits are written as mere text     "97"%   0.00"5"   \\9   [$97]0   0.00"万"
    the number is scaled unseen         0,   0.0,,   0.0"%"
    a sign is dropped or invented       0;0   -0
    a condition picks the section       [>0.5]0.00;"1"
    a mark makes another number of it   0"."0   "."0   0 0   0"O"   and any that turns, strikes or covers digits

General is honest, in any section and with words around it. Excel, LibreOffice and Gnumeric spell an honest format in
different ways; none of these spellings is taken for a dishonest one.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category

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
_MINUS = "-\u2212\u207b\u208b\u02d7\u30fc"  # and every dash
_OPEN, _SHUT = "(\uff08\ufd3e\u207d", ")\uff09\ufd3f\u207e"  # around a negative number
# A number: General, decimals with or without a power, or a fraction. Anything else inside of it makes another one.
_NUMBER = re.compile(r"G|[0#?,]*\.?[0#?,]*(?:E[+-][0#?]+)?|(?:[0#?,]+ +)?[0#?]+ ?/ ?[0#?]+", re.IGNORECASE)
_SPAN = re.compile(r"[0#?.,G](?:.*[0#?.,G])?", re.DOTALL)  # from its first sign to its last one
_TEXT = {ord(sign): 0xE000 + ord(sign) for sign in "0#?.,/EeG+- "}  # in a text: no part of a number
_LIKE_DIGITS = "OoQlI|\u039f\u03bf\u041e\u043e\u0406\u04c0"  # right beside a number, they become part of it
_BEFORE = frozenset(f".,\u00b7\u02d9\u066b\u22c5\uff0c\uff0e{_LIKE_DIGITS}".translate(_TEXT))  # and so does a point
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
    if any(character.isnumeric() or _is_odd(character) for character in literal) or _is_torn(section):
        return True
    dashed = any(sign in _MINUS or category(sign) == "Pd" for sign in literal)
    signed = dashed or (any(sign in literal for sign in _OPEN) and any(sign in literal for sign in _SHUT))
    return number < 2 and signed != (number == 1)  # zero may be a dash


def _is_odd(character: str) -> bool:
    """Whether a character is no sign of its own, but turns, strikes or covers others, or is not seen."""
    return category(character)[0] in "CM" and character not in "\u200e\u200f"  # how Arabic and Hebrew formats begin


def _is_torn(section: list[tuple[str, str]]) -> bool:
    """Whether something inside of the number, or right beside it, makes another number of it."""
    line = ""
    for kind, text in section:
        if kind in ("other", "power"):
            line += text
        elif kind == "general":
            line += "G"
        else:
            text = (_bracket(text) or "") if kind == "bracket" else " " if kind == "blank" else text
            line += text.translate(_TEXT)
    span = _SPAN.search(line)
    if span is None or _NUMBER.fullmatch(span[0]) is None:
        return True
    return line[: span.start()][-1:] in _BEFORE or line[span.end() :][:1] in {*_LIKE_DIGITS}


def _bracket(text: str) -> str | None:
    """What the reader sees of a bracket: a currency, or nothing. None for a condition, a time, or an unknown one."""
    if match := _CURRENCY.fullmatch(text):
        return match["symbol"]
    return "" if re.fullmatch(COLOR, text, re.IGNORECASE) else None

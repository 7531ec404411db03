"""A formula told with its numbers: ``SUMPRODUCT(Red!D9:F11,D9:F11)+B9`` becomes ``= 12.5 + -0.3 = 12.2``, live.

What comes out is a formula itself, so the sentence follows when a reader changes a pixel. Sums of products are
said as their value, the numbers behind a maximum or a short sum one by one. No TEXT or FIXED: their patterns
depend on the reader's language; ROUND(x,4) joined to a text does not.
"""

from __future__ import annotations

import re

import numpy as np

from sheetnet.grid import column_number, letters

LONGEST = 1500  # characters; a longer sentence nobody would read
SHORT = 160  # in a deep network: with what stands before it, no formula has more than 200 characters
MOST_SAID = 16  # numbers that are said one by one
_CELL = r"\$?[A-Z]{1,3}\$?[0-9]+"
_SHEET = r"(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?"
_TOKEN = re.compile(
    rf"(?P<range>{_SHEET}{_CELL}:{_CELL})|(?P<cell>{_SHEET}{_CELL})|(?P<call>[A-Z]+)\(|(?P<number>[0-9.]+(?:E[-+]?[0-9]+)?)|(?P<sign>.)"
)
_SIGNS = {"+": " + ", "-": " - ", "*": " x ", "/": " / ", ",": "; ", "(": "(", ")": ")"}
_NAMES = {"MAX": "max", "EXP": "e^", "LN": "ln", "MIN": "min", "IF": "if", "SQRT": "√", "AVERAGE": ""}
_ADDED = ("SUM", "AVERAGE")
_OF_WINDOWS = ("MAX", "MIN", "AVERAGE")
_SUMS = ("SUMPRODUCT", "SUM", "SUMIF", "COUNT")


def with_numbers(address: str, formula: str, longest: int = LONGEST) -> str:
    """A formula whose text says what ``formula``, in the cell ``address``, does to its numbers."""
    end = ['" = "', _rounded(address)]
    told = "&".join(_joined([f'"{address} = "', *_said(formula), *end]))
    return told if len(told) <= longest else "&".join(_joined([f'"{address}"', *end]))


def _said(formula: str) -> list[str]:
    """The pieces of the sentence: texts in quotes, and rounded references."""
    parts: list[str] = []
    position = 0
    before = "("  # a minus after it is a sign, not a subtraction
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None:
            raise ValueError(f"cannot be told: {formula[position:]}")
        position = match.end()
        if name := match["call"]:
            end = _closing(formula, position)
            inner = formula[position : end - 1]
            few = _few(inner) if name in ("SUM", *_OF_WINDOWS) else None
            if few is not None:
                between, shown = (" + ", _rounded) if name in _ADDED else ("; ", _shown)  # in a sum, blank is 0
                said = [piece for cell in few for piece in (f'"{between}"', shown(cell))][1:]
                part = formula[end : end + 1] in ("/", "*") or before in "/*"  # of a product: the sum comes first
                around = _NAMES.get(name, "") + "(" if part or name != "SUM" else ""
                parts += [f'"{around}"', *said, '")"'] if around else said
                parts += ['" / "', f"COUNT({inner})"] if name == "AVERAGE" else []  # only those that are not blank
                position = end
            elif name in _SUMS or (name in _OF_WINDOWS and ":" in inner):
                parts.append(_rounded(formula[match.start() : end]))
                position = end
            else:
                parts.append(f'"{_NAMES.get(name, name.lower())}("')
        elif match["range"]:
            parts.append(_rounded(f"SUM({match['range']})"))
        elif match["cell"]:
            parts.append(_rounded(match["cell"]))
        elif match["number"]:
            plain = np.format_float_positional(float(match["number"]), trim="-")  # 0.00001, not 1E-05
            parts.append(f'"{plain}"')
        else:
            sign = match["sign"]
            parts.append('"-"' if sign == "-" and before in "(,+-*/" else f'"{_SIGNS.get(sign, sign)}"')
        before = formula[position - 1]
    return parts


def _joined(parts: list[str]) -> list[str]:
    """Neighbouring texts as one."""
    joined: list[str] = []
    for part in parts:
        if joined and part[0] == '"' and joined[-1][0] == '"':
            joined[-1] = joined[-1][:-1] + part[1:]
        else:
            joined.append(part)
    return joined


def _rounded(what: str) -> str:
    return f"(ROUND({what},4)+0)"  # + 0: some spreadsheets write -0


def _shown(cell: str) -> str:
    """A number of a window; a blank cell of padding is no number."""
    return f'IF({cell}="","-",{_rounded(cell)})'


def _few(arguments: str) -> list[str] | None:
    """The cells of ranges, one by one; None where they are too many, or something else stands among them."""
    cells: list[str] = []
    for argument in arguments.split(","):
        match = re.fullmatch(rf"({_SHEET})\$?([A-Z]+)\$?([0-9]+):\$?([A-Z]+)\$?([0-9]+)", argument)
        if match is None:
            return None
        left, right = column_number(match[2]), column_number(match[4])
        top, bottom = int(match[3]), int(match[5])
        if (bottom - top + 1) * (right - left + 1) + len(cells) > MOST_SAID:
            return None
        cells += [f"{match[1]}{letters(x)}{y}" for y in range(top, bottom + 1) for x in range(left, right + 1)]
    return cells


def _closing(formula: str, start: int) -> int:
    """Where the call ends whose arguments begin at ``start``; sheet names may hold parentheses."""
    depth, quoted = 1, False
    for position in range(start, len(formula)):
        letter = formula[position]
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return position + 1
    raise ValueError(f"no end: {formula}")

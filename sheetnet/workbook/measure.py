"""Estimate how wide a text is.

Widths are those of Arial, in thousandths of the size of the font; Chinese characters are as wide as they are high.
"""

from __future__ import annotations

from unicodedata import east_asian_width

PIXELS_PER_CHARACTER = 7.0  # of a column's width, the margin of its cells included
NARROW, MIDDLE, WIDE, WIDEST = 290, 556, 722, 950
_NARROW = set("ijlftrI.,:;'|!()[]{}/\\ -`\"")
_WIDE = set("ABCDEFGHKLNOPQRSTUVXYZmw&%")


def pixels(text: str, size: float = 10, *, bold: bool = False) -> float:
    """Width of a text on a screen of 96 dots per inch."""
    total = 0
    for letter in text:
        if east_asian_width(letter) in "WF":
            total += 1000
        elif letter in _NARROW:
            total += NARROW
        elif letter in "MW@":
            total += WIDEST
        else:
            total += WIDE if letter in _WIDE or ord(letter) > 0x2000 else MIDDLE
    return total / 1000 * size * 96 / 72 * (1.07 if bold else 1.0)

"""The looks, by name: every colour, font and number format that a workbook uses.

Blue text is what a reader may change, black is a formula, pale yellow with a mark is an answer. Text reaches a
contrast of 4.5:1 on every colour that its cell can take. Fonts exist in Excel, on a Mac and in LibreOffice.
"""

from __future__ import annotations

from dataclasses import dataclass

INK, QUIET, INPUT_INK, LINK_INK = "FF1F2933", "FF595959", "FF0000B4", "FF0B5CAD"
PAPER, HEAD, TAPE, ANSWER = "FFFFFFFF", "FFE6ECF2", "FFEFEFEF", "FFFFF4C2"
FONT = "Arial"

# A colour per channel: light enough for blue text on top of it.
CHANNEL = {"red": "FFFF9C9C", "green": "FF93DB93", "blue": "FF9CBFFF", "grey": "FFB4B4B4"}
# On the Photo sheet the cells glow like the dots of a screen, from black; from (value) on, black text reads better.
GLOW = {"red": ("FFFF0000", 231), "green": ("FF00FF00", 141), "blue": ("FF0000FF", 256), "grey": ("FFFFFFFF", 118)}
NEGATIVE, POSITIVE, WARM = "FF6FA8DC", "FFE88B7D", "FFF6B26B"


@dataclass(frozen=True, slots=True)
class Style:
    """One look. ``align``: left, center, right; colours are ARGB."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    color: str = INK
    fill: str | None = None
    format: str = "General"
    align: str | None = None
    wrap: bool = False
    underline: bool = False
    border: bool = False


STYLES: dict[str, Style] = {
    "text": Style(),
    "wrap": Style(wrap=True),
    "title": Style(size=18, bold=True),
    "lead": Style(size=11),
    "note": Style(size=9, italic=True, color=QUIET),
    "heading": Style(bold=True, fill=HEAD),
    "heading.right": Style(bold=True, fill=HEAD, align="right"),
    "index": Style(size=8, color=QUIET, align="center"),
    "link": Style(color=LINK_INK, underline=True),
    "number": Style(format="0.0000", align="right"),
    "number.general": Style(align="right"),
    "count": Style(format="#,##0", align="right"),
    "tape": Style(fill=TAPE),
    "pixel": Style(size=8, color=INPUT_INK, format="0", align="center"),
    "glow": Style(size=7, color=PAPER, format="0", align="center"),
    # General rounds to what fits into the cell: for whole numbers, and for large ones.
    "weight": Style(size=8, color=INPUT_INK, format="0.00", align="center", border=True),
    "weight.general": Style(size=8, color=INPUT_INK, align="center", border=True),
    "weight.wide": Style(color=INPUT_INK, format="0.0000", align="right", border=True),
    "choice": Style(bold=True, color=INPUT_INK, format="0", align="center", border=True),
    "map": Style(size=8, format="0.00", align="center"),
    "map.general": Style(size=8, align="center"),
    "sample": Style(color=INPUT_INK, border=True),
    "input": Style(color=INPUT_INK, format="0.######", align="right", border=True),
    "answer": Style(bold=True, fill=ANSWER, align="left", border=True),
    "answer.number": Style(bold=True, fill=ANSWER, format="0.0000", align="right", border=True),
    "answer.percent": Style(bold=True, fill=ANSWER, format="0.0%", align="right", border=True),
    "percent": Style(format="0.0%", align="right"),
    "warning": Style(bold=True, color="FF9C2A00"),
}

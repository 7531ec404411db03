"""Break a text into lines that are no wider than some pixels: between words, in Chinese between any two signs."""

from __future__ import annotations

import re

from sheetnet.workbook.measure import pixels

# A word with the blanks before it, or one Chinese sign with the marks that may end no line or begin none.
_PIECE = re.compile(
    r"\s*[（《“]*[一-鿿㐀-䶿][，。；：、！？）》”…]*|\s*[^\s一-鿿㐀-䶿（《“]+|\s*[（《“]+[^\s一-鿿㐀-䶿]*"
)


def lines_of(text: str, room: int, size: float = 10) -> list[str]:
    """The lines of a text; a line break in it begins a new line."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n"):
        line = ""
        for piece in _PIECE.findall(paragraph):
            if line and pixels(line + piece, size) > room:
                lines.append(line)
                line = ""
            line += piece if line else piece.lstrip()
        lines.append(line)
    return lines

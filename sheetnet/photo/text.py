"""Names from outside, fit to be shown: no control characters, nothing that turns the direction of writing."""

from __future__ import annotations

import unicodedata

TITLE_LENGTH = 80
"""The most characters in a title."""


def title_of(name: str) -> str:
    """A title of one line, never empty."""
    return clean(name, "").strip()[:TITLE_LENGTH].rstrip() or "photo"


def clean(text: str, instead: str = "?") -> str:
    """Replace what must not reach a terminal, a workbook or a model file.

    These are control characters, line ends, lone surrogates, noncharacters, and marks that turn the direction of
    writing and so can disguise a name.
    """
    return "".join(instead if _is_unsafe(character) else character for character in text)


def _is_unsafe(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or ord(character) & 0xFFFE == 0xFFFE
    )

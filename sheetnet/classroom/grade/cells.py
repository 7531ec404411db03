"""What a cell holds, as the number that somebody has typed in any country."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

from sheetnet.values import ErrorValue

MOST_SHOWN = 60  # characters of an answer
OPEN = re.compile(r"[?？]")  # how the text of a cell begins that waits for an answer
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?\s*%?")


def number_of(value: Any) -> tuple[float | None, str]:
    """The number that a cell holds, or that its text is in any country; and what is shown of the cell."""
    if value is None:
        return None, ""
    if isinstance(value, bool):
        return None, str(value).upper()
    if isinstance(value, ErrorValue):
        return None, str(value)[:MOST_SHOWN]
    if isinstance(value, float):
        return value, f"{value:.10g}"
    text = str(value).strip()
    if OPEN.match(text):
        return None, ""
    plain = normalize("NFKC", text).replace("−", "-")  # digits as wide as Chinese characters are digits
    if _NUMBER.fullmatch(plain):
        plain = plain.replace(",", ".")
        number = float(plain.rstrip("% ")) / (100 if plain.endswith("%") else 1)
        return number, text[:MOST_SHOWN]
    return None, text[:MOST_SHOWN]

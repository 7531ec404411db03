"""What paper says where a workbook speaks of the screen: nobody clicks, folds or chooses from a list on paper.

``words`` has these texts below ``paper``: the key after it is that of the text on the screen.
"""

from __future__ import annotations

import re
from functools import cache, partial
from string import Formatter

from sheetnet import words

PAPER = "paper."
NOTHING = "-"  # stands for a sentence that is left out


@cache
def _pairs(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What a text of the screen looks like, and the text of paper with its placeholders."""
    known = words.load(language)
    keys = sorted(key for key in known.keys() if key.startswith(PAPER))  # noqa: SIM118  no dict
    return tuple((_pattern(known.text(key.removeprefix(PAPER))), known.text(key)) for key in keys)


def _pattern(text: str) -> re.Pattern[str]:
    pieces = [(before, f"(?P<{name}>.+?)" if name else "") for before, name, _, _ in Formatter().parse(text)]
    return re.compile("".join(re.escape(before) + value for before, value in pieces))


def _filled(text: str, found: re.Match[str]) -> str:
    return "" if text == NOTHING else text.format(**found.groupdict())


def on_paper(text: str, language: str) -> str:
    """A text of a cell as paper has it; the text itself in a language that nobody knows."""
    for pattern, instead in _pairs(language) if language in words.languages() else ():
        text = pattern.sub(partial(_filled, instead), text)
    return text.strip()

"""How long a formula may be in Excel. LibreOffice has no such limits; Excel drops longer formulas from a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sheetnet.errors import WorkbookError

LONGEST_FORMULA = 8192  # characters, counted as Excel does, in units of UTF-16
LONGEST_QUOTED = 255  # characters of a text inside a formula

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")*)\"""")  # the name of a sheet, or a text


def refuse_formulas(formulas: Sequence[str], where: Callable[[int], str]) -> None:
    """WorkbookError for the first formula that is too long for Excel; ``where`` names the cell of each."""
    longest = max(map(len, formulas))
    if 2 * longest <= LONGEST_QUOTED:
        return
    for number, formula in enumerate(formulas):
        if 2 * longest > LONGEST_FORMULA and (characters := _units(formula)) > LONGEST_FORMULA:
            raise WorkbookError(
                f"{where(number)}: the formula has {characters:,} characters, Excel takes {LONGEST_FORMULA:,}. "
                "Use the layout rows (--layout rows), or fewer channels."
            )
        if '"' not in formula:
            continue
        for match in _QUOTED.finditer(formula):
            if (characters := _units((match[1] or "").replace('""', '"'))) > LONGEST_QUOTED:
                raise WorkbookError(
                    f"{where(number)}: the formula holds a text of {characters} characters, Excel takes "
                    f"{LONGEST_QUOTED}. Use a shorter name or text, or put it into a cell of its own."
                )


def _units(text: str) -> int:
    """The length of a text as Excel counts it, in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

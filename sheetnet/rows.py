"""Tables as text (CSV): rows that anybody's spreadsheet wrote, and rows for the spreadsheets of any country.

    =1+1   ->   '=1+1            x;=1+1   ->   x;'=1+1

A cell that begins like a formula would be one when the file is opened; an apostrophe in front of it prevents that.
In many countries a semicolon stands between cells, and programs ask for it, or for a tab or a bar: so what lies
behind one of these begins a cell as well, and what lies behind the end of a line does where the quotes are not
understood.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

_SEPARATORS = ",;\t"
# The signs of full width are formulas to a spreadsheet in Chinese or Japanese.
_FORMULA = re.compile(r"""(?:\A|(?<=[;|\t\r\n]))(?=[\s"']*[=+\-@%|＝＋－＠])""")


def read(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a table with the number of the line on which each ends, whatever ends a line: LF, CR LF or CR.

    Between the cells is what Excel names in a first line "sep=;"; else commas, semicolons or tabs, of which the first
    line that is not blank has most. ValueError where the text cannot be read as a table.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    named = re.fullmatch(r'"?sep=([,;|\t])"?', first.strip(" "), re.IGNORECASE)
    reader = csv.reader(StringIO(text, newline=""), delimiter=named[1] if named else max(_SEPARATORS, key=bare.count))
    try:
        found = [(reader.line_num, row) for row in reader]
        return found[next(k for k, (_, row) in enumerate(found) if any(row)) + 1 :] if named else found
    except csv.Error as error:
        raise ValueError(str(error)) from error


def defused(text: str) -> str:
    """A text of which no spreadsheet takes any part for a formula."""
    return _FORMULA.sub("'", text)


def csv_bytes(rows: Iterable[Iterable[str | int | float]]) -> bytes:
    """Rows as CSV in UTF-8, with the mark by which Excel knows it; texts are defused."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([defused(one) if isinstance(one, str) else one for one in row])
    return out.getvalue().encode("utf-8-sig")

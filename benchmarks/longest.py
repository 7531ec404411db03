"""The longest formula of a workbook: a child process of ``bench``, so that ``bench`` itself stays small.

python longest.py WORKBOOK       prints {"formulas": ..., "characters": ..., "sheets": ...}
"""

from __future__ import annotations

import html
import json
import re
import sys
import zipfile
from typing import Any

FORMULA = re.compile(rb"<f>([^<]*)</f>")


def longest(file: str) -> dict[str, Any]:
    """How many formulas there are, how many characters the longest one has, and how many sheets."""
    formulas = characters = sheets = 0
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            found = FORMULA.findall(package.read(name))
            formulas, sheets = formulas + len(found), sheets + 1
            characters = max(characters, *(len(html.unescape(text.decode())) for text in found), 0)
    return {"formulas": formulas, "characters": characters, "sheets": sheets}


if __name__ == "__main__":
    print(json.dumps(longest(sys.argv[1])))

"""The longest formula of a layer: a child process of ``bench``, so that ``bench`` itself stays small.

python longest.py WORKBOOK       prints {"formulas": ..., "characters": ..., "sheets": ...}
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from sheetnet.proof.found import Findings


def longest(file: str) -> dict[str, Any]:
    """How many formulas there are, how many characters the longest one of a layer has, and how many sheets."""
    findings = Findings(Path(file), time.monotonic() + 600)
    grids = findings.contents.grids
    layers = (block for step in findings.plan.steps() if not step.looks for block in step.writes.values())
    found = (grids[sheet].formula(row, column) or "" for block in layers for _, sheet, row, column in block.walk())
    formulas = sum(grid.formula_count for grid in grids.values())
    return {"formulas": formulas, "characters": max(map(len, found)), "sheets": len(grids)}


if __name__ == "__main__":
    print(json.dumps(longest(sys.argv[1])))

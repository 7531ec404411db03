"""Single cells with a formula, for tests that write a workbook by hand."""

from __future__ import annotations

import numpy as np

from sheetnet.grid import Anchor, Block
from sheetnet.lenses.elements import single
from sheetnet.workbook.book import Sheet


def formula(sheet: Sheet, row: int, column: int, text: str, value: float | str) -> None:
    """A formula, and what is stored as its value."""
    values = single(value) if isinstance(value, str) else np.array(value, dtype=np.float64)
    sheet.tensor(Block((), (Anchor(sheet.title, row, column),), ()), values, "number", lambda: text)

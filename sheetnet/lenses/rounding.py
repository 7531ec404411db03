"""A lens that rounds, so that a number can be found with a pencil.

rounded   out[i] = x[i] / over, rounded half away from 0 to some decimals
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Values
from sheetnet.lenses.elements import About, number, rounded, spellings, words

MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Rounded(Lens):
    """out: each number x rounded to ``digits`` decimals; where it reads "over" (), x divided by that number first."""

    kind = "rounded"

    digits: int = 0

    def __post_init__(self) -> None:
        if type(self.digits) is not int or not 0 <= self.digits <= MOST_DIGITS:
            raise NetworkError(f"rounded: digits is {shown(self.digits)}; use a whole number from 0 to {MOST_DIGITS}")

    def tensors(self, of: Shapes) -> Shapes:
        """A rounded number for each."""
        if of.get("over", ()):
            raise NetworkError(f"rounded: over is {list(of['over'])}; it must be a single number")
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Gives both numbers where one lies within the tolerance of an edge; nan where there is none."""
        x, over = np.asarray(v["x"], dtype=object), number(v["over"]) if "over" in v else 1.0
        v["out"] = words([self._rounded(number(one), over) for one in x.ravel().tolist()], x.shape)

    def _rounded(self, x: float, over: float) -> Any:
        if isnan(x) or isnan(over) or over == 0 or not np.isfinite(x / over):
            return nan
        right = [float(text) for text in spellings(x / over, self.digits)]
        return About(rounded(x / over, self.digits), min(right), max(right))

    def forward_cells(self, at: Blocks) -> Rules:
        """ROUND(x/over,digits)."""
        x, over = at["x"], f"/{at['over'][()]}" if "over" in at else ""
        return {"out": lambda *i: f"ROUND({x[i]}{over},{self.digits})"}

"""Clip: no number stays below one bound or above another.

out = x, but at least low, and then at most high
dx  = dout where low <= x <= high, or as good as that, else 0

ReLU6 is clip with 0 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_at_least, is_at_most
from sheetnet.layers.base import TIED, Array, Signs, Slope
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class Clip(Elementwise):
    """x between ``low`` and ``high``, element by element, for any shape; None is no bound."""

    kind = "clip"
    gives_back = ("x",)

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                as_number(getattr(self, name), f"Clip: {name}")

    @property
    def signs(self) -> Signs:  # type: ignore[override]
        """Never below a lower bound of 0; the upper bound, which wins, may be below that."""
        low, high = self.low, self.high
        return "never" if low is not None and low >= 0 and (high is None or high >= 0) else "any"

    def number(self, x: Array) -> Array:
        """First the lower bound, then the upper one, which wins where they cross."""
        if self.low is not None:
            x = np.maximum(x, self.low)
        return x if self.high is None else np.minimum(x, self.high)

    def slope(self, x: Array) -> Slope:
        """What was not cut off comes back, at the bounds themselves as well."""
        kept = np.ones_like(x, dtype=bool)
        if self.low is not None:
            kept &= x >= self.low - TIED * (1 + abs(self.low))
        if self.high is not None:
            kept &= x <= self.high + TIED * (1 + abs(self.high))
        return kept

    def cell(self, x: str) -> str:
        """MIN(MAX(x,low),high)."""
        if self.low is not None:
            x = f"MAX({x},{literal(self.low)})"
        return x if self.high is None else f"MIN({x},{literal(self.high)})"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(AND(x>=low,x<=high),dout,0), or with the one bound that there is."""
        inside = [] if self.low is None else [is_at_least(x, self.low)]
        inside += [] if self.high is None else [is_at_most(x, self.high)]
        if not inside:
            return dout
        both = f"AND({','.join(inside)})"
        return f"IF({both if len(inside) > 1 else inside[0]},{dout},0)"

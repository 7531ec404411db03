"""Clip: no number stays below one bound or above another.

out = x, but at least low, and then at most high
dx  = dout where low <= x <= high, else 0

ReLU6 is clip with 0 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.base import Array, Signs, Slope
from sheetnet.layers.elementwise import Elementwise
from sheetnet.layers.options import as_number, literal


@dataclass(frozen=True, slots=True)
class Clip(Elementwise):
    """x between ``low`` and ``high``, element by element, for any shape; None is no bound."""

    kind = "clip"

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
        """What was not cut off comes back."""
        kept = np.ones_like(x, dtype=bool)
        if self.low is not None:
            kept &= x >= self.low
        if self.high is not None:
            kept &= x <= self.high
        return kept

    def cell(self, x: str) -> str:
        """MIN(MAX(x,low),high)."""
        if self.low is not None:
            x = f"MAX({x},{literal(self.low)})"
        return x if self.high is None else f"MIN({x},{literal(self.high)})"

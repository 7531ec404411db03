"""Hard swish: every number times its own hard sigmoid.

out = x * s,   s = x / 6 + 1/2, but at least 0 and at most 1
dx  = dout * (0 where x <= -3, 1 where x >= 3, or as good as that, else x / 3 + 1/2)

Source: Howard and others, "Searching for MobileNetV3", arXiv 1905.02244.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.layers.back.edges import is_at_least, is_at_most
from sheetnet.layers.base import TIED, Array
from sheetnet.layers.elementwise import Elementwise


@dataclass(frozen=True, slots=True)
class HardSwish(Elementwise):
    """x times (x / 6 + 1/2, cut off at 0 and 1), element by element, for any shape."""

    kind = "hardswish"
    gives_back = ("x",)

    def number(self, x: Array) -> Array:
        """The number, weighed by its gate."""
        return x * np.clip(x / 6 + 0.5, 0, 1)

    def slope(self, x: Array) -> Array:
        """Three pieces."""
        near = 3 - 4 * TIED  # 3 is as good as that
        return np.where(x <= -near, 0, np.where(x >= near, 1, x / 3 + 0.5))

    def cell(self, x: str) -> str:
        """x*MAX(0,MIN(1,x/6+0.5))."""
        return f"{x}*MAX(0,MIN(1,{x}/6+0.5))"

    def back_cell(self, x: str, dout: str) -> str:
        """IF(x<=-3,0,IF(x>=3,dout,dout*(x/3+0.5)))."""
        return f"IF({is_at_most(x, -3)},0,IF({is_at_least(x, 3)},{dout},{dout}*({x}/3+0.5)))"

"""Layers that compare numbers by their exponentials along an axis: softmax and its logarithm.

top = the largest x along the axis,          exp[i] = b^(x[i] - top),   sum = sum over k of exp[k]
log[i] = (x[i] - top) * ln(b) - ln(sum),     p[i] = exp[i] / sum

b, the base, is e where no other is chosen.

Subtracting the largest number changes nothing in the end, and prevents overflow: e^710 is too large for a double.
The logarithm does not come from p, so it stays finite where p is too small to be told from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import with_axis
from sheetnet.layers.options import as_axis, is_whole
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.reducing import reduced


@dataclass(frozen=True, slots=True)
class Exponentials(Layer):
    """Shows top and sum (without ``axis``), exp, and the logarithms, of x of any shape.

    Where the logarithms are not "out", p is. An axis that counts from the end (-1 is the last) may have a batch in
    front.
    """

    role = "decides"
    log: ClassVar[str]  # what the logarithms are called

    axis: int = -1

    def __post_init__(self) -> None:
        if not is_whole(self.axis):
            raise NetworkError(f"{type(self).__name__}: axis is {shown(self.axis)}; use a whole number, such as -1")

    def tensors(self, of: Shapes) -> Shapes:
        """Every intermediate a reader sees."""
        n = of["x"]
        axis = as_axis(type(self).__name__, self.axis, n)
        one = n[:axis] + n[axis + 1 :]
        return {"top": one, "exp": n, "sum": one, self.log: n, "out": n}

    def batched(self, of: Shapes) -> bool:
        """Where the axis counts from the end."""
        return self.axis < 0

    def power(self, below: Array) -> Array:
        """Numbers: the base to the power of each."""
        return np.asarray(np.exp(below))

    def exponent(self, below: Array) -> Array:
        """Numbers: the natural logarithm of such a power."""
        return below

    def power_cell(self, x: str, top: str) -> str:
        """Cells: the base to the power of x-top."""
        return f"EXP({x}-{top})"

    def exponent_cell(self, x: str, top: str) -> str:
        """Cells: the natural logarithm of such a power."""
        return f"{x}-{top}"

    def forward(self, v: Values) -> None:
        """Step by step, as the sheet does."""
        v["top"] = v["x"].max(self.axis)
        below = v["x"] - np.expand_dims(v["top"], self.axis)
        v["exp"] = self.power(below)
        v["sum"] = v["exp"].sum(self.axis)
        v[self.log] = self.exponent(below) - np.expand_dims(np.log(v["sum"]), self.axis)
        if self.log != "out":
            v["out"] = v["exp"] / np.expand_dims(v["sum"], self.axis)

    def forward_cells(self, at: Blocks) -> Rules:
        """x-top-LN(sum), exp/sum; the largest number and the sum stand in cells of their own."""
        who, x, exp, axis = type(self).__name__, at["x"], at["exp"], self.axis % len(at["x"].shape)
        top, total = with_axis(at["top"], axis), with_axis(at["sum"], axis)

        def log(x: str, top: str, total: str) -> str:
            return f"{self.exponent_cell(x, top)}-LN({total})"

        rules: Rules = {
            "top": reduced(who, "MAX", x, (axis,)),
            "exp": Pointwise(self.power_cell, x, top),
            "sum": reduced(who, "SUM", exp, (axis,)),
            self.log: Pointwise(log, x, top, total),
        }
        return rules if self.log == "out" else rules | {"out": Pointwise("{}/{}".format, exp, total)}

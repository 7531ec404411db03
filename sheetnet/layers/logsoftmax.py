"""Log-softmax: the logarithm of what softmax gives, and finite even where that is too small to be told from 0.

out[i] = x[i] - top - ln(sum over k of e^(x[k] - top)),   top = the largest x along the axis
dx[i]  = dout[i] - p[i] * sum over k of dout[k],          p = e^out
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import with_axis
from sheetnet.layers.options import as_axis, is_whole
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.reducing import reduced


@dataclass(frozen=True, slots=True)
class LogSoftmax(Layer):
    """Logarithms of the probabilities along ``axis`` of x, of any shape. Shows top and sum (without it), exp, out.

    An axis that counts from the end (-1 is the last) may have a batch in front.
    """

    kind = "logsoftmax"
    role = "decides"
    gives = "logarithms"

    axis: int = -1

    def __post_init__(self) -> None:
        if not is_whole(self.axis):
            raise NetworkError(f"LogSoftmax: axis is {shown(self.axis)}; use a whole number, such as -1")

    def tensors(self, of: Shapes) -> Shapes:
        """Every intermediate a reader sees."""
        n = of["x"]
        axis = as_axis("LogSoftmax", self.axis, n)
        one = n[:axis] + n[axis + 1 :]
        return {"top": one, "exp": n, "sum": one, "out": n}

    def batched(self, of: Shapes) -> bool:
        """Where the axis counts from the end."""
        return self.axis < 0

    def forward(self, v: Values) -> None:
        """Step by step, as the sheet does."""
        v["top"] = v["x"].max(self.axis)
        below = v["x"] - np.expand_dims(v["top"], self.axis)
        v["exp"] = np.exp(below)
        v["sum"] = v["exp"].sum(self.axis)
        v["out"] = below - np.expand_dims(np.log(v["sum"]), self.axis)

    def backward(self, v: Values, d: Values) -> None:
        """As softmax with its logarithm."""
        d["x"] = d["out"] - np.exp(v["out"]) * d["out"].sum(self.axis, keepdims=True)

    def forward_cells(self, at: Blocks) -> Rules:
        """x-top-LN(sum); the largest number and the sum stand in cells of their own."""
        x, exp, axis = at["x"], at["exp"], self.axis % len(at["x"].shape)
        top, total = with_axis(at["top"], axis), with_axis(at["sum"], axis)
        return {
            "top": reduced("LogSoftmax", "MAX", x, (axis,)),
            "exp": Pointwise("EXP({}-{})".format, x, top),
            "sum": reduced("LogSoftmax", "SUM", exp, (axis,)),
            "out": Pointwise("{}-{}-LN({})".format, x, top, total),
        }

"""Log-softmax: the logarithm of what softmax gives, and finite even where that is too small to be told from 0.

out[i] = x[i] - top - ln(sum over k of e^(x[k] - top)),   top = the largest x along the axis
dx[i]  = dout[i] - p[i] * sum over k of dout[k],          p = e^out
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.layers.back.matching import Matched, total
from sheetnet.layers.base import Rules, Values
from sheetnet.layers.exponentials import Exponentials
from sheetnet.layers.ranges import Part, fitting


@dataclass(frozen=True, slots=True)
class LogSoftmax(Exponentials):
    """Logarithms of the probabilities along ``axis`` of x, of any shape. Shows top and sum (without it), exp, out.

    An axis that counts from the end (-1 is the last) may have a batch in front.
    """

    kind = "logsoftmax"
    gives = "logarithms"
    gives_back = ("x",)
    log: ClassVar = "out"

    axis: int = -1

    def backward(self, v: Values, d: Values) -> None:
        """As softmax with its logarithm."""
        d["x"] = d["out"] - np.exp(v["out"]) * d["out"].sum(self.axis, keepdims=True)

    def backward_cells(self, at: Blocks) -> Rules:
        """dout-EXP(out)*SUM(dout)."""
        out, dout = at["out"], at["dout"]
        axis = self.axis % len(out.shape)

        def rule(*index: int) -> str:
            line: Part = (*index[:axis], slice(0, out.shape[axis]), *index[axis + 1 :])
            every = total("LogSoftmax", Matched(dout)(line))
            return fitting("LogSoftmax", f"{dout[index]}-EXP({out[index]})*{every}")

        return {"dx": rule}

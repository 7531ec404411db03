"""Log-softmax: the logarithm of what softmax gives, and finite even where that is too small to be told from 0.

out[i] = x[i] - top - ln(sum over k of e^(x[k] - top)),   top = the largest x along the axis
dx[i]  = dout[i] - p[i] * sum over k of dout[k],          p = e^out
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.layers.base import Values
from sheetnet.layers.exponentials import Exponentials


@dataclass(frozen=True, slots=True)
class LogSoftmax(Exponentials):
    """Logarithms of the probabilities along ``axis`` of x, of any shape. Shows top and sum (without it), exp, out.

    An axis that counts from the end (-1 is the last) may have a batch in front.
    """

    kind = "logsoftmax"
    gives = "logarithms"
    log: ClassVar = "out"

    def backward(self, v: Values, d: Values) -> None:
        """As softmax with its logarithm."""
        d["x"] = d["out"] - np.exp(v["out"]) * d["out"].sum(self.axis, keepdims=True)

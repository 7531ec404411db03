"""Softmax, the line-up: confidence of each suspect as a share of all confidence.

out[i] = e^(x[i] - top) / sum over k of e^(x[k] - top),   top = the largest x

Subtracting the largest logit changes nothing and prevents overflow (e^710 is too large for a double).
``log`` is the logarithm of ``out``, computed from the logits: it stays finite where ``out`` is too small to be
told from 0, and the loss needs it. Backwards, with p = out:

dx[i] = dlog[i] - p[i] * sum over k of dlog[k]  +  p[i] * (dout[i] - sum over k of dout[k] * p[k])

After cross-entropy dlog is -truth, so for a truth that sums to 1 the first part is p - truth: no division, no
logarithm, stable for any logits. ``top``, ``exp`` and ``sum`` are for the reader; no layer reads them.
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
class Softmax(Layer):
    """Probabilities of a column of logits x (N,). Shows top (), exp (N,), sum (), log (N,), out (N,).

    Of a larger tensor, those along ``axis``; top and sum are without that axis. An axis that counts from the end
    (-1 is the last) may have a batch in front.
    """

    kind = "softmax"
    role = "decides"
    signs = "never"
    gives = "probabilities"
    near = ("closeup_logit",)

    axis: int = -1

    def __post_init__(self) -> None:
        if not is_whole(self.axis):
            raise NetworkError(f"Softmax: axis is {shown(self.axis)}; use a whole number, such as -1")

    def tensors(self, of: Shapes) -> Shapes:
        """Every intermediate a reader sees."""
        n = of["x"]
        if not n:
            raise NetworkError("Softmax: the input is a single number; it must be a column (flatten, dense)")
        axis = as_axis("Softmax", self.axis, n)
        one = n[:axis] + n[axis + 1 :]
        return {"top": one, "exp": n, "sum": one, "log": n, "out": n}

    def batched(self, of: Shapes) -> bool:
        """Where the axis counts from the end."""
        return self.axis < 0

    def forward(self, v: Values) -> None:
        """Step by step, as the sheet does."""
        axis = self.axis
        v["top"] = v["x"].max(axis)
        v["exp"] = np.exp(v["x"] - np.expand_dims(v["top"], axis))
        v["sum"] = v["exp"].sum(axis)
        v["log"] = v["x"] - np.expand_dims(v["top"], axis) - np.expand_dims(np.log(v["sum"]), axis)
        v["out"] = v["exp"] / np.expand_dims(v["sum"], axis)

    def backward(self, v: Values, d: Values) -> None:
        """Of ``log`` and of ``out``, whichever was read."""
        p = v["out"]
        dx = np.zeros_like(p)
        if "log" in d:
            dx += d["log"] - p * d["log"].sum(self.axis, keepdims=True)
        if "out" in d:
            dx += p * (d["out"] - (d["out"] * p).sum(self.axis, keepdims=True))
        d["x"] = dx

    def forward_cells(self, at: Blocks) -> Rules:
        """One row per suspect; the largest logit and the sum stand in cells of their own."""
        x, exp, axis = at["x"], at["exp"], self.axis % len(at["x"].shape)
        top, total = with_axis(at["top"], axis), with_axis(at["sum"], axis)
        return {
            "top": reduced("Softmax", "MAX", x, (axis,)),
            "exp": Pointwise("EXP({}-{})".format, x, top),
            "sum": reduced("Softmax", "SUM", exp, (axis,)),
            "log": Pointwise("{}-{}-LN({})".format, x, top, total),
            "out": Pointwise("{}/{}".format, exp, total),
        }

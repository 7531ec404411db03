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

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class Softmax(Layer):
    """Probabilities of a column of logits x (N,). Shows top (), exp (N,), sum (), log (N,), out (N,)."""

    kind = "softmax"

    def tensors(self, of: Shapes) -> Shapes:
        """Every intermediate a reader sees."""
        n = of["x"]
        if len(n) != 1:
            raise NetworkError(f"Softmax: the input has shape {list(n)}; it must be a column (flatten, dense)")
        return {"top": (), "exp": n, "sum": (), "log": n, "out": n}

    def forward(self, v: Values) -> None:
        """Step by step, as the sheet does."""
        v["top"] = v["x"].max(-1)
        v["exp"] = np.exp(v["x"] - v["top"][..., None])
        v["sum"] = v["exp"].sum(-1)
        v["log"] = v["x"] - v["top"][..., None] - np.log(v["sum"])[..., None]
        v["out"] = v["exp"] / v["sum"][..., None]

    def backward(self, v: Values, d: Values) -> None:
        """Of ``log`` and of ``out``, whichever was read."""
        p = v["out"]
        dx = np.zeros_like(p)
        if "log" in d:
            dx += d["log"] - p * d["log"].sum(-1, keepdims=True)
        if "out" in d:
            dx += p * (d["out"] - (d["out"] * p).sum(-1, keepdims=True))
        d["x"] = dx

    def forward_cells(self, at: Blocks) -> Rules:
        """One row per suspect; the largest logit and the sum stand in cells of their own."""
        x, exp, top, total = at["x"], at["exp"], at["top"][()], at["sum"][()]
        return {
            "top": lambda: f"MAX({x[:]})",
            "exp": lambda i: f"EXP({x[i]}-{top})",
            "sum": lambda: f"SUM({exp[:]})",
            "log": lambda i: f"{x[i]}-{top}-LN({total})",
            "out": lambda i: f"{exp[i]}/{total}",
        }

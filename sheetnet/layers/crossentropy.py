"""Cross-entropy: three readings of one number.

distance    sum over i of  -truth[i] * ln p[i]            between the true and the predicted probabilities
likelihood  -ln p[true class]                              negative log-likelihood
divergence  sum over i of  truth[i] * ln(truth[i] / p[i])  Kullback-Leibler

A certain truth has entropy 0, so the three agree. Without a truth (all zeros) all three are 0. The logarithm is
the natural one and comes from the softmax, which keeps it finite. Backwards, from the distance:

dlog[i] = -truth[i] * dout,   dtruth[i] = -log[i] * dout
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class CrossEntropy(Layer):
    """Loss of log-probabilities (N,) against a one-hot truth (N,); out () is the distance."""

    kind = "crossentropy"
    role = "decides"
    gives = "loss"
    near = ("checks", "history", "update")
    exportable = False
    gives_back = ("log",)
    reads: ClassVar = {"log": "log", "truth": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """Two terms per class, and the three readings."""
        if of["log"] != of["truth"]:
            count = f"{prod(of['log'])} probabilities, but {prod(of['truth'])} classes"
            raise NetworkError(f"CrossEntropy: {count}; give one logit per class")
        n = of["log"]
        return {"term": n, "ratio": n, "likelihood": (), "divergence": (), "out": ()}

    def forward(self, v: Values) -> None:
        """Three ways to the same number."""
        truth, log = v["truth"], v["log"]
        v["term"] = -truth * log
        # 0 * ln 0 counts as 0, its limit
        v["ratio"] = truth * (np.log(np.where(truth == 0, 1, truth)) - log)
        v["likelihood"] = -np.where(truth == 1, log, 0).sum(-1)
        v["divergence"] = v["ratio"].sum(-1)
        v["out"] = v["term"].sum(-1)

    def backward(self, v: Values, d: Values) -> None:
        """Of the distance, the loss itself; the other readings are for the reader."""
        dout = d["out"][..., None]
        d["log"], d["truth"] = -v["truth"] * dout, -v["log"] * dout

    def forward_cells(self, at: Blocks) -> Rules:
        """Two columns of terms and their sums; the likelihood looks the true class up."""
        truth, log, term, ratio = at["truth"], at["log"], at["term"], at["ratio"]
        return {
            "term": lambda i: f"-{truth[i]}*{log[i]}",
            "ratio": lambda i: f"IF({truth[i]}=0,0,{truth[i]}*(LN({truth[i]})-{log[i]}))",
            "likelihood": lambda: f"-SUMIF({truth[:]},1,{log[:]})",
            "divergence": lambda: f"SUM({ratio[:]})",
            "out": lambda: f"SUM({term[:]})",
        }

    def backward_cells(self, at: Blocks) -> Rules:
        """-truth, times dout where something stands behind the loss."""
        truth, times = at["truth"], f"*{at['dout'][()]}" if "dout" in at else ""
        return {"dlog": lambda i: f"-{truth[i]}{times}"}

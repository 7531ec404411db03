"""Half the squared error: how far the probabilities lie from the truth, as a distance in space.

error[i] = p[i] - truth[i],   square[i] = error[i]^2,   out = 1/2 * sum over i of square[i]

The half goes when the slope is taken. Backwards, dp[i] = error[i] * dout,   dtruth[i] = -error[i] * dout.
Without a truth (all zeros) there is no error, as there is no cross-entropy.
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
class HalfSquaredError(Layer):
    """Loss of probabilities p (N,) against a one-hot truth (N,). Shows error (N,) and square (N,); out is ()."""

    kind = "halfsquarederror"
    role = "decides"
    gives = "loss"
    near = ("update",)
    exportable = False
    importable = False
    gives_back = ("p",)
    reads: ClassVar = {"p": "out", "truth": "out"}

    def tensors(self, of: Shapes) -> Shapes:
        """An error and its square per class, and half the sum."""
        if of["p"] != of["truth"]:
            count = f"{prod(of['p'])} probabilities, but {prod(of['truth'])} classes"
            raise NetworkError(f"HalfSquaredError: {count}; give one probability per class")
        return {"error": of["p"], "square": of["p"], "out": ()}

    def forward(self, v: Values) -> None:
        """Step by step, as the sheet does."""
        truth = v["truth"]
        v["error"] = np.where(truth.sum(-1, keepdims=True) == 0, 0.0, v["p"] - truth)
        v["square"] = v["error"] ** 2
        v["out"] = v["square"].sum(-1) / 2

    def backward(self, v: Values, d: Values) -> None:
        """The error itself, in both directions."""
        dp = v["error"] * d["out"][..., None]
        d["p"], d["truth"] = dp, -dp

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(SUM(truth)=0,0,p-truth), error*error, SUM/2."""
        p, truth, error, square = at["p"], at["truth"], at["error"], at["square"]
        return {
            "error": lambda i: f"IF(SUM({truth[:]})=0,0,{p[i]}-{truth[i]})",
            "square": lambda i: f"{error[i]}*{error[i]}",
            "out": lambda: f"SUM({square[:]})/2",
        }

    def backward_cells(self, at: Blocks) -> Rules:
        """The error, times dout where something stands behind the loss."""
        error, times = at["error"], f"*{at['dout'][()]}" if "dout" in at else ""
        return {"dp": lambda i: f"{error[i]}{times}"}

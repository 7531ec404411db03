"""Softmax: the exponential of each class, as a share of the sum of all of them.

out[i] = e^(x[i] - top) / sum over k of e^(x[k] - top),   top = the largest x

``log`` is the logarithm of ``out``, computed from the logits; the loss reads it. Backwards, with p = out:

dx[i] = dlog[i] - p[i] * sum over k of dlog[k]  +  p[i] * (dout[i] - sum over k of dout[k] * p[k])

With a ``base`` b in place of e, for pencil work: out[i] = b^(x[i] - top) / sum over k of b^(x[k] - top), which is the
softmax of ln(b) * x, so dx is ln(b) times as large.

After cross-entropy dlog is -truth, so for a truth that sums to 1 the first part is p - truth: no division, no
logarithm, stable for any logits. ``top``, ``exp`` and ``sum`` are for the reader; no layer reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers.back.matching import Matched, sum_of_products, total
from sheetnet.layers.base import Array, Rules, Shapes, Values
from sheetnet.layers.exponentials import Exponentials
from sheetnet.layers.options import as_number, literal
from sheetnet.layers.ranges import Part, fitting

LARGEST = 1000  # base


@dataclass(frozen=True, slots=True)
class Softmax(Exponentials):
    """Probabilities of a column of logits x (N,). Shows top (), exp (N,), sum (), log (N,), out (N,).

    Of a larger tensor, those along ``axis``; top and sum are without that axis. An axis that counts from the end
    (-1 is the last) may have a batch in front. ``base``: what is raised to the power of x, None for e.
    """

    kind = "softmax"
    signs = "never"
    gives = "probabilities"
    near = ("closeup_logit",)
    gives_back = ("x",)
    asked: ClassVar = {"exp": ("top",), "sum": ("exp",), "out": ("exp", "sum")}
    log: ClassVar = "log"

    axis: int = -1
    base: float | None = None

    def __post_init__(self) -> None:
        Exponentials.__post_init__(self)
        if self.base is not None and not 1 < as_number(self.base, "Softmax: base") <= LARGEST:
            raise NetworkError(f"Softmax: base is {shown(self.base)}; use a number above 1, up to {LARGEST:,}")

    @property
    def told_as(self) -> str:  # type: ignore[override]  # a fact that the options decide
        """By its base, where that is not e."""
        return "" if self.base is None else "based"

    def tensors(self, of: Shapes) -> Shapes:
        """Every intermediate a reader sees."""
        if not of["x"]:
            raise NetworkError("Softmax: the input is a single number; it must be a column (flatten, dense)")
        return Exponentials.tensors(self, of)

    def power(self, below: Array) -> Array:
        """Of the base that was chosen."""
        return Exponentials.power(self, below) if self.base is None else np.asarray(np.power(float(self.base), below))

    def exponent(self, below: Array) -> Array:
        """A step of x is ln(base) steps of the logarithm."""
        return below if self.base is None else np.log(self.base) * below

    def power_cell(self, x: str, top: str) -> str:
        """EXP(x-top), or POWER(base,x-top)."""
        return (
            Exponentials.power_cell(self, x, top) if self.base is None else f"POWER({literal(self.base)},{x}-{top})"
        )

    def exponent_cell(self, x: str, top: str) -> str:
        """x-top, or (x-top)*LN(base)."""
        below = Exponentials.exponent_cell(self, x, top)
        return below if self.base is None else f"({below})*LN({literal(self.base)})"

    def backward(self, v: Values, d: Values) -> None:
        """Of ``log`` and of ``out``, whichever was read."""
        p = v["out"]
        dx = np.zeros_like(p)
        if "log" in d:
            dx += d["log"] - p * d["log"].sum(self.axis, keepdims=True)
        if "out" in d:
            dx += p * (d["out"] - (d["out"] * p).sum(self.axis, keepdims=True))
        d["x"] = self.exponent(dx)

    def backward_cells(self, at: Blocks) -> Rules:
        """dlog-p*SUM(dlog), p*(dout-SUMPRODUCT(dout,p)), or both together: of whatever came back. Times LN(base)."""
        p, axis = at["out"], self.axis % len(at["out"].shape)

        def rule(*index: int) -> str:
            line: Part = (*index[:axis], slice(0, p.shape[axis]), *index[axis + 1 :])
            terms = []
            if "dlog" in at:
                terms.append(f"{at['dlog'][index]}-{p[index]}*{total('Softmax', Matched(at['dlog'])(line))}")
            if "dout" in at:
                met = "+".join(sum_of_products(Matched(at["dout"], p)(line, line)))
                terms.append(f"{p[index]}*({at['dout'][index]}-{f'({met})' if '+' in met else met})")
            text = "+".join(terms)
            return fitting("Softmax", text if self.base is None else f"LN({literal(self.base)})*({text})")

        return {"dx": rule}

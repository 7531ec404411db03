"""Dense: every input has a weight to every unit.

out[o] = bias[o] + sum over i of  x[i] * weight[o, i]
dx[i]  = sum over o of  dout[o] * weight[o, i],   dweight[o, i] = dout[o] * x[i],   dbias[o] = dout[o]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.matching import Matched, added, fixed, sum_of_products
from sheetnet.layers.base import Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import with_axis
from sheetnet.layers.pointwise import Pointwise, copies


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """``units`` weighted sums of a column x (N,). Parameters: weight (units, N), bias (units,)."""

    kind = "dense"
    role = "decides"
    learns = ("weight", "bias")
    starts_random = ("weight",)
    near = ("closeup_logit", "weights")
    gives_back = ("weight", "bias", "x")
    serves: ClassVar = {"turned": ("x",)}

    units: int

    def __post_init__(self) -> None:
        if not isinstance(self.units, int) or isinstance(self.units, bool) or self.units < 1:
            raise NetworkError(f"Dense: units is {shown(self.units)}; use a whole number from 1 on")

    def tensors(self, of: Shapes) -> Shapes:
        """(units,)."""
        if len(of["x"]) != 1:
            raise NetworkError(f"Dense: the input has shape {list(of['x'])}; put a flatten layer before it")
        return {"out": (self.units,)}

    def params(self, of: Shapes) -> Shapes:
        """Weight and bias."""
        return {"weight": (self.units, of["x"][0]), "bias": (self.units,)}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """He normal: standard deviation sqrt(2 / inputs); bias 0. Source: arXiv 1502.01852."""
        return rng.standard_normal(shape) * sqrt(2 / shape[1]) if name == "weight" else np.zeros(shape)

    def forward(self, v: Values) -> None:
        """One sum per unit, in a fixed order (see Conv2d.forward)."""
        v["out"] = (v["x"][..., None, :] * v["weight"]).sum(-1) + v["bias"]

    def backward(self, v: Values, d: Values) -> None:
        """Each input gets the gradients of all units, by the same weights; in a fixed order, as ``forward``."""
        dout = d["out"]
        batch = tuple(range(dout.ndim - 1))
        shared = v.get("turned", dout)
        d["x"] = (shared[..., None] * v["weight"]).sum(-2)
        d["weight"] = (dout[..., None] * v["x"][..., None, :]).sum(batch)
        d["bias"] = dout.sum(batch)

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT(x,weights)+bias."""
        x, weight, bias = at["x"], at["weight"], at["bias"]
        return {"out": lambda o: f"SUMPRODUCT({x[:]},{weight[o, :]})+{bias[o]}"}

    # Backwards

    def on_the_way(self, of: Shapes) -> Shapes:
        """Turned (units,): what came back, laid as the weights of one input lie, so that they are ranges alike."""
        return {"turned": (self.units,)}

    def shown_backward(self, v: Values, d: Values) -> None:
        """The same numbers once more."""
        v["turned"] = d["out"].copy()

    def backward_cells(self, at: Blocks) -> Rules:
        """dout*x, dout, and SUMPRODUCT(weights of the input,turned)."""
        x, dout = at["x"], at["dout"]
        found: Rules = {
            "dweight": Pointwise("{}*{}".format, with_axis(dout, 1), x),
            "dbias": copies(dout),
        }
        if "turned" in at:
            units = slice(0, self.units)
            matched = Matched(at["weight"], fixed(at["turned"]))
            found["turned"] = copies(dout)
            found["dx"] = lambda i: added("Dense", sum_of_products(matched((units, i), (units,))))
        return found

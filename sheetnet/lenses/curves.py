"""Lenses of curves: the points from which a chart draws a function.

    exp_curve    x from max(-12, min(-3, the least of the numbers)) to 0 in even steps;  out = e^x
    log_curve    out from min(40, max(5, the number)) to 0 in even steps of the logarithm;  x = e^-out, out = -ln x
    relu_curve   x = min(0, least), 0, max(0, most);  out = max(x, 0)
    points       out[k] = the chosen layer's x at the k-th of some places

ReLU consists of two straight lines, so its two ends and its bend are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Values, choose, each_block, layer_cell, unraveled
from sheetnet.lenses.elements import is_lost, numbers, of_layer, text, words

LOWEST, NEAREST = -12, -3  # how far to the left the curve begins, at most and at least
HIGHEST, LEAST = 40, 5  # how high the curve of -ln x begins, at most and at least


@dataclass(frozen=True, slots=True)
class ExpCurve(Lens):
    """x (points,), out (points,): e^x from the least of the numbers ``of`` (n,) to 0."""

    kind = "exp_curve"

    points: int

    def tensors(self, of: Shapes) -> Shapes:
        """Two columns."""
        return {"x": (self.points,), "out": (self.points,)}

    def forward(self, v: Values) -> None:
        """Computes x in even steps, and e^x."""
        least = np.maximum(LOWEST, np.minimum(NEAREST, numbers(v["of"]).min()))  # nan where one is no number
        v["x"] = least * np.arange(self.points - 1, -1, -1) / (self.points - 1)
        v["out"] = np.exp(numbers(v["x"]))

    def forward_cells(self, at: Blocks) -> Rules:
        """An even share of the least number, and EXP."""
        of, x, last = at["of"][:], at["x"], self.points - 1
        return {
            "x": lambda k: f"MAX({LOWEST},MIN({NEAREST},{of}))*{last - k}/{last}",
            "out": lambda k: f"EXP({x[k]})",
        }


@dataclass(frozen=True, slots=True)
class LogCurve(Lens):
    """x (points,), out (points,): -ln x, from where it is as large as the number ``of`` () to x = 1."""

    kind = "log_curve"

    points: int

    def tensors(self, of: Shapes) -> Shapes:
        """Two columns."""
        return {"x": (self.points,), "out": (self.points,)}

    def forward(self, v: Values) -> None:
        """Computes x in even steps of its logarithm, so that the steep part of the curve has as many points."""
        most = np.minimum(HIGHEST, np.maximum(LEAST, numbers(v["of"])))  # nan where it is no number
        v["x"] = np.exp(-most * np.arange(self.points - 1, -1, -1) / (self.points - 1))
        v["out"] = -np.log(numbers(v["x"])) + 0.0

    def forward_cells(self, at: Blocks) -> Rules:
        """EXP, and 0-LN, because some spreadsheets write -0."""
        of, x, last = at["of"][()], at["x"], self.points - 1
        return {
            "x": lambda k: f"EXP(-MIN({HIGHEST},MAX({LEAST},{of}))*{last - k}/{last})",
            "out": lambda k: f"0-LN({x[k]})",
        }


@dataclass(frozen=True, slots=True)
class ReLUCurve(Lens):
    """x (3,), out (3,): where max(x, 0) begins, bends and ends, for the numbers ``of`` (n,)."""

    kind = "relu_curve"

    def tensors(self, of: Shapes) -> Shapes:
        """Two columns."""
        return {"x": (3,), "out": (3,)}

    def forward(self, v: Values) -> None:
        """From the least number to the largest; blank cells and words are passed over, as MIN does."""
        cells = np.asarray(v["of"], dtype=object).ravel().tolist()
        found = numbers(v["of"]).ravel()
        found = found[np.isfinite(found)]
        lost = any(map(is_lost, cells))
        v["x"] = np.array([nan, 0.0, nan]) if lost else np.array([found.min(initial=0), 0.0, found.max(initial=0)])
        v["out"] = np.maximum(numbers(v["x"]), 0)

    def forward_cells(self, at: Blocks) -> Rules:
        """MIN, 0 and MAX; MAX(x,0)."""
        block, x = at["of"].viewed(at["of"].seen_from, absolute=True), at["x"]
        ends = (f"MIN(0,{block[:]})", "0", f"MAX(0,{block[:]})")
        return {"x": lambda k: ends[k], "out": lambda k: f"MAX({x[k]},0)"}


@dataclass(frozen=True, slots=True)
class Points(Lens):
    """out (n,): elements of the one of x1, x2, ... that has the number ``layer``.

    ``places``: for each layer n places, counted from 0 in row-major order.
    """

    kind = "points"

    places: tuple[tuple[int, ...], ...]

    def tensors(self, of: Shapes) -> Shapes:
        """As many elements as each layer has places."""
        return {"out": (len(self.places[0]),)}

    def forward(self, v: Values) -> None:
        """Those elements. A blank cell gives nan, since a formula that names it shows 0."""
        layer = of_layer(v, len(self.places))
        if layer is None:
            v["out"] = words([nan] * len(self.places[0]))
            return
        x = np.asarray(v[f"x{layer + 1}"], dtype=object).ravel()[list(self.places[layer])]
        v["out"] = words([nan if isinstance(one, str) and text(one) == "" else one for one in x.tolist()])

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE among addresses."""
        blocks = each_block(at)

        def rule(i: int) -> str:
            pairs = zip(blocks, self.places, strict=True)
            return choose(layer_cell(at), [block[unraveled(places[i], block.shape)] for block, places in pairs])

        return {"out": rule}

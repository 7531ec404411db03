"""Negative log-likelihood: how unlikely was what really happened.

picked[n, d...]  = -x[n, target[n, d...], d...]      x are logarithms of probabilities, as log-softmax gives them
weights[n, d...] = weight[target[n, d...]], or 1;    0 where the target is to be ignored
each             = picked * weights
out              = each by itself ("none"), its sum ("sum"), or sum / total of the weights ("mean")

Backwards, dx[n, target, d...] = -weights * dout (for the mean, divided by the sum of weights).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.options import as_flag, is_whole
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.ranges import call, ranges

REDUCTIONS = ("mean", "sum", "none")


@dataclass(frozen=True, slots=True)
class NLLLoss(Layer):
    """Loss of log-probabilities x (N, C, *d) against target (N, *d), whose numbers name classes from 0 on.

    ``ignore``: targets that do not count. ``weighted``: a third input, weight (C,), says how much each class counts.
    Shows picked and weights (N, *d); out is (N, *d) with the reduction "none". Else it shows each (N, *d), for the
    mean also sum and total, and out is ().
    """

    kind = "nllloss"
    role = "decides"
    gives = "loss"

    reduction: str = "mean"
    ignore: int | None = None
    weighted: bool = False

    def __post_init__(self) -> None:
        if self.reduction not in REDUCTIONS:
            raise NetworkError(f"NLLLoss: reduction is {shown(self.reduction)}; use one of {', '.join(REDUCTIONS)}")
        if self.ignore is not None and not is_whole(self.ignore):
            raise NetworkError(f"NLLLoss: ignore is {shown(self.ignore)}; use the number of a class")
        as_flag(self.weighted, "NLLLoss: weighted")

    @property
    def reads(self) -> Mapping[str, str]:  # type: ignore[override]
        """X, the target, and a weight per class where it is asked for."""
        return {"x": "out", "target": "out"} | ({"weight": "out"} if self.weighted else {})

    def tensors(self, of: Shapes) -> Shapes:
        """What was picked, how much it counts, and the loss."""
        x, target = of["x"], of["target"]
        if len(x) < 2 or target != (x[0], *x[2:]):
            raise NetworkError(
                f"NLLLoss: log-probabilities {list(x)}, but targets {list(target)}; give one target per example"
            )
        if self.weighted and of["weight"] != (x[1],):
            raise NetworkError(
                f"NLLLoss: {x[1]} classes, but weights of shape {list(of['weight'])}; give one per class"
            )
        shown = {"picked": target, "weights": target}
        if self.reduction == "none":
            return {**shown, "out": target}
        mean = {"sum": (), "total": ()} if self.reduction == "mean" else {}
        return {**shown, "each": target, **mean, "out": ()}

    def batched(self, of: Shapes) -> bool:
        """Never: its first axis is the batch."""
        return False

    def _classes(self, v: Values) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
        """Of each target: its class as an index, whether it counts, and whether there is such a class."""
        target = np.rint(v["target"])
        counts = np.ones(target.shape, dtype=bool) if self.ignore is None else target != self.ignore
        known = (target >= 0) & (target < v["x"].shape[1])
        return np.where(known, target, 0).astype(np.intp), counts, known

    def forward(self, v: Values) -> None:
        """Pick, weigh, add up. A target that is no class gives no number, as in a sheet."""
        index, counts, known = self._classes(v)
        picked = -np.take_along_axis(v["x"], np.expand_dims(index, 1), 1)[:, 0]
        weights = v["weight"][index] if self.weighted else np.ones(index.shape)
        v["picked"] = np.where(counts, np.where(known, picked, np.nan), 0)
        v["weights"] = np.where(counts, np.where(known, weights, np.nan), 0)
        if self.reduction == "none":
            v["out"] = v["picked"] * v["weights"]
            return
        v["each"] = v["picked"] * v["weights"]
        if self.reduction == "sum":
            v["out"] = np.asarray(v["each"].sum())
            return
        v["sum"], v["total"] = np.asarray(v["each"].sum()), np.asarray(v["weights"].sum())
        v["out"] = v["sum"] / v["total"]

    def backward(self, v: Values, d: Values) -> None:
        """To what was picked, and to the weight of its class; none to the target, which only points."""
        index, counts, _ = self._classes(v)
        total = v["weights"].sum() if self.reduction == "mean" else 1.0
        dx = np.zeros_like(v["x"])
        np.put_along_axis(dx, np.expand_dims(index, 1), (-v["weights"] * d["out"] / total)[:, None], 1)
        d["x"], d["target"] = dx, np.zeros_like(v["target"])
        if self.weighted:
            less = v["out"] if self.reduction == "mean" else 0.0
            dweight = np.zeros_like(v["weight"])
            np.add.at(dweight, index[counts], (np.asarray(d["out"]) * (v["picked"] - less) / total)[counts])
            d["weight"] = dweight

    def forward_cells(self, at: Blocks) -> Rules:
        """-INDEX(log-probabilities,1,target+1), INDEX(weight,target+1), SUM(picked*weights)/SUM(weights)."""
        x, target, picked, weights = at["x"], at["target"], at["picked"], at["weights"]
        classes = x.shape[1]

        def unless(t: str, value: str) -> str:
            return value if self.ignore is None else f"IF({t}={self.ignore},0,{value})"

        def pick(n: int, *i: int) -> str:
            t = target[(n, *i)]
            line = ranges(x, (n, slice(0, classes), *i))
            if len(line) == 1 and classes > 1:  # side by side, or below each other
                across = x.cell(n, 0, *i).row == x.cell(n, 1, *i).row
                return unless(t, f"-INDEX({line[0]},1,{t}+1)" if across else f"-INDEX({line[0]},{t}+1)")
            return unless(t, f"-{call('NLLLoss', 'CHOOSE', [f'{t}+1', *(x[(n, c, *i)] for c in range(classes))])}")

        def weigh(*i: int) -> str:
            t = target[i]
            if not self.weighted:
                return unless(t, "1")
            weight = at["weight"]
            # Gnumeric finds nothing in an INDEX of a single cell.
            return unless(t, f"INDEX({weight[:]},{t}+1)" if classes > 1 else f"CHOOSE({t}+1,{weight[0]})")

        def all_of(tensor: str) -> Rule:
            whole = tuple(slice(0, n) for n in target.shape)
            return lambda: call("NLLLoss", "SUM", ranges(at[tensor], whole))

        each = Pointwise("{}*{}".format, picked, weights)
        shown: Rules = {"picked": pick, "weights": weigh}
        if self.reduction == "none":
            return {**shown, "out": each}
        if self.reduction == "sum":
            return {**shown, "each": each, "out": all_of("each")}
        mean = f"{at['sum'][()]}/{at['total'][()]}"
        return {**shown, "each": each, "sum": all_of("each"), "total": all_of("weights"), "out": lambda: mean}

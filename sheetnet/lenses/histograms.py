"""Lenses that count numbers: how many are at most a limit, and how many lie in each bin of a histogram.

    at_most     how many of the chosen layer's x are at most the limit
    bins        step = max(|least|, |most|) / (count // 2);  edge[k] = (k - count // 2 + 0.5) * step
    histogram   out[k] = how many of the chosen layer's x are below edge[k] and in no bin before

The count of bins is odd, so that 0 lies in the middle of a bin and not on an edge. A number on an edge may count on
either side, since programs differ about the last digit. The step has few digits, because COUNTIF takes an edge as
text.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks
from sheetnet.lenses.base import (
    TIED,
    Array,
    Lens,
    Rules,
    Shapes,
    Single,
    Values,
    choose,
    decimal,
    each_block,
    layer_cell,
    ranges,
)
from sheetnet.lenses.elements import About, each, number, numbers, of_layer, single, spellings, words

DIGITS, LEAST = 6, 0.0001  # decimals of a step; bins reach at least this far from 0, also for a layer of zeros
SHOWN = 3  # decimals of the middle of a bin


@dataclass(frozen=True, slots=True)
class AtMost(Single):
    """out (): how many numbers of the one of x1, x2, ... that has the number ``layer`` are at most ``limit``."""

    kind = "at_most"

    limit: int = 0

    def forward(self, v: Values) -> None:
        """Counts the numbers; one near the limit may count or not."""
        x = _chosen(v)
        v["out"] = single(nan if x is None else _below(x, float(self.limit), equal=True))

    def forward_cells(self, at: Blocks) -> Rules:
        """COUNTIF for each rectangle."""
        blocks = each_block(at)
        return {"out": lambda: choose(layer_cell(at), [_countif(block, f'"<={self.limit}"') for block in blocks])}


@dataclass(frozen=True, slots=True)
class Bins(Lens):
    """step (), edge (count,), out (count,): where bins from ``least`` to ``most`` end, and their middles."""

    kind = "bins"

    count: int

    def __post_init__(self) -> None:
        if self.count < 3 or self.count % 2 == 0:
            raise NetworkError(f"bins: count is {self.count!r}; use an odd number of 3 or more")

    def tensors(self, of: Shapes) -> Shapes:
        """A step, and two columns."""
        return {"step": (), "edge": (self.count,), "out": (self.count,)}

    def forward(self, v: Values) -> None:
        """Rounds step and middles; a number halfway between two may be rounded either way."""
        half = self.count // 2
        most = max(abs(number(v["least"])), abs(number(v["most"])), LEAST)
        v["step"] = single(_rounded(most / half, DIGITS) if most < np.inf else nan)
        step = number(v["step"])
        v["edge"] = (np.arange(self.count) - half + 0.5) * step
        v["out"] = words([_rounded((k - half) * step, SHOWN) for k in range(self.count)])

    def forward_cells(self, at: Blocks) -> Rules:
        """ROUND for the step and the middles; an edge is a multiple of the step."""
        half, least, most, step = self.count // 2, at["least"][()], at["most"][()], at["step"][()]
        return {
            "step": lambda: f"ROUND(MAX(ABS({least}),ABS({most}),{decimal(LEAST)})/{half},{DIGITS})",
            "edge": lambda k: f"{decimal(k - half + 0.5)}*{step}",
            "out": lambda k: f"ROUND({k - half}*{step},{SHOWN})",
        }


@dataclass(frozen=True, slots=True)
class Histogram(Lens):
    """out (n,): how many numbers of the one of x1, x2, ... that has the number ``layer`` are in each bin.

    ``edge`` (n,): where the bins end.
    """

    kind = "histogram"

    def tensors(self, of: Shapes) -> Shapes:
        """A count for each edge."""
        return {"out": of["edge"]}

    def forward(self, v: Values) -> None:
        """Counts the numbers below each edge, and subtracts those that the bins before have counted."""
        x, edges = _chosen(v), numbers(v["edge"]).tolist()
        if x is None or any(map(isnan, edges)):
            v["out"] = words([nan] * len(edges))
            return
        below = [_below(x, edge, equal=False) for edge in edges]
        v["out"] = np.diff([float(n) for n in below], prepend=0.0)
        counted = numbers(v["out"])
        before = (np.cumsum(counted) - counted).tolist()
        less = zip(below, before, strict=True)
        v["out"] = words([About(n - b, n.least - b, n.most - b) for n, b in less])

    def forward_cells(self, at: Blocks) -> Rules:
        """COUNTIF for each rectangle, less the SUM of the counts above."""
        blocks, edge, out = each_block(at), at["edge"], at["out"]

        def rule(k: int) -> str:
            counts = choose(layer_cell(at), [_countif(block, f'"<"&{edge[k]}') for block in blocks])
            return f"{counts}-SUM({out[:k]})" if k else counts

        return {"out": rule}


def _chosen(v: Values) -> Array | None:
    """The numbers of the chosen layer, without errors. None where there is no such layer."""
    tensors = each(v)
    layer = of_layer(v, len(tensors))
    if layer is None:
        return None
    x = numbers(tensors[layer]).ravel()
    return x[np.isfinite(x)]


def _below(x: Array, edge: float, *, equal: bool) -> About:
    """How many numbers are below an edge, or on it."""
    room = TIED * (1 + abs(edge))
    count = int((x <= edge).sum() if equal else (x < edge).sum())
    return About(count, int((x < edge - room).sum()), int((x <= edge + room).sum()))


def _rounded(value: float, digits: int) -> float:
    """A rounded number, with both results where engines round differently; nan for nan."""
    if isnan(value):
        return nan
    ways = [float(text) for text in spellings(value, digits)]
    return About(ways[0], min(ways), max(ways))


def _countif(block: Block, condition: str) -> str:
    return "+".join(f"COUNTIF({place},{condition})" for place in ranges(block))

"""Lenses of scores: an exponential that may be too large for a cell, and the rank of each score.

exp_or out = e^x, or a word where x is above 700
rank   out[i] = 1 + how many scores are larger than x[i]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.lenses.base import TIED, Lens, Rules, Shapes, Values, quoted
from sheetnet.lenses.elements import About, numbers, words

LARGEST = 700  # e^710 is too large for a cell


@dataclass(frozen=True, slots=True)
class ExpOr(Lens):
    """out: e^x of each number, or the word ``lost`` where no cell can hold it."""

    kind = "exp_or"

    lost: str

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of what is read."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The exponential of those that are small enough."""
        x = numbers(v["x"])
        power = np.exp(np.minimum(x, LARGEST))
        v["out"] = np.where(x > LARGEST, self.lost, power.astype(object)) if (x > LARGEST).any() else power

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x>700,lost,EXP(x))."""
        x = at["x"]
        return {"out": lambda *i: f"IF({x[i]}>{LARGEST},{quoted(self.lost)},EXP({x[i]}))"}


@dataclass(frozen=True, slots=True)
class Rank(Lens):
    """out (n,): the rank of each score x (n,), 1 for the largest; equal ones have the same. To 1e-12 any is right."""

    kind = "rank"

    def tensors(self, of: Shapes) -> Shapes:
        """A rank beside each score."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Compares each with each."""
        x = numbers(v["x"])
        room = TIED * (1 + np.abs(x))
        larger = [(x > one).sum() + 1.0 for one in x]
        sure = [(x > one + by).sum() + 1.0 for one, by in zip(x, room, strict=True)]
        most = [(x > one - by).sum() - 0.0 for one, by in zip(x, room, strict=True)]
        pairs = zip(larger, sure, most, strict=True)
        lost = np.isnan(x).any()
        v["out"] = words([np.nan if lost else About(rank, least, last) for rank, least, last in pairs])

    def forward_cells(self, at: Blocks) -> Rules:
        """RANK."""
        x = at["x"]
        every = x.viewed(x.seen_from, absolute=True)[:]
        return {"out": lambda i: f"RANK({x[i]},{every})"}

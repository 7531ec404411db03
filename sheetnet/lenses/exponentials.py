"""Lenses around a softmax: a hard maximum, a table of e^x for work with a pencil, and lines that say a formula.

    hard_max   out[i] = 1 for the first x[i] that is the largest, to 1e-12; 0 for all others
    exp_table  out[r, c] = e^(down[r] + across[c])
    lines      "Cat: e^(2 − 5) = e^(−3) = 0.0498"      the pieces, one after the other, in each line

In a line a negative number has a true minus, and brackets where it follows a sign: e^(−2 − (−5)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import TIED, Lens, Rules, Shapes, Values, decimal, quoted, ranges
from sheetnet.lenses.elements import About, Said, is_lost, joined, number, numbers, rounded, words
from sheetnet.lenses.sentences import Piece, bracketed, bracketed_cell

NEAR = 0.01  # of the tolerance of a tie: where engines may differ about it


@dataclass(frozen=True, slots=True)
class HardMax(Lens):
    """out (n,): 1 for the first of the shares x (n,) that is the largest, to 1e-12, and 0 for all others."""

    kind = "hard_max"

    def tensors(self, of: Shapes) -> Shapes:
        """A number beside each share."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Either is right for shares whose distance from the largest is so near the tolerance that engines differ."""
        x = numbers(v["x"])
        below = x.max() - x
        made = np.zeros(x.shape)
        made[int(np.argmax(below <= TIED))] = 1.0
        if np.isnan(below).any():
            v["out"] = np.full(x.shape, nan)
        elif (np.abs(below - TIED) <= NEAR * TIED).any():
            near = below <= (1 + NEAR) * TIED
            v["out"] = words([About(made[i], 0.0, 1.0) if near[i] else made[i] for i in range(len(made))])
        else:
            v["out"] = made

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(AND(x>=MAX(x)-0.000000000001,SUM(the cells above)=0),1,0)."""
        x, out = at["x"], at["out"]
        [every] = ranges(x)

        def rule(i: int) -> str:
            largest = f"{x[i]}>=MAX({every})-{decimal(TIED)}"
            return f"IF(AND({largest},SUM({out[:i]})=0),1,0)" if i else f"IF({largest},1,0)"

        return {"out": rule}


@dataclass(frozen=True, slots=True)
class ExpTable(Lens):
    """out (r, c): e to the power of each of ``down`` (r,) and each of ``across`` (c,) together."""

    kind = "exp_table"

    def tensors(self, of: Shapes) -> Shapes:
        """A cell for each pair."""
        return {"out": (*of["down"], *of["across"])}

    def forward(self, v: Values) -> None:
        """All sums, then all exponentials; nan where one is too large for a cell."""
        power = np.exp(numbers(v["down"])[:, None] + numbers(v["across"])[None, :])
        v["out"] = np.where(np.isfinite(power), power, nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """EXP(down+across)."""
        down, across = at["down"], at["across"]
        return {"out": lambda r, c: f"EXP({down[r]}+{across[c]})"}


@dataclass(frozen=True, slots=True)
class Lines(Lens):
    """out (n,): in each line the pieces, one after the other.

    A piece is a text; or (own name,) for words that are read; or (own name, digits) for a number that is rounded, and
    has brackets where it is negative, but for one that begins what the text before it opens with "("; or (own name,
    digits, exact, nearly) with the text before it: ``exact`` where rounding changes nothing, to 1e-12, and leaves no
    0: a power is never 0. What is read has n elements, or a single one for all lines.
    """

    kind = "lines"
    says = True

    pieces: tuple[Piece, ...]

    def tensors(self, of: Shapes) -> Shapes:
        """As many lines as there are elements."""
        counts = {shape for shape in of.values() if shape}
        if len(counts) != 1:
            raise NetworkError(f"lines: {sorted(counts)} are read; all but single elements need one count")
        return {"out": counts.pop()}

    def forward(self, v: Values) -> None:
        """Each line with all its right spellings."""
        names = [piece[0] for piece in self.pieces if not isinstance(piece, str)]
        read = {own: np.asarray(v[own], dtype=object) for own in names}
        count = max((x.size for x in read.values() if x.ndim), default=0)
        v["out"] = words([self._line(read, i) for i in range(count)])

    def _line(self, read: dict[str, Any], i: int) -> Any:
        said: list[Sequence[str]] = []
        for k, piece in enumerate(self.pieces):
            if isinstance(piece, str):
                said.append((piece,))
                continue
            before = self.pieces[k - 1] if k else ""
            begins = isinstance(before, str) and before.endswith("(")
            x = read[piece[0]]
            value = x[i] if x.ndim else x.item()
            if is_lost(value) or (len(piece) > 1 and isnan(number(value))):
                return nan
            if len(piece) > 2:
                said.append(_before(number(value), *piece[1:]))
            said += joined(value) if len(piece) == 1 else bracketed(number(value), piece[1], not begins)
        return Said(said)

    def forward_cells(self, at: Blocks) -> Rules:
        """Texts and ROUND, joined by &; IF puts brackets around a negative number."""

        def part(before: Piece, piece: Piece, i: int) -> str:
            if isinstance(piece, str):
                return quoted(piece)
            block = at[piece[0]]
            cell = block[i] if block.shape else block[()]
            if len(piece) == 1:
                return cell
            shown = f"ROUND({cell},{piece[1]})"
            if len(piece) == 2:
                return bracketed_cell(shown, before[-1:] != "(")
            exact, nearly = map(quoted, piece[2:])
            told = f"IF(AND(ABS({cell}-{shown})<={decimal(TIED)},{shown}<>0),{exact},{nearly})"
            return f"{told}&{bracketed_cell(shown)}"

        pairs = tuple(zip(("", *self.pieces), self.pieces, strict=False))
        return {"out": lambda i: "&".join(part(before, piece, i) for before, piece in pairs)}


def _before(value: float, digits: int, exact: str, nearly: str) -> Sequence[str]:
    """Numbers: the text before a rounded number; both where engines may differ about how near it is."""
    shown = rounded(value, digits)
    off = abs(value - shown)
    if shown == 0:
        return (nearly,)
    if abs(off - TIED) <= NEAR * TIED:
        return (exact, nearly)
    return (exact if off <= TIED else nearly,)

"""Lenses of a fingerprint: a few numbers that sum up a tensor, and how far they are from those that were stored.

    fingerprint   count, sum of squares, least, most, and sum of x1, x2, ...
    seal          sum of factor * pattern * x
    apart         the largest of |live - stored| / size

A fingerprint does not depend on the order of the numbers; the seal does. The numbers of its pattern are all
different. So are its factors: each rectangle has one, and a rectangle larger than the pattern has one for each part.
Factors 1, 2, 3 would be worse: where one number of the pattern is twice another, two maps could exchange their
numbers there and the seal would stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import fsum, nan, sqrt
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks
from sheetnet.lenses.base import Array, Lens, Rules, Shapes, Single, Values, decimal, each_block, ranges
from sheetnet.lenses.elements import About, each, number, numbers, single, summands

FUNCTIONS = {"count": "COUNT", "squares": "SUMSQ", "least": "MIN", "most": "MAX", "out": "SUM"}
LIVE = ("count", "sum", "squares", "least", "most", "seal")
DIGITS, STEP = 10_000, 7549  # factors have four digits and differ by 0.7549, the inverse of the plastic number
ROUNDING = 1e-12  # by how much two sums may differ, relative to the sum of the absolute values


@dataclass(frozen=True, slots=True)
class Fingerprint(Lens):
    """count (), squares (), least (), most (), and the sum out (), of all numbers of the rectangles x1, x2, ...

    Blank cells and words are passed over.
    """

    kind = "fingerprint"

    def tensors(self, of: Shapes) -> Shapes:
        """Single numbers."""
        _refuse_others("fingerprint", of)
        return dict.fromkeys(FUNCTIONS, ())

    def forward(self, v: Values) -> None:
        """Sums exactly, so that the stored value is the same on every processor; nan where an error is among them."""
        raw = each(v)
        lost = any(np.isnan(summands(cells)).any() for cells in raw)
        every = np.concatenate([numbers(cells).ravel() for cells in raw])
        found = every[np.isfinite(every)]
        v["count"] = single(float(found.size))
        v["squares"] = single(nan) if lost else _exact(found * found)
        v["least"] = single(nan if lost else float(found.min()) if found.size else 0.0)
        v["most"] = single(nan if lost else float(found.max()) if found.size else 0.0)
        v["out"] = single(nan) if lost else _exact(found)

    def forward_cells(self, at: Blocks) -> Rules:
        """The functions of all rectangles."""
        cells = ",".join(place for block in each_block(at) for place in ranges(_part(block, 0, 0, *block.shape)))
        return {own: partial(str, f"{function}({cells})") for own, function in FUNCTIONS.items()}


@dataclass(frozen=True, slots=True)
class Seal(Lens):
    """out (): the sum of all numbers of the rectangles x1, x2, ... times the ``pattern`` (rows, columns).

    Blank cells and words count as 0.
    """

    kind = "seal"

    def tensors(self, of: Shapes) -> Shapes:
        """A single number."""
        _refuse_others("seal", of)
        return {"out": ()}

    def forward(self, v: Values) -> None:
        """Sums exactly, too."""
        pattern = numbers(v["pattern"])
        v["out"] = _exact(np.concatenate(list(_weighted([summands(cells) for cells in each(v)], pattern))))

    def forward_cells(self, at: Blocks) -> Rules:
        """A SUMPRODUCT for each rectangle, or each part of a large one."""
        return {"out": lambda: "+".join(_terms(each_block(at), at["pattern"]))}


def _refuse_others(who: str, of: Shapes) -> None:
    if any(len(shape) != 2 for shape in of.values()):
        raise NetworkError(f"{who}: reads rectangles only; give it areas of two axes")


def _exact(terms: Array) -> Any:
    """The exact sum, and around it what engines may find that round after every addition."""
    try:
        total, size = fsum(terms.ravel().tolist()), fsum(np.abs(terms).ravel().tolist())
    except (OverflowError, ValueError):  # larger than any number, or an error among them
        return single(nan)
    return single(About(total, total - ROUNDING * size, total + ROUNDING * size) if size < np.inf else nan)


def _weighted(parts: list[Array], pattern: Array) -> Iterator[Array]:
    """Every number times its part of the pattern and its factor."""
    high, wide = pattern.shape
    tile = 0
    for part in parts:
        for top in range(0, part.shape[0], high):
            for left in range(0, part.shape[1], wide):
                x = part[top : top + high, left : left + wide]
                yield ((DIGITS + tile * STEP % DIGITS) / DIGITS * (x * pattern[: x.shape[0], : x.shape[1]])).ravel()
                tile += 1


def _terms(blocks: list[Block], pattern: Block) -> Iterator[str]:
    """The products of the seal, one for each rectangle or part of one."""
    tile = 0
    for block in blocks:
        rows, columns = block.shape
        for top in range(0, rows, pattern.shape[0]):
            for left in range(0, columns, pattern.shape[1]):
                size = min(rows - top, pattern.shape[0]), min(columns - left, pattern.shape[1])
                [x], [weight] = ranges(_part(block, top, left, *size)), ranges(_part(pattern, 0, 0, *size))
                # Gnumeric's SUMPRODUCT fails on a single blank cell, so SUM reads it.
                product = f"SUM({x})*{weight}" if size == (1, 1) else f"SUMPRODUCT({x},{weight})"
                factor = decimal((DIGITS + tile * STEP % DIGITS) / DIGITS)
                yield product if tile == 0 else f"{factor}*{product}"
                tile += 1


def _part(block: Block, top: int, left: int, rows: int, columns: int) -> Block:
    """Some cells of a rectangle."""
    return Block((rows, columns), (block.cell(top, left),), block.steps, block.seen_from)


@dataclass(frozen=True, slots=True)
class Apart(Single):
    """out (): how far a live fingerprint is from the one in ``stored``: sum, squares, least, most, perhaps a seal.

    ``count``, ``sum``, ``squares``, ``least``, ``most``, perhaps ``seal``: the live numbers; ``counted``: how many
    numbers there should be. out is the largest difference. Each is relative to 1 + |stored|, but that of the sum is
    relative to 1 + sqrt(counted * squares), and that of the seal to 1 + sqrt(squares), since both may be near 0.
    """

    kind = "apart"

    def forward(self, v: Values) -> None:
        """The largest difference; nan where one cannot be computed."""
        stored, counted = numbers(v["stored"]).tolist(), number(v["counted"])
        live = [number(v[own]) for own in LIVE if own in v]
        squares = stored[1]
        if not (counted >= 0 and squares >= 0):
            v["out"] = np.array(nan)
            return
        sizes = [1.0, 1 + sqrt(counted * squares), *(1 + abs(old) for old in stored[1:4]), 1 + sqrt(squares)]
        pairs = zip(live, [counted, *stored], sizes[: len(live)], strict=True)
        away = [abs(new - old) / size for new, old, size in pairs]
        v["out"] = np.array(max(away) if not np.isnan(away).any() else nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """MAX of the absolute differences, each divided by its size."""
        stored, counted = at["stored"].viewed(at["stored"].seen_from, absolute=True), at["counted"][()]
        sizes = [f"SQRT({counted}*{stored[1]})", *(f"ABS({stored[k]})" for k in (1, 2, 3)), f"SQRT({stored[1]})"]
        first, *rest = (at[own][()] for own in LIVE if own in at)
        apart = [f"ABS({first}-{counted})"]
        for k, new in enumerate(rest):
            apart.append(f"ABS({new}-{stored[k]})/(1+{sizes[k]})")
        return {"out": lambda: f"MAX({','.join(apart)})"}

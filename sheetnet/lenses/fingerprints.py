"""Lenses of a fingerprint: a few numbers of all the numbers of a tensor, and how far they are from those stored.

    fingerprint   count, sum of squares, least, most, and sum of x1, x2, ...
    seal          sum of factor * pattern * x
    apart         the largest of |live - stored| / size

A fingerprint does not depend on the order of the numbers; the seal does. The numbers of its pattern are all
different, and so are its factors, one for each rectangle, or each part of one that is larger than the pattern.
Factors 1, 2, 3 would do less well: where one number of the pattern is twice another, two maps could exchange what
stands there.
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
DIGITS, STEP = 10_000, 7549  # of factors: four digits, in steps of the inverse of the plastic number
ROUNDING = 1e-12  # by how much sums may differ, relative to the sizes of what is added up


@dataclass(frozen=True, slots=True)
class Fingerprint(Lens):
    """count, squares, least, most and their sum, out (): of all numbers of the rectangles x1, x2, ...

    Blank cells and words are passed over.
    """

    kind = "fingerprint"

    def tensors(self, of: Shapes) -> Shapes:
        """Single numbers."""
        _refuse_others("fingerprint", of)
        return dict.fromkeys(FUNCTIONS, ())

    def forward(self, v: Values) -> None:
        """Exact sums, so that what is stored does not depend on the processor; nan where an error is among them."""
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
        """An exact sum as well."""
        pattern = numbers(v["pattern"])
        v["out"] = _exact(np.concatenate(list(_weighted([summands(cells) for cells in each(v)], pattern))))

    def forward_cells(self, at: Blocks) -> Rules:
        """A SUMPRODUCT for each rectangle, or each part of a large one."""
        return {"out": lambda: "+".join(_terms(each_block(at), at["pattern"]))}


def _refuse_others(who: str, of: Shapes) -> None:
    if any(len(shape) != 2 for shape in of.values()):
        raise NetworkError(f"{who}: reads rectangles only")


def _exact(terms: Array) -> Any:
    """A sum, rounded once; about as large as others make it who round at each step."""
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
    number_of = 0
    for block in blocks:
        rows, columns = block.shape
        for top in range(0, rows, pattern.shape[0]):
            for left in range(0, columns, pattern.shape[1]):
                size = min(rows - top, pattern.shape[0]), min(columns - left, pattern.shape[1])
                [x], [weight] = ranges(_part(block, top, left, *size)), ranges(_part(pattern, 0, 0, *size))
                # Gnumeric multiplies no single cell that is blank, so its sum is taken.
                product = f"SUM({x})*{weight}" if size == (1, 1) else f"SUMPRODUCT({x},{weight})"
                factor = decimal((DIGITS + number_of * STEP % DIGITS) / DIGITS)
                yield product if number_of == 0 else f"{factor}*{product}"
                number_of += 1


def _part(block: Block, top: int, left: int, rows: int, columns: int) -> Block:
    """Some cells of a rectangle."""
    return Block((rows, columns), (block.cell(top, left),), block.steps, block.seen_from)


@dataclass(frozen=True, slots=True)
class Apart(Single):
    """out (): how far a live fingerprint is from the one in ``stored``: sum, squares, least, most, perhaps a seal.

    ``count``, ``sum``, ``squares``, ``least``, ``most``, perhaps ``seal``: what is live; ``counted``: how many
    numbers there should be. The largest of the differences relative to 1 + |stored|; that of the sum relative to
    1 + sqrt(counted * squares), that of the seal to 1 + sqrt(squares), since both may be near 0.
    """

    kind = "apart"

    def forward(self, v: Values) -> None:
        """The largest; nan where one cannot be had."""
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
        """MAX of ABS, by size."""
        stored, counted = at["stored"].viewed(at["stored"].seen_from, absolute=True), at["counted"][()]
        sizes = [f"SQRT({counted}*{stored[1]})", *(f"ABS({stored[k]})" for k in (1, 2, 3)), f"SQRT({stored[1]})"]
        first, *rest = (at[own][()] for own in LIVE if own in at)
        apart = [f"ABS({first}-{counted})"]
        for k, new in enumerate(rest):
            apart.append(f"ABS({new}-{stored[k]})/(1+{sizes[k]})")
        return {"out": lambda: f"MAX({','.join(apart)})"}

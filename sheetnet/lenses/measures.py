"""Lenses that measure: they make one number of all the numbers in some cells.

measure      SUM, SUMSQ, MIN, MAX, COUNT or AVERAGE of x1, x2, ...; blank cells and words are passed over
texts        how many cells of x hold words
sumproduct   sum of x * weight, cell by cell; blank cells count as 0
sum_if       sum of x where which = value
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Anchor, Block, Blocks
from sheetnet.lenses.base import (
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
    single_of_pair,
)
from sheetnet.lenses.elements import each, is_lost, numbers, of_layer, summands

FUNCTIONS: Mapping[str, Callable[[Array], float]] = {
    "SUM": lambda x: float(x.sum()),
    "SUMSQ": lambda x: float((x**2).sum()),
    "MIN": lambda x: float(x.min(initial=np.inf)) if x.size else 0.0,
    "MAX": lambda x: float(x.max(initial=-np.inf)) if x.size else 0.0,
    "COUNT": lambda x: float(x.size),
    "AVERAGE": lambda x: float(x.mean()) if x.size else float("nan"),
}


@dataclass(frozen=True, slots=True)
class Measure(Single):
    """out (): a ``function`` of all numbers of x1, x2, ...; with a ``layer``, only of the x of that layer."""

    kind = "measure"

    function: str

    def __post_init__(self) -> None:
        if self.function not in FUNCTIONS:
            raise NetworkError(f"measure: {shown(self.function)} is none of {', '.join(FUNCTIONS)}")

    def forward(self, v: Values) -> None:
        """The function of the numbers that there are; nan where an error is among them."""
        cells = each(v)
        if "layer" in v:
            chosen = of_layer(v, len(cells))
            cells = [] if chosen is None else [cells[chosen]]
        v["out"] = np.array(self._of(cells) if cells else np.nan)

    def _of(self, cells: list[object]) -> float:
        found = []
        for one in cells:
            raw = np.asarray(one)
            if raw.dtype == object and any(map(is_lost, raw.ravel().tolist())):
                return float("nan")
            if raw.dtype != object and np.isnan(raw).any():
                return float("nan")
            flat = numbers(raw).ravel()
            found.append(flat[np.isfinite(flat)])
        return FUNCTIONS[self.function](np.concatenate(found))

    def forward_cells(self, at: Blocks) -> Rules:
        """The function of all ranges; with a choice of the layer, CHOOSE takes the function of one of them."""
        blocks = each_block(at)
        if "layer" in at:
            return {"out": lambda: choose(layer_cell(at), [self._over([block]) for block in blocks])}
        return {"out": lambda: self._over(blocks)}

    def _over(self, blocks: list[Block]) -> str:
        return f"{self.function}({','.join(runs(blocks))})"


@dataclass(frozen=True, slots=True)
class Texts(Single):
    """out (): how many cells of ``x``, one rectangle, hold words; a formula that gives "" counts as blank.

    Spreadsheets count truth values and errors in different ways: where there is one, the count is not known.
    """

    kind = "texts"

    def forward(self, v: Values) -> None:
        """Counts the words that are not empty."""
        flat = np.asarray(v["x"], dtype=object).ravel().tolist()
        odd = any(isinstance(one, bool) or is_lost(one) for one in flat)
        v["out"] = np.array(np.nan if odd else float(sum(isinstance(one, str) and one != "" for one in flat)))

    def forward_cells(self, at: Blocks) -> Rules:
        """All cells but the blank ones and the numbers. COUNTIF with a pattern counts numbers in LibreOffice."""
        x = at["x"]
        [cells] = ranges(x)
        return {"out": lambda: f"{prod(x.shape)}-COUNTBLANK({cells})-COUNT({cells})"}


def runs(blocks: Sequence[Block]) -> list[str]:
    """Some tensors as ranges. Single values that stand below each other become one range."""
    found: list[str] = []
    first = last = None
    for block in blocks:
        at = block.anchors[0] if block.shape == () and isinstance(block, Block) else None
        if not isinstance(block, Block):
            found.append(block[()])
        elif at is None:
            found += places(block)
        elif first is not None and last is not None and at == Anchor(last.sheet, last.row + 1, last.column):
            rows = at.row - first.row + 1
            found[-1] = ranges(Block((rows,), (first,), ((1, 0),), block.seen_from))[0]
        else:
            found.append(block[()])
            first = at
        last = at
    return found


def places(block: Block) -> list[str]:
    """The rectangles of a tensor as ranges. A single rectangle is written so that it moves with its formula."""
    if len(block.anchors) > 1 or len(block.shape) > 2 or block.absolute:
        return ranges(block)
    return [block.spread(*(slice(None),) * len(block.shape))] if block.shape else [block[()]]


@dataclass(frozen=True, slots=True)
class SumProduct(Lens):
    """out (): the sum of x times weight, cell by cell, of two rectangles of one size."""

    kind = "sumproduct"

    def tensors(self, of: Shapes) -> Shapes:
        """One number."""
        return single_of_pair(self.kind, of, "x", "weight")

    def forward(self, v: Values) -> None:
        """Blank cells and words count as 0; an error is nan."""
        x, weight = (summands(v[own]) for own in ("x", "weight"))
        v["out"] = np.array((x * weight).sum())

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMPRODUCT."""
        x, weight = (places(at[own])[0] for own in ("x", "weight"))
        return {"out": lambda: f"SUMPRODUCT({x},{weight})"}


@dataclass(frozen=True, slots=True)
class SumIf(Lens):
    """out (): the sum of those x beside which ``which``, as long as x, has the ``value``."""

    kind = "sum_if"

    value: float

    def tensors(self, of: Shapes) -> Shapes:
        """One number."""
        return single_of_pair(self.kind, of, "x", "which")

    def forward(self, v: Values) -> None:
        """Only the x beside the value are added; an error beside another value does not matter."""
        v["out"] = np.array(summands(v["x"])[numbers(v["which"]) == self.value].sum())

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMIF."""
        x, which = (places(at[own])[0] for own in ("x", "which"))
        return {"out": lambda: f"SUMIF({which},{decimal(self.value)},{x})"}

"""Parts of tensors that meet element by element, as the fewest ranges of equal form.

    sum over o, i, j of dout[o, y+i, x+j] * turned[c, o, i, j]     SUMPRODUCT(D9:F14,$K$9:$M$14)+...

A range of SUMPRODUCT has the rows and columns of its partner, and the elements lie in the same order in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from math import prod

from sheetnet.grid import Block, Shape
from sheetnet.layers.ranges import Part, call, fitting

Cuts = tuple[int, ...]  # which of the slices of a part are taken apart, by their number


class Matched:
    """Cuts parts of some blocks into ranges of equal form; it remembers how, since neighbours are cut alike."""

    def __init__(self, *blocks: Block) -> None:
        self._blocks = blocks
        self._known: dict[tuple[Shape, tuple[Shape, ...]], Cuts] = {}

    def __call__(self, *parts: Part) -> list[tuple[str, ...]]:
        """The ranges, one of each block at a time. The slices of all parts have the same lengths, in this order."""
        axes = tuple(tuple(k for k, i in enumerate(part) if isinstance(i, slice)) for part in parts)
        lengths = tuple(i.stop - i.start for i in parts[0] if isinstance(i, slice))
        key = lengths, axes
        if key not in self._known:
            self._known[key] = self._cuts(lengths, axes)
        cuts = self._known[key]
        firsts = [[i.start if isinstance(i, slice) else i for i in part] for part in parts]
        rest = [(number, n - 1) for number, n in enumerate(lengths) if number not in cuts]
        found = []
        for steps in product(*(range(lengths[number]) for number in cuts)):
            texts = []
            for block, first, own in zip(self._blocks, firsts, axes, strict=True):
                index = first.copy()
                for number, step in zip(cuts, steps, strict=True):
                    index[own[number]] += step
                at = block.cell(*index)
                if rest:
                    for number, more in rest:
                        index[own[number]] += more
                    texts.append(block.between(at, block.cell(*index)))
                else:
                    texts.append(block.written(at))
            found.append(tuple(texts))
        return found

    def _cuts(self, lengths: Shape, axes: tuple[Shape, ...]) -> Cuts:
        """The slices to take apart so that the fewest ranges are left."""
        ones = tuple(number for number, n in enumerate(lengths) if n == 1)
        longer = [number for number in range(len(lengths)) if number not in ones]
        choices = [cuts for count in range(len(longer) + 1) for cuts in combinations(longer, count)]
        for cuts in sorted(choices, key=lambda cuts: prod(lengths[number] for number in cuts)):
            kept = [number for number in longer if number not in cuts]
            if self._alike(kept, lengths, axes):
                return tuple(sorted((*ones, *cuts)))
        raise AssertionError("a single cell is always a range")

    def _alike(self, kept: list[int], lengths: Shape, axes: tuple[Shape, ...]) -> bool:
        """Whether these slices are one rectangle in every block, and all of them walk through it alike."""
        walks = []
        for block, own in zip(self._blocks, axes, strict=True):
            lead = len(block.shape) - len(block.steps)
            if any(own[number] < lead for number in kept):  # its anchors lie apart
                return False
            walks.append([block.steps[own[number] - lead] for number in kept])
        if any(walk != walks[0] for walk in walks):
            return False
        rows, columns = (
            1 + sum((lengths[number] - 1) * step[k] for number, step in zip(kept, walks[0], strict=True))
            for k in (0, 1)
        )
        return rows * columns == prod(lengths[number] for number in kept)


def fixed(block: Block) -> Block:
    """The same cells, written $B$5: they stay put where a formula is copied."""
    return block.viewed(block.seen_from, absolute=True)


def sum_of_products(pairs: Iterable[tuple[str, ...]]) -> list[str]:
    """SUMPRODUCT(a,b) of each pair of ranges, a*b of single cells."""
    return [f"SUMPRODUCT({a},{b})" if ":" in a else f"{a}*{b}" for a, b in pairs]


def added(who: str, terms: list[str]) -> str:
    """The sum of terms, 0 where there is none; NetworkError where it is too long for a cell."""
    return fitting(who, "+".join(terms)) if terms else "0"


def total(who: str, found: list[tuple[str, ...]]) -> str:
    """The sum of some ranges; of a single cell, the cell."""
    texts = [text for (text,) in found]
    return texts[0] if len(texts) == 1 and ":" not in texts[0] else call(who, "SUM", texts)

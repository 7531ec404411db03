"""Which cells a fingerprint reads, whether a formula can seal their order, and the pattern that a seal takes.

    pattern[r, c] = (1717^(k + 1) mod 4099) / 4099 - 0.5,  k = r * columns + c

The powers of a primitive root take each number below the prime once, so they are spread evenly, and look random.
Multiples of one number would be spread as evenly, but two columns of them differ by the same amount in every row, so
the seal would not notice when columns with equal sums are exchanged. The numbers lie around 0, so that the sum stays
small and an exchange of two pixels of nearly the same light changes more than its last digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Anchor, Block
from sheetnet.layout import Plan, is_deep
from sheetnet.lenses import Area, Fingerprint, Seal
from sheetnet.operation import Array

PRIME, ROOT = 4099, 1717
LARGEST = 64  # rows and columns of the pattern, at most
MOST_PIECES = 200  # arguments of a function; Excel takes 255
LONGEST = 8000  # characters of a formula; Excel takes 8,192
EASY = 1500  # characters of a seal; where it would be longer, the rectangle around all filters is taken
SHORT = 800  # characters of a seal in a deep network: enough for all of ResNet-20


Lying = dict[str, list[tuple[str, Anchor, Anchor]]]  # sheet -> name, first and last cell of each rectangle on it


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprint of a tensor: its full name, the rectangles that are read, whether it has a seal."""

    full: str
    areas: tuple[Area, ...]
    sealed: bool


def pattern(rows: int, columns: int) -> Array:
    """Numbers of six digits between -0.5 and 0.5, all different."""
    powers = [pow(ROOT, k, PRIME) for k in range(1, rows * columns + 1)]
    return np.array([round(power / PRIME - 0.5, 6) for power in powers]).reshape(rows, columns)


def prints(plan: Plan, at: Anchor) -> Iterator[Print]:
    """The fingerprints that a formula can take of the tensors of a network. ``at``: where the pattern begins."""
    network = plan.network
    known = network.shapes.keys() | network.parameters.keys()
    whole = Block((LARGEST, LARGEST), (at,), ((1, 0), (0, 1)), at.sheet)
    most = SHORT if is_deep(network) else LONGEST
    lying: Lying = {}
    for full, block in plan.blocks.items():
        for first, last in block.rectangles():
            lying.setdefault(first.sheet, []).append((full, first, last))
    for full, block in plan.blocks.items():
        if full not in known:
            continue
        options = [_exact(full, block)]
        if around := _around(plan, full, block, lying):
            options.insert(0 if is_deep(network) else 1, (around,))
        fitting = [areas for areas in options if len(areas) <= MOST_PIECES and _longest(block, areas, at) <= LONGEST]
        if fitting:
            lengths = [_longest(block, areas, at, whole) for areas in fitting]
            number = next((k for k, length in enumerate(lengths) if length <= EASY), lengths.index(min(lengths)))
            yield Print(full, fitting[number], lengths[number] <= most)


def pattern_size(found: list[Print]) -> tuple[int, int]:
    """Rows and columns of the pattern that some fingerprints need."""
    sizes = [area.shape for one in found if one.sealed for area in one.areas]
    return min(LARGEST, max((rows for rows, _ in sizes), default=1)), min(
        LARGEST, max((columns for _, columns in sizes), default=1)
    )


def _exact(full: str, block: Block) -> tuple[Area, ...]:
    """The rectangles of a tensor."""
    return tuple(
        Area(full, number, 0, 0, (last.row - first.row + 1, last.column - first.column + 1))
        for number, (first, last) in enumerate(block.rectangles())
    )


def _around(plan: Plan, full: str, block: Block, lying: Lying) -> Area | None:
    """The rectangle around all filters of a layer, where only blank cells and labels lie between them, else None.

    Blank cells and labels count as 0 in a seal, and a fingerprint passes over them.
    """
    if full not in plan.network.parameters or len(block.anchors) == 1 or len({at.sheet for at in block.anchors}) > 1:
        return None
    corners = [corner for area in block.rectangles() for corner in area]
    rows, columns = [at.row for at in corners], [at.column for at in corners]
    top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
    for other, first, last in lying[corners[0].sheet]:
        apart = last.row < top or first.row > bottom or last.column < left or first.column > right
        if other != full and not apart:
            return None
    at = block.anchors[0]
    return Area(full, 0, top - at.row, left - at.column, (bottom - top + 1, right - left + 1))


def _longest(block: Block, areas: tuple[Area, ...], at: Anchor, whole: Block | None = None) -> int:
    """Characters of the longest formula of a fingerprint; with a pattern (``whole``), those of the seal."""
    seen = {f"x{k}": area.block(block).viewed(at.sheet) for k, area in enumerate(areas, 1)}
    if whole is None:
        return len(Fingerprint().forward_cells(seen)["squares"]())
    return len(Seal().forward_cells({**seen, "pattern": whole})["out"]())

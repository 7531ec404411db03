"""The record by which a workbook is verified: the network, its looks, and how all of it lies in named areas.

The record is JSON on the hidden sheet. Addresses are not in it: they are offsets in areas, see ``areas``. It is read
again in ``recall``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, product
from math import prod
from typing import Any

from sheetnet.grid import Block, Shape
from sheetnet.layout.areas import Rectangle, areas, homes, sheet_numbers
from sheetnet.layout.plan import Plan
from sheetnet.layout.spec import spec_of

VERSION = 4


def write_record(plan: Plan) -> dict[str, Any]:
    """The record of a plan, for ``json``."""
    known, numbers = areas(plan), sheet_numbers(plan)
    return {
        "sheetnet": VERSION,
        "network": plan.network.to_spec(),
        "areas": {
            name: [b.row - a.row + 1, b.column - a.column + 1, a.row, a.column] for name, (a, b) in known.items()
        },
        "blocks": {full: _written(plan, numbers, full, block, known) for full, block in plan.blocks.items()},
        "looks": {name: spec_of(look) for name, look in plan.looks.items()},
        "inputs": dict(plan.inputs),
    }


def _written(
    plan: Plan, numbers: Mapping[str, int], full: str, block: Block, known: Mapping[str, Rectangle]
) -> list[Any]:
    """A block as JSON: [shape, steps, [[area, row, column, shape of the run, steps of the run], ...]].

    A run is several anchors that lie evenly, see ``_runs``.
    """
    places = []
    here = list(homes(plan, numbers, full, block))
    for name, group in groupby(here, key=lambda home: home[0]):
        start = known[name][0]
        offsets = [(at.row - start.row, at.column - start.column) for _, at in group]
        places += [[name, *run] for run in _runs(offsets, _lead(block))]
    return [list(block.shape), [list(step) for step in block.steps], places]


def _lead(block: Block) -> Shape:
    return block.shape[: len(block.shape) - len(block.steps)]


def _runs(offsets: list[tuple[int, int]], lead: Shape) -> Iterator[list[Any]]:
    """Anchors that lie in an even pattern as their first, the shape of the pattern and its steps; else one by one."""
    first = offsets[0]
    if len(offsets) == prod(lead) and len(offsets) > 1:
        steps = []
        for axis in range(len(lead)):
            one = prod(lead[axis + 1 :])
            there = offsets[one] if lead[axis] > 1 else first
            steps.append((there[0] - first[0], there[1] - first[1]))
        if list(spread_out(first, lead, steps)) == offsets:
            yield [*first, list(lead), [list(step) for step in steps]]
            return
    for row, column in offsets:
        yield [row, column, [], []]


def spread_out(first: tuple[int, int], lead: Shape, steps: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places of an even pattern, row-major: its first place, its shape, and its steps along each axis."""
    pairs = list(steps)
    for index in product(*map(range, lead)):
        yield (
            first[0] + sum(i * down for i, (down, _) in zip(index, pairs, strict=True)),
            first[1] + sum(i * across for i, (_, across) in zip(index, pairs, strict=True)),
        )

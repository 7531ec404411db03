"""Tensors of any rank as grids: the last axis across, the one before it down, one matrix for each leading index.

    element (..., i, j) = matrix of (...), row i, column j       the matrices stand below each other

So any window of the last two axes is one rectangle. A vector is a column, and a single number is one cell. The
tensors and parameters of a layer stand side by side on its sheet. Where a convolution or a pooling reads a tensor
with padding, cells around its matrices are left blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.layout.plan import ACROSS, DOWN, FIRST
from sheetnet.layout.planner import Planner
from sheetnet.network import Node

LEFT = 3  # the first column of the first grid; names and numbers of rows stand before it
GAP = 2  # columns between grids: one is blank, one numbers the rows
BETWEEN = 2  # rows between matrices, for the name of the next one and the numbers of its columns
NONE = (0, 0, 0, 0)


def place_extra(planner: Planner, sheet: str, row: int) -> None:
    """Place the tensors that come from outside, side by side."""
    _side_by_side(planner, planner.plan.network.outside, sheet, row)


def place_grid(planner: Planner, node: Node) -> None:
    """Place the tensors of a layer, then its parameters, side by side."""
    of = planner.plan.network.input_shapes(node)
    shapes = {**node.layer.tensors(of), **node.layer.params(of)}
    named = {f"{node.name}.{own}": shape for own, shape in shapes.items()}
    _side_by_side(planner, named, planner.plan.sheets[node.name], FIRST + 2)


def _side_by_side(planner: Planner, shapes: Mapping[str, Shape], sheet: str, row: int) -> None:
    column = LEFT
    for name, shape in shapes.items():
        margin = planner.plan.margins.get(name, NONE)
        planner.place(name, grid_block(shape, sheet, row + 1, column, margin))
        column += (margin[1] + shape[-1] + margin[3] if len(shape) > 1 else 1) + GAP


def grid_block(shape: Shape, sheet: str, row: int, column: int, margin: Pads = NONE) -> Block:
    """The cells of a tensor, from ``row`` and ``column`` on. ``margin``: blank cells around each matrix."""
    if len(shape) < 2:
        return Block(shape, (Anchor(sheet, row, column),), (DOWN,) * len(shape))
    top, left, bottom, _ = margin
    height = top + shape[-2] + bottom + BETWEEN
    anchors = tuple(Anchor(sheet, row + top + height * number, column + left) for number in range(prod(shape[:-2])))
    return Block(shape, anchors, (DOWN, ACROSS))

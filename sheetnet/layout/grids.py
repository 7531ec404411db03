"""Tensors of any rank as grids: the last axis across, the one before it down, one matrix for each leading index.

    element (..., i, j) = matrix of (...), row i, column j       the matrices stand below each other

So any window of the last two axes is one rectangle. A column stands alone, and so does a single number. The tensors
and parameters of a layer stand side by side on its sheet. Around the matrices of a tensor that a convolution or a
pool reads with padding, cells are left blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from sheetnet.grid import Anchor, Block, Shape
from sheetnet.layers.window import Pads
from sheetnet.network import Network, Node

LEFT = 3  # the first column of the first grid; names and numbers of rows stand before it
GAP = 2  # columns between grids: one is blank, one numbers the rows
BETWEEN = 2  # rows between matrices: the name and the numbers of the columns of the next one
DOWN, ACROSS = (1, 0), (0, 1)
NONE = (0, 0, 0, 0)


def place_extra(network: Network, sheet: str, row: int, margins: Mapping[str, Pads]) -> dict[str, Block]:
    """The tensors that come from outside, side by side."""
    return _side_by_side(network.outside, sheet, row, margins)


def place_grid(network: Network, node: Node, sheet: str, row: int, margins: Mapping[str, Pads]) -> dict[str, Block]:
    """What a layer makes, then what it was given. ``margins``: blank cells around a tensor, by its full name."""
    of = network.input_shapes(node)
    shapes = {**node.layer.tensors(of), **node.layer.params(of)}
    return _side_by_side({f"{node.name}.{own}": shape for own, shape in shapes.items()}, sheet, row, margins)


def _side_by_side(shapes: Mapping[str, Shape], sheet: str, row: int, margins: Mapping[str, Pads]) -> dict[str, Block]:
    blocks, column = {}, LEFT
    for name, shape in shapes.items():
        pads = margins.get(name, NONE)
        blocks[name] = grid_block(shape, sheet, row + 1, column, pads)
        column += (pads[1] + shape[-1] + pads[3] if len(shape) > 1 else 1) + GAP
    return blocks


def grid_block(shape: Shape, sheet: str, row: int, column: int, pads: Pads = NONE) -> Block:
    """The cells of a tensor that takes the sheet from ``row`` and ``column`` on, with ``pads`` around each matrix."""
    if len(shape) < 2:
        return Block(shape, (Anchor(sheet, row, column),), (DOWN,) * len(shape))
    top, left, bottom, _ = pads
    height = top + shape[-2] + bottom + BETWEEN
    anchors = tuple(Anchor(sheet, row + top + height * number, column + left) for number in range(prod(shape[:-2])))
    return Block(shape, anchors, (DOWN, ACROSS))

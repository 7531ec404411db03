"""Broadcasting: tensors of different shapes, lined up at their last axes, an axis of 1 repeated as often as needed.

    (2, 3, 4) + (3, 1)  ->  out[i, j, k] = x[i, j, k] + y[j, 0]

What all layers with two or more inputs share, and those whose parameter is smaller than their input. As NumPy,
PyTorch and ONNX do it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Shape
from sheetnet.layers.base import Array


def together(who: str, *shapes: Shape) -> Shape:
    """The shape that all of them are stretched to; NetworkError where they do not suit each other."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        listed = " and ".join(str(list(shape)) for shape in shapes)
        raise NetworkError(
            f"{who}: the inputs have shapes {listed}, which do not suit each other; from the last axis on, "
            "sizes must be equal, or one of them 1"
        ) from None


def gathered(gradient: Array, shape: Shape) -> Array:
    """The gradient of a tensor of ``shape`` that was stretched: each number gets the sum over its copies."""
    gradient = gradient.sum(tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(k for k, size in enumerate(shape) if size == 1)
    return np.asarray(gradient.sum(stretched, keepdims=True))


def own_index(shape: Shape, rank: int) -> Callable[[Shape], Shape]:
    """For a tensor of ``shape`` that is stretched to ``rank`` axes: index of the larger one -> its own."""
    before = rank - len(shape)
    ones = [k for k, size in enumerate(shape) if size == 1]
    if not before and not ones:
        return lambda index: index

    def own(index: Shape) -> Shape:
        mine = list(index[before:])
        for k in ones:
            mine[k] = 0
        return tuple(mine)

    return own


def per_channel(block: Block, after: int) -> Block:
    """The cells of a (C,) parameter, with as many axes of 1 as x has axes after that of its channels."""
    for _ in range(after):
        block = with_axis(block, len(block.shape))
    return block


def with_axis(block: Block, axis: int) -> Block:
    """The same cells with one more axis, of 1: (3, 4) and 1 make (3, 1, 4)."""
    lead = len(block.shape) - len(block.steps)
    shape = (*block.shape[:axis], 1, *block.shape[axis:])
    steps = block.steps if axis < lead else (*block.steps[: axis - lead], (0, 0), *block.steps[axis - lead :])
    return Block(shape, block.anchors, steps, block.seen_from, block.absolute)

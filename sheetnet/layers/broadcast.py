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


def stretched(block: Block) -> Callable[[tuple[int, ...]], str]:
    """The address of the element of ``block`` that belongs to an index of the larger tensor."""
    rank, ones = len(block.shape), [size == 1 for size in block.shape]

    def address(index: tuple[int, ...]) -> str:
        own = index[len(index) - rank :]
        return block[tuple(0 if one else i for i, one in zip(own, ones, strict=True))]

    return address

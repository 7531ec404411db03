"""Where the elements of a value lie: in ONNX's order, with their batch axis, or as those of another value lie.

Each function adds a layer only where numbers have to move.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Refused
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value


def as_plain(b: Builder, x: Live) -> Live:
    """The same value with its elements in ONNX's order."""
    if x.plain:
        return x
    if x.before is not None:
        return reshaped(b, as_plain(b, x.before), x.shape)
    sheet = b.shapes[x.tensor]
    moved = [axis for axis in x.order if sheet[axis] != 1]
    if moved == sorted(moved):
        tensor = b.once((x.tensor, "reshape", x.inner), "reshape", x.tensor, shape=list(x.inner))
    else:
        tensor = b.once((x.tensor, "transpose", x.order), "transpose", x.tensor, axes=list(x.order))
    return replace(x, tensor=tensor, order=tuple(range(len(x.order))))


def full(b: Builder, x: Live) -> Live:
    """The same value with every ONNX axis on the sheet, in ONNX's order."""
    x = as_plain(b, x)
    if not x.batch:
        return x
    tensor = b.once((x.tensor, "reshape", x.shape), "reshape", x.tensor, shape=list(x.shape))
    return replace(x, tensor=tensor, order=tuple(range(len(x.shape))), batch=False)


def has_batch(b: Builder, shape: Shape) -> bool:
    """Whether a value of this shape leaves its first axis off the sheet."""
    return b.picture and len(shape) > 1 and shape[0] == 1


def canonical(b: Builder, x: Live) -> Live:
    """The same value in ONNX's order, and in a picture network without the batch axis."""
    x = as_plain(b, x)
    if x.batch or not has_batch(b, x.shape):
        return x
    return reshaped(b, x, x.shape)


def reshaped(b: Builder, x: Live, shape: Shape) -> Live:
    """The same elements, in row-major order, in another shape."""
    batch = has_batch(b, shape)
    inner = shape[1:] if batch else shape
    sheet = b.shapes[x.tensor]
    moved = [axis for axis in x.order if sheet[axis] != 1]
    if x.columns is not None or moved != sorted(moved):
        x = as_plain(b, x)
    tensor = x.tensor
    if b.shapes[tensor] != inner:
        if b.picture and len(b.shapes[tensor]) == 3 and len(inner) == 1:
            tensor = b.once((tensor, "flatten"), "flatten", tensor)
        else:
            tensor = b.once((tensor, "reshape", inner), "reshape", tensor, shape=list(inner))
    return Live(tensor, shape, tuple(range(len(inner))), batch, x.kind)


def arranged(b: Builder, value: Value, like: Live, *, strip: bool = False) -> str:
    """A value as a tensor whose axes lie as those of ``like``, so that the two broadcast or join.

    ``strip``: constants lose leading axes of size 1, which broadcasting puts back.
    """
    if isinstance(value, Live | Outside):
        return _turned(b, b.live(value), like)
    numbers = laid(b.constant(value, "an operand").astype(np.float64), like)
    return b.given(without_leading_ones(numbers) if strip else numbers)


def _turned(b: Builder, value: Live, like: Live) -> str:
    if value.shape == like.shape and value.batch == like.batch and value.order == like.order:
        return value.tensor if value.columns is None else as_plain(b, value).tensor
    rank, lead = len(like.shape), int(like.batch)
    x = as_plain(b, value)
    inner = ((1,) * (rank - len(x.shape)) + x.shape)[lead:]
    if like.plain and (x.inner == inner or (not x.batch and len(x.shape) <= rank - lead)):
        return x.tensor
    if x.inner != inner:
        x = replace(x, tensor=b.once((x.tensor, "reshape", inner), "reshape", x.tensor, shape=list(inner)))
    # axis order[k] of the sheet is ONNX axis k, so the sheet's axis j is ONNX axis inverse[j]
    inverse = tuple(int(k) for k in np.argsort(like.order))
    return as_plain(b, Live(x.tensor, tuple(inner[k] for k in inverse), inverse)).tensor


def laid(numbers: Array, like: Live) -> Array:
    """Numbers that broadcast with a value, with their axes as its tensor has them. Refused where they do not."""
    if numbers.ndim > len(like.shape):
        raise Refused(f"its constant has {numbers.ndim} axes, its input {len(like.shape)}")
    wide = numbers.reshape((1,) * (len(like.shape) - numbers.ndim) + numbers.shape)
    if like.batch:
        if wide.shape[0] != 1:
            raise Refused("its constant has a batch of its own")
        wide = wide[0]
    return wide.transpose([int(k) for k in np.argsort(like.order)])


def without_leading_ones(numbers: Array) -> Array:
    """The same numbers without the leading axes of size 1."""
    while numbers.ndim and numbers.shape[0] == 1:
        numbers = numbers[0]
    return numbers

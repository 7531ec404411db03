"""Operators that give numbers another shape, or their axes another order.

out[i] = x[j(i)]
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading import arguments
from sheetnet.modelfile.onnx.reading.arrange import full, reshaped
from sheetnet.modelfile.onnx.reading.builder import MAX_RANK, Builder
from sheetnet.modelfile.onnx.reading.graph import MAX_COMPUTED, Op, Refused
from sheetnet.modelfile.onnx.reading.operators.table import known, operator
from sheetnet.modelfile.onnx.reading.values import Live, Value


def in_shape(b: Builder, op: Op, x: Live, shape: Shape) -> list[Value]:
    """What ``op`` makes of x: the same numbers in another shape."""
    if len(shape) > MAX_RANK:
        raise Refused(f"makes a tensor of rank {len(shape)}; a sheet shows up to {MAX_RANK}")
    if shape == x.shape:
        return [x]
    if len(shape) == 2 and shape[0] == 1 and x.batch and not x.plain and _dense_only(b, op.outputs[0]):
        return [_scrambled(b, x, shape)]
    return [reshaped(b, x, shape)]


def _dense_only(b: Builder, name: str) -> bool:
    """Whether only dense layers read a value: their weights can be put in another order."""
    readers = b.readers.get(name, [])
    return (
        bool(readers)
        and name not in b.graph.outputs
        and all(op.kind in ("Gemm", "MatMul") and op.inputs[0] == name and not op.get("transA", 0) for op in readers)
    )


def _scrambled(b: Builder, x: Live, shape: Shape) -> Live:
    """Flatten the maps in the order of the sheet, and note where ONNX has each element."""
    sheet = b.shapes[x.tensor]
    if x.columns is not None or len(sheet) != 3 or prod(sheet) > MAX_COMPUTED:
        return reshaped(b, x, shape)
    columns = np.arange(prod(sheet)).reshape(sheet).transpose(x.order).reshape(-1)
    tensor = b.add("flatten", [x.tensor])
    b.note("the weights after flatten are put in the order channel, row, column")
    return Live(tensor, shape, (0,), True, x.kind, columns, x)


@operator("Reshape", attributes="shape allowzero", least=2, moves=True)
def _reshape(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.live(values[0])
    wanted = b.per_picture(arguments.ints(known(b, values)[1]), prod(x.shape))
    return in_shape(b, op, x, arguments.reshaped(x.shape, wanted, bool(op.get("allowzero", 0))))


@operator("Flatten", attributes="axis", moves=True)
def _flatten(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.live(values[0])
    return in_shape(b, op, x, arguments.flattened(op, x.shape))


@operator("Squeeze", attributes="axes", moves=True)
def _squeeze(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.live(values[0])
    return in_shape(b, op, x, arguments.squeezed(x.shape, arguments.axes(op, known(b, values))))


@operator("Unsqueeze", attributes="axes", moves=True)
def _unsqueeze(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.live(values[0])
    return in_shape(b, op, x, arguments.unsqueezed(x.shape, arguments.axes(op, known(b, values))))


@operator("Transpose", attributes="perm", moves=True)
def _transpose(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.live(values[0])
    axes = arguments.order(op, len(x.shape))
    shape = tuple(x.shape[k] for k in axes)
    if x.columns is not None or (x.batch and axes[0] != 0):
        x = full(b, x)
    if x.batch:
        return [replace(x, shape=shape, order=tuple(x.order[k - 1] for k in axes[1:]))]
    return [replace(x, shape=shape, order=tuple(x.order[k] for k in axes))]

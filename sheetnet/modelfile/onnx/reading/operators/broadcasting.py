"""Arithmetic between values that broadcast.

out[i] = x[i] + y[i],   where a value of size 1 along an axis is repeated along it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading.arguments import MISSING, broadcast, ints
from sheetnet.modelfile.onnx.reading.arrange import arranged, as_plain, full, laid, reshaped
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Constant, Op, Refused
from sheetnet.modelfile.onnx.reading.operators.table import NOT_FLOAT, first, floats, operator
from sheetnet.modelfile.onnx.reading.values import Live, Value

_BROADCASTS = ("Add", "Sub", "Mul", "Div")


@operator(*_BROADCASTS, attributes="broadcast axis", least=2)
def _binary(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, y = values[0], values[1]
    axis = op.whole("axis")
    if b.graph.opset < 7 and axis is not None and op.get("broadcast", 0):
        y = _aligned(b, x, y, axis)
    if op.kind == "Add" and (out := _as_bias(b, op, x, y)) is not None:
        return [out]
    return [together(b, op.kind.lower(), [x, y])]


def _aligned(b: Builder, x: Value, y: Value, axis: int) -> Value:
    """The value y with its first axis at ``axis`` of x, as opset 6 has it."""
    rank = len(_shape(x))
    if not -rank <= axis <= rank:
        raise Refused(f"axis {axis} does not exist: the input has {rank}")
    axis = axis + rank if axis < 0 else axis
    behind = (1,) * max(rank - axis - len(_shape(y)), 0)
    if isinstance(y, np.ndarray):
        return y.reshape(*y.shape, *behind)
    live = b.live(y)
    return reshaped(b, live, (*live.shape, *behind))


def _shape(value: Value) -> Shape:
    if value is None:
        raise Refused(MISSING)
    return tuple(value.shape)


def _as_bias(b: Builder, op: Op, x: Value, y: Value) -> Value:
    """A constant that is added becomes the bias of the layer before, if that has none: one number per channel."""
    for value, numbers, name in ((x, y, op.inputs[0]), (y, x, op.inputs[1])):
        if not isinstance(value, Live) or not isinstance(numbers, np.ndarray) or not b.used_once(name):
            continue
        step = b.maker(value, lambda step: not step.own_bias)
        if step is None or numbers.ndim > len(value.shape):
            continue
        sheet, bias = laid(numbers.astype(np.float64), value), f"{step.name}.bias"
        channel = step.layer.filter_axis or 0  # a dense layer has only one axis
        if sheet.size != 1 and (sheet.size != sheet.shape[channel] or sheet.size != b.parameters[bias].size):
            continue
        b.parameters[bias] = np.broadcast_to(sheet.reshape(-1), b.parameters[bias].shape).copy()
        step.own_bias = True
        return value
    return None


@operator("Expand", least=2)
def _expand(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Numbers are repeated. Arithmetic repeats them by itself, and where it follows there is nothing to do."""
    wanted = ints(b.constant(values[1], "the shape of Expand"))
    try:
        shape = broadcast(_shape(values[0]), wanted)
    except Refused as error:
        raise Refused(f"cannot expand {list(_shape(values[0]))} to {wanted[:20]}") from error
    if shape == _shape(values[0]) or _repeats_anyway(b, op.outputs[0], shape):
        return [values[0]]
    return [together(b, "mul", [values[0], np.ones(b.room.sized(shape))])]


@operator("Where", least=3, moves=True)
def _where(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Of two values that broadcast, one or the other at each place; which, must be known beforehand."""
    which = b.constant(values[0], "the condition of Where").astype(bool)
    shape = broadcast(which.shape, _shape(values[1]), _shape(values[2]))
    for value, all_of_it in ((values[1], which.all()), (values[2], not which.any())):
        if all_of_it:
            return [value if _shape(value) == shape else together(b, "mul", [value, np.ones(b.room.sized(shape))])]
    found = [_kept(b, values[1], which), _kept(b, values[2], ~which)]
    if len(live := [one for one in found if not isinstance(one, np.ndarray) or one.any()]) == 1:
        found = live if _shape(live[0]) == shape else found  # zeros add nothing but their shape
    return [found[0] if len(found) == 1 else together(b, "add", found)]


def _kept(b: Builder, value: Value, where: Constant) -> Value:
    """A value where it is chosen, and 0 elsewhere; a constant that is infinite there is 0 all the same."""
    if isinstance(value, np.ndarray):
        b.room.sized(broadcast(where.shape, value.shape))
        return np.where(where, value.astype(np.float64), 0.0)
    return together(b, "mul", [value, where.astype(np.float64)])


def _repeats_anyway(b: Builder, name: str, shape: Shape) -> bool:
    """Whether every operator that reads the value combines it with one that has the full shape already."""
    readers = b.readers.get(name, [])
    others = [[b.values.get(one) for one in op.inputs if one != name] for op in readers]
    return (
        bool(readers)
        and name not in b.graph.outputs
        and all(op.kind in (*_BROADCASTS, "Sum") for op in readers)
        and all(any(one is not None and tuple(one.shape) == shape for one in them) for them in others)
    )


@operator("Sum")
def _sum(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(values) == 1:
        return [first(b, values)]
    return [together(b, "add" if len(values) == 2 else "sum", values)]


def together(b: Builder, kind: str, values: Sequence[Value]) -> Value:
    """A layer of this kind, which combines several values element by element; they broadcast."""
    shape = broadcast(*(_shape(value) for value in values))
    lives = [value if isinstance(value, np.ndarray) else floats(b, value) for value in values]
    for value in values:
        if isinstance(value, np.ndarray) and value.dtype.kind not in "f" and value.size > 1:
            raise Refused(NOT_FLOAT)
    lead = _lead(b, lives, shape)
    tensors = [arranged(b, value, lead, strip=True) for value in lives]
    options: dict[str, Any] = {"count": len(tensors)} if kind == "sum" else {}
    tensor = b.add(kind, tensors, **options)
    sheet = b.shapes[tensor]
    inner = shape[1:] if lead.batch else shape
    if len(sheet) != len(inner):  # constants have lost leading axes that no other value has
        wide = tuple(inner[int(k)] for k in np.argsort(lead.order))
        tensor = b.add("reshape", [tensor], shape=list(wide))
    return replace(lead, tensor=tensor, shape=shape)


def _lead(b: Builder, values: Sequence[Live | Constant], shape: Shape) -> Live:
    """The value by which the others are arranged: one of the full rank, and of these the largest."""
    found = [v for v in values if isinstance(v, Live)] or [b.live(v) for v in values]
    largest = max(found, key=lambda v: (len(v.shape) == len(shape), prod(v.shape), v.plain))
    if len(largest.shape) < len(shape) or (largest.batch and shape[0] != 1):
        largest = full(b, largest)
        rank = len(shape)
        return replace(largest, shape=(1,) * (rank - len(largest.shape)) + largest.shape, order=tuple(range(rank)))
    if largest.columns is not None:
        return as_plain(b, largest)
    return largest

"""Constants: what depends on no input is computed once, in NumPy. Exporters write long chains of this for shapes.

    value = operator(constants)

Here are only the operators that real exports apply to constants; each follows the ONNX operator of that name.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.package import package
from sheetnet.modelfile.onnx.reading.arguments import (
    MISSING,
    Given,
    at,
    axes,
    axis_of,
    broadcast,
    flattened,
    ints,
    order,
    reshaped,
    slices,
    squeezed,
    unsqueezed,
)
from sheetnet.modelfile.onnx.reading.graph import Constant, Op, Refused, Room

Compute = Callable[[Op, Given, Room], Constant]


def value_of(op: Op) -> Constant:
    """The value of a Constant node."""
    if (value := op.tensor("value")) is not None:
        return value
    if (number := op.number("value_float")) is not None:
        return np.asarray(number, dtype=np.float32)
    if (whole := op.whole("value_int")) is not None:
        return np.asarray(whole, dtype=np.int64)
    if (numbers := op.numbers("value_floats")) is not None:
        return np.asarray(numbers, dtype=np.float32)
    if (wholes := op.ints("value_ints")) is not None:
        return np.asarray(wholes, dtype=np.int64)
    raise Refused("holds no plain numbers; save it as a dense tensor")


def computed(op: Op, given: Given, room: Room) -> Constant | None:
    """The value of an operator on constants. Refused where they do not fit it, or where there is no ``room`` for it.

    None where the operator is none of those that are computed here.
    """
    compute = COMPUTED.get(op.kind)
    if compute is None or len(op.outputs) != 1:
        return None
    value = compute(op, given, room)
    if not any(one is not None and np.may_share_memory(one, value) for one in given):  # a view takes no room
        room.take(value.size)
    return value


def _numpy(function: Callable[..., Any], *arguments: Any, **options: Any) -> Constant:
    """What NumPy makes of numbers from the file. Refused where they do not fit together."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(function(*arguments, **options))
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        raise Refused("its constants do not fit together; export the model again") from error


def _input(given: Given, place: int = 0) -> Constant:
    """An input that must be there."""
    if (value := at(given, place)) is None:
        raise Refused(MISSING)
    return value


def _elementwise(function: Callable[..., Any], count: int) -> Compute:
    """A function of ``count`` arrays that broadcast."""

    def compute(op: Op, given: Given, room: Room) -> Constant:
        if len(given) > count:
            raise Refused(f"reads {len(given)} values; it takes {count}")
        values = [_input(given, place) for place in range(count)]
        room.sized(broadcast(*(value.shape for value in values)))
        return _numpy(function, *values)

    return compute


def _extreme(function: Callable[[Any, Any], Any]) -> Compute:
    """The least or the largest of any number of arrays that broadcast."""

    def compute(op: Op, given: Given, room: Room) -> Constant:
        value, *others = (_input(given, place) for place in range(max(len(given), 1)))
        for other in others:
            room.sized(broadcast(value.shape, other.shape))
            value = _numpy(function, value, other)
        return value

    return compute


def _reduce(function: Callable[..., Any]) -> Compute:
    def compute(op: Op, given: Given, room: Room) -> Constant:
        which = axes(op, given)
        if which is None and op.get("noop_with_empty_axes", 0):
            return _input(given)
        over = None if which is None else tuple(which)
        return _numpy(function, _input(given), axis=over, keepdims=bool(op.get("keepdims", 1)))

    return compute


def _reshape(shape_of: Callable[[Op, Given, Shape], Shape]) -> Compute:
    """The same numbers in the shape that ``shape_of`` makes of theirs."""
    return lambda op, given, room: _input(given).reshape(shape_of(op, given, _input(given).shape))


def _divide(x: Constant, y: Constant) -> Any:
    """The quotient; of whole numbers, the fraction is cut off."""
    if x.dtype.kind in "iu":
        return (x - np.fmod(x, y)) // y
    return x / y


def _cast(op: Op, given: Given, room: Room) -> Constant:
    try:
        kind = np.dtype(package().helper.tensor_dtype_to_np_dtype(op.get("to", 0)))
    except (KeyError, ValueError, TypeError) as error:  # they differ between versions of onnx
        raise Refused(f"its attribute 'to' is {op.get('to', 0)}, which is no type; export the model again") from error
    if kind.kind in "cOUS":
        raise Refused("turns numbers into something that is none; only numbers are supported")
    return _numpy(_input(given).astype, kind if kind.kind in "iufb" else np.float32)


def _shape(op: Op, given: Given, room: Room) -> Constant:
    return shape_as_constant(op, _input(given).shape)


def shape_as_constant(op: Op, shape: Shape) -> Constant:
    """What Shape or Size says of a value of this shape."""
    sizes = np.array(shape, dtype=np.int64)
    return np.array(sizes.prod()) if op.kind == "Size" else sizes[op.get("start", 0) : op.get("end", len(shape))]


def _range(op: Op, given: Given, room: Room) -> Constant:
    start, limit, step = (_input(given, place).reshape(-1)[:1] for place in range(3))
    count = _numpy(np.divide, _numpy(np.subtract, limit, start), step)
    if count.size != 1 or not np.isfinite(count[0]):
        raise Refused("would make a constant that is too large")
    room.sized([max(0, ceil(float(count[0])))])
    return _numpy(np.arange, start[0], limit[0], step[0])


def _gather(op: Op, given: Given, room: Room) -> Constant:
    value, index = _input(given), _input(given, 1)
    axis = axis_of(op.get("axis", 0), value.ndim)
    room.sized((*value.shape[:axis], *index.shape, *value.shape[axis + 1 :]))
    return _numpy(np.take, value, index, axis=axis)


def _concat(op: Op, given: Given, room: Room) -> Constant:
    values = [value for value in given if value is not None]
    axis = op.whole("axis")
    if axis is None or not values:
        raise Refused("does not say its axis, or has nothing to join; export the model again")
    room.sized([sum(value.size for value in values)])
    return _numpy(np.concatenate, values, axis=axis)


def _fill(op: Op, given: Given, room: Room) -> Constant:
    value = op.tensor("value")
    value = np.zeros(1, dtype=np.float32) if value is None else value
    if value.size != 1:
        raise Refused(f"fills with {value.size} numbers; one is needed")
    return _numpy(np.full, room.sized(ints(_input(given))), value.reshape(-1)[0], dtype=value.dtype)


def _expand(op: Op, given: Given, room: Room) -> Constant:
    value = _input(given)
    return _numpy(np.broadcast_to, value, room.sized(broadcast(value.shape, ints(_input(given, 1)))))


def _tile(op: Op, given: Given, room: Room) -> Constant:
    value, times = _input(given), ints(_input(given, 1))
    if len(times) != value.ndim:
        raise Refused(f"repeats {value.ndim} axes {times[:20]} times; one number is needed for each axis")
    room.sized([n * t for n, t in zip(value.shape, times, strict=True)])
    return _numpy(np.tile, value, times)


def _slice(op: Op, given: Given, room: Room) -> Constant:
    value = _input(given)
    return value[tuple(slices(op, given, value.ndim))]


def _dequantized(op: Op, given: Given, room: Room) -> Constant:
    """(x - zero point) * scale: one of each, one for each place of an axis, or one for each block along it."""
    value, block = _input(given), op.get("block_size", 0)
    room.sized(value.shape)

    def laid(one: Constant) -> Constant:
        one = one.astype(np.float64)
        if one.size == 1:
            return one.reshape(())
        axis = axis_of(op.get("axis", 1), value.ndim)
        if one.ndim == 1:
            return one.reshape(-1, *[1] * (value.ndim - 1 - axis))
        if one.ndim == value.ndim and block > 0:
            room.sized([n * (block if k == axis else 1) for k, n in enumerate(one.shape)])
            return one.repeat(block, axis)[tuple(slice(0, n) for n in value.shape)]
        raise Refused("its scales do not fit its numbers; export the model with float32")

    zero = at(given, 2)
    numbers = _numpy(np.subtract, value.astype(np.float64), 0.0 if zero is None else laid(zero))
    found = _numpy(np.multiply, numbers, laid(_input(given, 1)))
    if found.shape != value.shape:
        raise Refused("its scales do not fit its numbers; export the model with float32")
    return found.astype(np.float32)


COMPUTED: dict[str, Compute] = {
    "DequantizeLinear": _dequantized,
    "Identity": lambda op, given, room: _input(given),
    "Shape": _shape,
    "Size": _shape,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Cast": _cast,
    "ConstantOfShape": _fill,
    "Range": _range,
    "Expand": _expand,
    "Tile": _tile,
    "Reshape": _reshape(
        lambda op, given, shape: reshaped(shape, ints(_input(given, 1)), bool(op.get("allowzero", 0)))
    ),
    "Flatten": _reshape(lambda op, given, shape: flattened(op, shape)),
    "Squeeze": _reshape(lambda op, given, shape: squeezed(shape, axes(op, given))),
    "Unsqueeze": _reshape(lambda op, given, shape: unsqueezed(shape, axes(op, given))),
    "Transpose": lambda op, given, room: _input(given).transpose(order(op, _input(given).ndim)),
    "Add": _elementwise(np.add, 2),
    "Sub": _elementwise(np.subtract, 2),
    "Mul": _elementwise(np.multiply, 2),
    "Div": _elementwise(_divide, 2),
    "Mod": _elementwise(np.mod, 2),
    "Pow": _elementwise(np.power, 2),
    "Min": _extreme(np.minimum),
    "Max": _extreme(np.maximum),
    "Neg": _elementwise(np.negative, 1),
    "Abs": _elementwise(np.abs, 1),
    "Sqrt": _elementwise(np.sqrt, 1),
    "Reciprocal": _elementwise(np.reciprocal, 1),
    "Floor": _elementwise(np.floor, 1),
    "Ceil": _elementwise(np.ceil, 1),
    "Exp": _elementwise(np.exp, 1),
    "Log": _elementwise(np.log, 1),
    "Cos": _elementwise(np.cos, 1),
    "Sin": _elementwise(np.sin, 1),
    "LessOrEqual": _elementwise(np.less_equal, 2),
    "GreaterOrEqual": _elementwise(np.greater_equal, 2),
    "Not": _elementwise(np.logical_not, 1),
    "And": _elementwise(np.logical_and, 2),
    "Or": _elementwise(np.logical_or, 2),
    "Equal": _elementwise(np.equal, 2),
    "Less": _elementwise(np.less, 2),
    "Greater": _elementwise(np.greater, 2),
    "Where": _elementwise(np.where, 3),
    "ReduceProd": _reduce(np.prod),
    "ReduceSum": _reduce(np.sum),
    "ReduceL1": _reduce(lambda x, **how: np.abs(x).sum(**how)),
    "ReduceL2": _reduce(lambda x, **how: np.sqrt((x * x).sum(**how))),
    "ReduceSumSquare": _reduce(lambda x, **how: (x * x).sum(**how)),
    "ReduceMax": _reduce(np.max),
    "ReduceMin": _reduce(np.min),
}

"""Constants: what depends on no input is worked out once, in NumPy. Exporters write long chains of it for shapes.

    value = operator(constants)

Only operators on constants that real exports contain are here; each follows the ONNX operator of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx.graph import MAX_ELEMENTS, Constant, Op, Refused

Given = Sequence[Constant | None]
Fold = Callable[[Op, Given, int], Constant]


def constant(op: Op) -> Constant:
    """The value of a Constant node."""
    for key, value in op.attributes.items():
        if key == "value":
            return np.asarray(value)
        if key in ("value_float", "value_floats"):
            return np.asarray(value, dtype=np.float32)
        if key in ("value_int", "value_ints"):
            return np.asarray(value, dtype=np.int64)
    raise Refused("holds no plain numbers; save it as a dense tensor")


def fold(op: Op, given: Given, opset: int) -> Constant | None:
    """The value of an operator on constants; None where it is none of those that are folded. Refused if it fails."""
    how = FOLDS.get(op.kind)
    if how is None or len(op.outputs) != 1:
        return None
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(how(op, given, opset))
    except (ValueError, IndexError, TypeError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise Refused("its constants do not fit together; export the model again") from error
    return value


def ints(value: Constant | None) -> list[int]:
    """A constant of whole numbers as a list."""
    if value is None or value.dtype.kind not in "iu":
        raise Refused("whole numbers are needed where it has none")
    return [int(n) for n in value.reshape(-1)]


def axes(op: Op, given: Given, place: int = 1) -> list[int] | None:
    """Axes: an attribute in older opsets, an input in newer ones."""
    if "axes" in op.attributes:
        return list(op.attributes["axes"])
    if len(given) > place and given[place] is not None:
        return ints(given[place])
    return None


def target(shape: tuple[int, ...], wanted: Sequence[int], allow_zero: bool = False) -> tuple[int, ...]:
    """The shape that Reshape makes: 0 keeps a size, one -1 is what is left."""
    if len(wanted) > 16 or any(n < -1 for n in wanted) or list(wanted).count(-1) > 1:
        raise Refused(f"cannot reshape to {list(wanted)[:16]}")
    if any(n == 0 and k >= len(shape) for k, n in enumerate(wanted)) and not allow_zero:
        raise Refused(f"cannot keep a size that the input does not have: {list(wanted)}")
    kept = [shape[k] if n == 0 and not allow_zero else n for k, n in enumerate(wanted)]
    known = prod(n for n in kept if n != -1)
    if -1 in kept:
        kept[kept.index(-1)] = prod(shape) // known if known else 0
    if prod(kept) != prod(shape):
        raise Refused(f"cannot reshape {list(shape)} to {list(wanted)}")
    return tuple(kept)


def squeezed(shape: tuple[int, ...], which: list[int] | None) -> tuple[int, ...]:
    """The shape that Squeeze makes."""
    drop = {k for k, n in enumerate(shape) if n == 1} if which is None else {_axis(a, len(shape)) for a in which}
    if any(shape[k] != 1 for k in drop):
        raise Refused(f"cannot squeeze the axes {which} of {list(shape)}")
    return tuple(n for k, n in enumerate(shape) if k not in drop)


def unsqueezed(shape: tuple[int, ...], which: list[int] | None) -> tuple[int, ...]:
    """The shape that Unsqueeze makes."""
    rank = len(shape) + len(which or [])
    new = {_axis(a, rank) for a in which or []}
    if not which or len(new) != len(which):
        raise Refused(f"cannot insert the axes {which}")
    rest = iter(shape)
    return tuple(1 if k in new else next(rest) for k in range(rank))


def _axis(axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} does not exist: there are {rank}")
    return axis % rank


def slices(op: Op, given: Given, rank: int) -> list[slice]:
    """Start, stop and step of each axis, from attributes (opset 1) or inputs (opset 10)."""
    if "starts" in op.attributes:
        starts, ends = list(op.attributes["starts"]), list(op.attributes["ends"])
        which, steps = op.get("axes", list(range(len(starts)))), [1] * len(starts)
    else:
        starts, ends = ints(given[1]), ints(given[2])
        which = ints(given[3]) if len(given) > 3 and given[3] is not None else list(range(len(starts)))
        steps = ints(given[4]) if len(given) > 4 and given[4] is not None else [1] * len(starts)
    found = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, which, steps, strict=True):
        stop: int | None = end
        if step < 0 and end < -(1 << 30):
            stop = None
        found[_axis(axis, rank)] = slice(start, stop, step)
    return found


def _guard(shape: Sequence[int]) -> tuple[int, ...]:
    if any(n < 0 for n in shape) or prod(shape) > MAX_ELEMENTS:
        raise Refused("would make a constant that is too large")
    return tuple(shape)


def _small(values: Given) -> list[Constant]:
    """All of them, if what they broadcast to is not too large."""
    there = [v for v in values if v is not None]
    _guard(np.broadcast_shapes(*(v.shape for v in there)))
    return there


def _elementwise(function: Callable[..., Any]) -> Fold:
    return lambda op, given, opset: function(*_small(given))


def _divide(x: Constant, y: Constant) -> Any:
    """Whole numbers are cut towards 0, as in C."""
    if x.dtype.kind in "iu":
        return np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))
    return x / y


def _cast(op: Op, given: Given, opset: int) -> Constant:
    from onnx import helper

    value = _one(given)
    kind = np.dtype(helper.tensor_dtype_to_np_dtype(op.attributes["to"]))
    return value.astype(kind if kind.kind in "iufb" else np.float32)


def _range(op: Op, given: Given, opset: int) -> Constant:
    start, limit, step = (v.reshape(-1)[0] for v in _small(given))
    if step == 0 or abs((limit - start) / step) > MAX_ELEMENTS:
        raise Refused("would make a constant that is too large")
    return np.arange(start, limit, step)


def _reduce(function: Callable[..., Any]) -> Fold:
    def done(op: Op, given: Given, opset: int) -> Constant:
        which = axes(op, given)
        if which is None and op.get("noop_with_empty_axes", 0):
            return _one(given)
        axis = None if which is None else tuple(which)
        return np.asarray(function(_one(given), axis=axis, keepdims=bool(op.get("keepdims", 1))))

    return done


def _gather(op: Op, given: Given, opset: int) -> Constant:
    value, index = _one(given), _one(given[1:])
    axis = _axis(op.get("axis", 0), value.ndim)
    _guard((*value.shape[:axis], *index.shape, *value.shape[axis + 1 :]))
    return np.take(value, index, axis=axis)


def _fill(op: Op, given: Given, opset: int) -> Constant:
    value = op.get("value", np.zeros(1, dtype=np.float32))
    return np.full(_guard(ints(given[0])), value.reshape(-1)[0], dtype=value.dtype)


def _expand(op: Op, given: Given, opset: int) -> Constant:
    value = _one(given)
    return np.broadcast_to(value, _guard(np.broadcast_shapes(value.shape, tuple(ints(given[1])))))


def _tile(op: Op, given: Given, opset: int) -> Constant:
    value, times = _one(given), ints(given[1])
    _guard([n * t for n, t in zip(value.shape, times, strict=True)])
    return np.tile(value, times)


def _flatten(op: Op, given: Given, opset: int) -> Constant:
    value, axis = _one(given), op.get("axis", 1)
    return value.reshape(prod(value.shape[: axis if axis >= 0 else value.ndim + axis]), -1)


def _one(given: Given) -> Constant:
    if not given or given[0] is None:
        raise Refused("an input is missing; export the model again")
    return given[0]


FOLDS: dict[str, Fold] = {
    "Identity": lambda op, given, opset: _one(given),
    "Shape": lambda op, given, opset: np.array(
        _one(given).shape[op.get("start", 0) : op.get("end", None)], dtype=np.int64
    ),
    "Size": lambda op, given, opset: np.array(_one(given).size, dtype=np.int64),
    "Gather": _gather,
    "Slice": lambda op, given, opset: _one(given)[tuple(slices(op, given, _one(given).ndim))],
    "Concat": lambda op, given, opset: np.concatenate(
        [v for v in given if v is not None], axis=op.attributes["axis"]
    ),
    "Cast": _cast,
    "ConstantOfShape": _fill,
    "Range": _range,
    "Expand": _expand,
    "Tile": _tile,
    "Reshape": lambda op, given, opset: _one(given).reshape(
        target(_one(given).shape, ints(given[1]), bool(op.get("allowzero", 0)))
    ),
    "Flatten": _flatten,
    "Squeeze": lambda op, given, opset: _one(given).reshape(squeezed(_one(given).shape, axes(op, given))),
    "Unsqueeze": lambda op, given, opset: _one(given).reshape(unsqueezed(_one(given).shape, axes(op, given))),
    "Transpose": lambda op, given, opset: _one(given).transpose(op.get("perm", None)),
    "Add": _elementwise(np.add),
    "Sub": _elementwise(np.subtract),
    "Mul": _elementwise(np.multiply),
    "Div": _elementwise(_divide),
    "Mod": _elementwise(np.mod),
    "Pow": _elementwise(np.power),
    "Min": lambda op, given, opset: np.minimum.reduce(np.broadcast_arrays(*_small(given))),
    "Max": lambda op, given, opset: np.maximum.reduce(np.broadcast_arrays(*_small(given))),
    "Neg": _elementwise(np.negative),
    "Abs": _elementwise(np.abs),
    "Sqrt": _elementwise(np.sqrt),
    "Reciprocal": _elementwise(np.reciprocal),
    "Floor": _elementwise(np.floor),
    "Ceil": _elementwise(np.ceil),
    "Exp": _elementwise(np.exp),
    "Log": _elementwise(np.log),
    "Not": _elementwise(np.logical_not),
    "And": _elementwise(np.logical_and),
    "Or": _elementwise(np.logical_or),
    "Equal": _elementwise(np.equal),
    "Less": _elementwise(np.less),
    "Greater": _elementwise(np.greater),
    "Where": _elementwise(np.where),
    "ReduceProd": _reduce(np.prod),
    "ReduceSum": _reduce(np.sum),
    "ReduceMax": _reduce(np.max),
    "ReduceMin": _reduce(np.min),
}

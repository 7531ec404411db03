"""Operators that reduce: the mean, the largest or the sum over axes, and lengths, which are made of sums.

out = mean, max or sum of x over the axes

    ReduceL1 = sum |x|    ReduceL2 = sqrt(sum x^2)    ReduceSumSquare = sum x^2
    ReduceLogSum = ln(sum x)    ReduceLogSumExp = largest + ln(sum e^(x - largest))
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sheetnet.modelfile.onnx.reading import arguments
from sheetnet.modelfile.onnx.reading.arrange import full, reshaped
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.broadcasting import together
from sheetnet.modelfile.onnx.reading.operators.table import first, floats, known, like, operator, sheet_axis
from sheetnet.modelfile.onnx.reading.values import Live, Value


@operator("GlobalAveragePool", "GlobalMaxPool")
def _global(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    if len(x.shape) < 3:
        raise Refused(f"its input has shape {list(x.shape)}; it needs a batch axis, channels and space")
    how = "mean" if op.kind == "GlobalAveragePool" else "max"
    return [reduced(b, x, how, list(range(2, len(x.shape))), True)]


@operator("ReduceMean", "ReduceMax", "ReduceSum", attributes="axes keepdims noop_with_empty_axes")
def _reduce(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    which = arguments.axes(op, known(b, values))
    if not which:
        if op.get("noop_with_empty_axes", 0):
            return [x]
        which = list(range(len(x.shape)))
    axes = sorted({arguments.axis_of(axis, len(x.shape)) for axis in which})
    return [reduced(b, x, op.kind.removeprefix("Reduce").lower(), axes, bool(op.get("keepdims", 1)))]


# What is done to each number before the sum, and to the sum.
_AROUND: dict[str, tuple[str, str]] = {
    "ReduceL1": ("abs", ""),
    "ReduceL2": ("pow", "sqrt"),
    "ReduceSumSquare": ("pow", ""),
    "ReduceLogSum": ("", "log"),
}


@operator(*_AROUND, "ReduceLogSumExp", attributes="axes keepdims noop_with_empty_axes")
def _length(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, keep = first(b, values), bool(op.get("keepdims", 1))
    which = arguments.axes(op, known(b, values)) or []
    if not which and not op.get("noop_with_empty_axes", 0):
        which = list(range(len(x.shape)))
    axes = sorted({arguments.axis_of(axis, len(x.shape)) for axis in which})
    if op.kind == "ReduceLogSumExp":
        return [_log_sum_exp(b, x, axes, keep)]
    before, after = _AROUND[op.kind]
    out = _each(b, before, x)
    if axes:
        out = reduced(b, out, "sum", axes, keep)
    return [_each(b, after, out)]


def _log_sum_exp(b: Builder, x: Live, axes: list[int], keep: bool) -> Live:
    """With the largest number taken away first, so that nothing overflows."""
    if not axes:
        return x
    largest = reduced(b, x, "max", axes, True)
    away = floats(b, together(b, "sub", [x, largest]))
    summed = _each(b, "log", reduced(b, _each(b, "exp", away), "sum", axes, True))
    out = floats(b, together(b, "add", [largest, summed]))
    return out if keep else reshaped(b, out, tuple(n for k, n in enumerate(x.shape) if k not in axes))


def _each(b: Builder, kind: str, x: Live) -> Live:
    """A layer that looks at one number at a time; "" for none, "pow" for a square."""
    options: dict[str, Any] = {"exponent": 2} if kind == "pow" else {}
    return like(x, b.add(kind, [x.tensor], **options)) if kind else x


def reduced(b: Builder, x: Live, how: str, axes: list[int], keep: bool) -> Live:
    """The mean, the largest or the sum over axes; over the height and width of a picture it is a global pool."""
    if x.batch and 0 in axes:
        x = full(b, x)
    kept = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
    over = sorted(sheet_axis(x, axis) for axis in axes)
    if x.batch and over == [1, 2] and len(x.shape) == 4 and how != "sum":
        tensor = b.add("globalavgpool" if how == "mean" else "globalmaxpool", [x.tensor])
        out = replace(like(x, tensor), shape=kept)
    elif keep or not x.plain:
        out = replace(like(x, b.add(f"reduce{how}", [x.tensor], axes=over)), shape=kept)
    else:
        shape = tuple(n for k, n in enumerate(x.shape) if k not in axes)
        tensor = b.add(f"reduce{how}", [x.tensor], axes=over, keep=False)
        lead = int(x.batch)
        return replace(x, tensor=tensor, shape=shape, order=tuple(range(len(shape) - lead)))
    if keep:
        return out
    return reshaped(b, out, tuple(n for k, n in enumerate(x.shape) if k not in axes))

"""Operators with windows: convolution, pooling, and means over space.

output size = floor or ceil((n + before + after - dilation * (size - 1) - 1) / stride) + 1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx import fold
from sheetnet.modelfile.onnx.builder import Builder, Live, Outside, Value
from sheetnet.modelfile.onnx.graph import Op, Refused
from sheetnet.modelfile.onnx.table import axis_of, first, like, operator, optional, sheet_axis

_WINDOW = "auto_pad dilations kernel_shape pads strides"


def _sizes(op: Op, key: str, count: int, default: int) -> list[int]:
    found = list(op.get(key, [default] * count))
    least = 0 if key == "pads" else 1
    if len(found) != count or any(n < least for n in found):
        raise Refused(f"its {key} are {found[:12]}; {count} whole numbers from {least} on are needed")
    return found


def _pads(op: Op, shape: Sequence[int], size: list[int], stride: list[int], dilation: list[int]) -> list[int]:
    """Padding at the start of every axis, then at the end."""
    count, how = len(shape), op.get("auto_pad", "NOTSET")
    if how in ("NOTSET", ""):
        return _sizes(op, "pads", 2 * count, 0)
    if how == "VALID":
        return [0] * (2 * count)
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        raise Refused(f"its auto_pad {how!r} is not known")
    wide = [d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True)]
    short = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(shape, wide, stride, strict=True)]
    less, more = [n // 2 for n in short], [n - n // 2 for n in short]
    return [*less, *more] if how == "SAME_UPPER" else [*more, *less]


def _short(numbers: list[int]) -> Any:
    """One number where all are the same."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _options(flat: bool, size: list[int], stride: list[int], pads: list[int], dilation: list[int]) -> dict[str, Any]:
    """Options of a kind with windows; ``flat``: of one that is made for pictures, which says 3 for [3, 3]."""
    if not flat:
        options: dict[str, Any] = {"size": size}
        pairs = [("stride", stride, 1), ("padding", pads, 0), ("dilation", dilation, 1)]
        return options | {key: value for key, value, default in pairs if any(n != default for n in value)}
    options = {"size": _short(size)}
    pairs = [("stride", stride, 1), ("padding", pads, 0), ("dilation", dilation, 1)]
    return options | {key: _short(value) for key, value, default in pairs if any(n != default for n in value)}


def _placed(b: Builder, x: Live) -> tuple[Live, bool]:
    """X as windows want it, and whether it is (C, H, W) of a picture network."""
    if len(x.shape) < 3 or len(x.shape) > 5:
        raise Refused(f"its input has shape {list(x.shape)}; 1 to 3 axes of space are supported")
    x = b.canonical(x)
    return (x, True) if x.batch and len(x.shape) == 4 else (b.full(x), False)


@operator("Conv", attributes=f"{_WINDOW} group")
def _conv(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, flat = _placed(b, first(b, values))
    weight = b.constant(optional(values, 1), "the weight of a convolution").astype(np.float64)
    space = len(x.shape) - 2
    if weight.ndim != space + 2 or (op.get("kernel_shape", None) or list(weight.shape[2:])) != list(weight.shape[2:]):
        raise Refused(f"its weight has shape {list(weight.shape)}, its input {list(x.shape)}")
    given = optional(values, 2)
    bias = np.zeros(len(weight)) if given is None else b.constant(given, "the bias").astype(np.float64)
    size, stride, dilation = (
        list(weight.shape[2:]),
        _sizes(op, "strides", space, 1),
        _sizes(op, "dilations", space, 1),
    )
    pads = _pads(op, x.shape[2:], size, stride, dilation)
    x, pads = _before(b, op, x, pads)
    options = _options(flat, size, stride, pads, dilation)
    if op.get("group", 1) != 1:
        options["groups"] = op.get("group", 1)
    tensor = b.add(
        "conv2d" if flat else "conv",
        [x.tensor],
        {"weight": weight, "bias": bias},
        own_bias=given is not None,
        filters=len(weight),
        **options,
    )
    for place, name in ((1, "weight"), (2, "bias")):
        if isinstance(value := optional(values, place), Outside):
            b.inputs[value.name] = f"{tensor.partition('.')[0]}.{name}"
    return [_out(x, b, tensor)]


def _out(x: Live, b: Builder, tensor: str) -> Live:
    """The value of a tensor that has the axes of x, in ONNX's order."""
    lead = (1,) if x.batch else ()
    return replace(x, tensor=tensor, shape=(*lead, *b.shapes[tensor]))


def _before(b: Builder, op: Op, x: Live, pads: list[int]) -> tuple[Live, list[int]]:
    """A padding with zeros right before a convolution becomes a part of it."""
    step = b.maker(x, "pad") if b.used_once(op.inputs[0]) else None
    if step is None:
        return x, pads
    options, rank = step.layer.options(), len(b.shapes[x.tensor])
    around, space = list(options["pads"]), len(pads) // 2
    if options.get("mode", "constant") != "constant" or options.get("value", 0) or min(around) < 0:
        return x, pads
    if any(around[: rank - space]) or any(around[rank : 2 * rank - space]):
        return x, pads
    begin, end = around[rank - space : rank], around[2 * rank - space :]
    shape = b.shapes[step.inputs[0]]
    b.remove(step)
    lead = (1,) if x.batch else ()
    b.note("padding before a convolution made a part of it")
    joined = [own + more for own, more in zip(pads, [*begin, *end], strict=True)]
    return replace(x, tensor=step.inputs[0], shape=(*lead, *shape)), joined


def _pool(b: Builder, op: Op, values: list[Value], kind: str, extra: dict[str, Any]) -> tuple[Live, str]:
    """A pooling layer: its input as it was laid, and its tensor."""
    x, flat = _placed(b, first(b, values))
    space = len(x.shape) - 2
    if "kernel_shape" not in op.attributes:
        raise Refused("does not say its kernel_shape; export the model again")
    size, stride = _sizes(op, "kernel_shape", space, 1), _sizes(op, "strides", space, 1)
    dilation = _sizes(op, "dilations", space, 1)
    if (kind == "avgpool" and any(n != 1 for n in dilation)) or "indices" in extra:
        x, flat = b.full(x), False
    pads = _pads(op, x.shape[2:], size, stride, dilation)
    options = _options(flat, size, stride, pads, dilation) | extra
    options.setdefault("stride", 1 if flat else stride)  # pools step by their own size where nothing is said
    if op.get("ceil_mode", 0) and op.get("auto_pad", "NOTSET") in ("NOTSET", ""):
        options["ceil"] = True
    return x, b.add(f"{kind}2d" if flat else kind, [x.tensor], **options)


@operator("MaxPool", attributes=f"{_WINDOW} ceil_mode storage_order")
def _max_pool(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(op.outputs) < 2 or not op.outputs[1]:
        x, tensor = _pool(b, op, values, "maxpool", {})
        return [_out(x, b, tensor)]
    if op.get("storage_order", 0):
        raise Refused("counts its indices down the columns (storage_order = 1); export it with storage_order = 0")
    x, tensor = _pool(b, op, values, "maxpool", {"indices": True})
    out = _out(x, b, tensor)
    return [out, replace(out, tensor=f"{tensor.partition('.')[0]}.indices", kind="int")]


@operator("AveragePool", attributes=f"{_WINDOW} ceil_mode count_include_pad")
def _average_pool(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    extra = {"count_padding": True} if op.get("count_include_pad", 0) else {}
    x, tensor = _pool(b, op, values, "avgpool", extra)
    return [_out(x, b, tensor)]


@operator("GlobalAveragePool", "GlobalMaxPool")
def _global(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    if len(x.shape) < 3:
        raise Refused(f"its input has shape {list(x.shape)}; it needs a batch axis, channels and space")
    how = "mean" if op.kind == "GlobalAveragePool" else "max"
    return [_reduced(b, x, how, list(range(2, len(x.shape))), True)]


@operator("ReduceMean", "ReduceMax", attributes="axes keepdims noop_with_empty_axes")
def _reduce(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    known = [None if v is None else b.constant(v, "its axes") for v in values[1:]]
    which = fold.axes(op, [None, *known])
    if not which:
        if op.get("noop_with_empty_axes", 0):
            return [x]
        which = list(range(len(x.shape)))
    axes = sorted({axis_of(axis, len(x.shape)) for axis in which})
    return [_reduced(b, x, op.kind.removeprefix("Reduce").lower(), axes, bool(op.get("keepdims", 1)))]


def _reduced(b: Builder, x: Live, how: str, axes: list[int], keep: bool) -> Live:
    """The mean or the largest over axes; over height and width of a picture, a global pool."""
    if x.batch and 0 in axes:
        x = b.full(x)
    kept = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
    over = sorted(sheet_axis(x, axis) for axis in axes)
    if x.batch and over == [1, 2] and len(x.shape) == 4:
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
    return b.reshaped(out, tuple(n for k, n in enumerate(x.shape) if k not in axes))

"""Operators with windows: convolution and pooling.

output size = floor or ceil((n + before + after - dilation * (size - 1) - 1) / stride) + 1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheetnet.errors import shown
from sheetnet.layers.shape.pad import Pad
from sheetnet.modelfile.onnx.reading.arrange import canonical, full
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.table import first, operator, optional
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value

WINDOW = "auto_pad dilations kernel_shape pads strides"


def sizes_of(op: Op, key: str, count: int, default: int) -> list[int]:
    """An attribute with ``count`` whole numbers; the default for each where it is not given."""
    found = op.ints(key)
    found = [default] * count if found is None else found
    least = 0 if key == "pads" else 1
    if len(found) != count or any(n < least for n in found):
        raise Refused(f"its {key} are {found[:12]}; {count} whole numbers from {least} on are needed")
    return found


def _pads(op: Op, shape: Sequence[int], size: list[int], stride: list[int], dilation: list[int]) -> list[int]:
    """The padding at the start of every axis, then at the end."""
    count, how = len(shape), op.get("auto_pad", "NOTSET")
    if how in ("NOTSET", ""):
        return sizes_of(op, "pads", 2 * count, 0)
    if how == "VALID":
        return [0] * (2 * count)
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        raise Refused(f"its auto_pad {shown(how)} is not known")
    wide = [d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True)]
    short = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(shape, wide, stride, strict=True)]
    less, more = [n // 2 for n in short], [n - n // 2 for n in short]
    return [*less, *more] if how == "SAME_UPPER" else [*more, *less]


def short(numbers: list[int]) -> Any:
    """One number in place of many that are the same."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _options(flat: bool, size: list[int], stride: list[int], pads: list[int], dilation: list[int]) -> dict[str, Any]:
    """Options of a layer with windows; ``flat``: of one that is made for pictures, which says 3 for [3, 3]."""
    options: dict[str, list[int]] = {"size": size}
    for key, value, default in (("stride", stride, 1), ("padding", pads, 0), ("dilation", dilation, 1)):
        if any(n != default for n in value):
            options[key] = value
    return {key: short(value) if flat else value for key, value in options.items()}


def placed(b: Builder, x: Live) -> tuple[Live, bool]:
    """X as a layer with windows reads it, and whether it is (C, H, W) of a picture network."""
    if len(x.shape) < 3 or len(x.shape) > 5:
        raise Refused(f"its input has shape {list(x.shape)}; 1 to 3 axes of space are supported")
    x = canonical(b, x)
    return (x, True) if x.batch and len(x.shape) == 4 else (full(b, x), False)


@operator("Conv", attributes=f"{WINDOW} group", least=2)
def _conv(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, flat = placed(b, first(b, values))
    weight = b.constant(values[1], "the weight of a convolution").astype(np.float64)
    space, size = len(x.shape) - 2, list(weight.shape[2:])
    if weight.ndim != space + 2 or (op.ints("kernel_shape") or size) != size:
        raise Refused(f"its weight {list(weight.shape)} does not fit its input {list(x.shape)}")
    given = optional(values, 2)
    bias = np.zeros(len(weight)) if given is None else b.constant(given, "the bias").astype(np.float64)
    stride, dilation = (sizes_of(op, key, space, 1) for key in ("strides", "dilations"))
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
    for value, name in ((values[1], "weight"), (given, "bias")):
        if isinstance(value, Outside):
            b.inputs[value.name] = f"{tensor.partition('.')[0]}.{name}"
    return [out_of(x, b, tensor)]


def out_of(x: Live, b: Builder, tensor: str) -> Live:
    """The value of a tensor that has the axes of x, in ONNX's order."""
    lead = (1,) if x.batch else ()
    return replace(x, tensor=tensor, shape=(*lead, *b.shapes[tensor]))


def _before(b: Builder, op: Op, x: Live, pads: list[int]) -> tuple[Live, list[int]]:
    """What a convolution reads, and its padding, which takes in zeros that a Pad has just put around the input."""
    step = b.maker(x, lambda step: isinstance(step.layer, Pad)) if b.used_once(op.inputs[0]) else None
    if step is None or not isinstance(step.layer, Pad):
        return x, pads
    around, space, rank = list(step.layer.pads), len(pads) // 2, len(b.shapes[x.tensor])
    if step.layer.mode != "constant" or step.layer.value or min(around) < 0:
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
    """Add a pooling layer, and give what it reads and its tensor "out"."""
    x, flat = placed(b, first(b, values))
    space = len(x.shape) - 2
    if "kernel_shape" not in op.attributes:
        raise Refused("does not say its kernel_shape; export the model again")
    size, stride = sizes_of(op, "kernel_shape", space, 1), sizes_of(op, "strides", space, 1)
    dilation = sizes_of(op, "dilations", space, 1)
    if (kind == "avgpool" and any(n != 1 for n in dilation)) or "indices" in extra:
        x, flat = full(b, x), False
    pads = _pads(op, x.shape[2:], size, stride, dilation)
    options = _options(flat, size, stride, pads, dilation) | extra
    options.setdefault("stride", 1 if flat else stride)  # without it, a pool steps by its own size
    if op.get("ceil_mode", 0) and op.get("auto_pad", "NOTSET") in ("NOTSET", ""):
        options["ceil"] = True
    return x, b.add(f"{kind}2d" if flat else kind, [x.tensor], **options)


@operator("MaxPool", attributes=f"{WINDOW} ceil_mode storage_order")
def _max_pool(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(op.outputs) < 2 or not op.outputs[1]:
        x, tensor = _pool(b, op, values, "maxpool", {})
        return [out_of(x, b, tensor)]
    if op.get("storage_order", 0):
        raise Refused("counts its indices down the columns (storage_order = 1); export it with storage_order = 0")
    x, tensor = _pool(b, op, values, "maxpool", {"indices": True})
    out = out_of(x, b, tensor)
    return [out, replace(out, tensor=f"{tensor.partition('.')[0]}.indices", kind="int")]


@operator("AveragePool", attributes=f"{WINDOW} ceil_mode count_include_pad")
def _average_pool(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    extra = {"count_padding": True} if op.get("count_include_pad", 0) else {}
    x, tensor = _pool(b, op, values, "avgpool", extra)
    return [out_of(x, b, tensor)]

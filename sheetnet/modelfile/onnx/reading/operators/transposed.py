"""The transposed convolution: each pixel lays a filter over the result, and what overlaps is added.

It is a convolution over x spread with zeros between its pixels, with turned filters:

    out = conv(x spread by the stride, filters turned by 180 degrees),   padding = reach - 1 - pad
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.errors import shown
from sheetnet.layers import Array
from sheetnet.layers.window import MOST
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.cuts import picked
from sheetnet.modelfile.onnx.reading.operators.table import first, operator, optional
from sheetnet.modelfile.onnx.reading.operators.windows import WINDOW, out_of, placed, short, sizes_of
from sheetnet.modelfile.onnx.reading.values import Value


@operator("ConvTranspose", attributes=f"{WINDOW} group output_padding output_shape", least=2)
def _conv_transpose(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, flat = placed(b, first(b, values))
    weight = b.constant(values[1], "the weight of a convolution").astype(np.float64)
    space, size, groups = len(x.shape) - 2, list(weight.shape[2:]), op.get("group", 1)
    if weight.ndim != space + 2 or (op.ints("kernel_shape") or size) != size or min(weight.shape) < 1:
        raise Refused(f"its weight {list(weight.shape)} does not fit its input {list(x.shape)}")
    if groups < 1 or weight.shape[0] != x.shape[1] or weight.shape[0] % groups:
        raise Refused(f"its {groups} groups do not divide the {x.shape[1]} channels of its input")
    stride, dilation = (sizes_of(op, key, space, 1) for key in ("strides", "dilations"))
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)]
    begins, counts = _extent(op, list(x.shape[2:]), reach, stride)
    chosen, pads = {}, [0] * (2 * space)
    for k, (n, step, begin, count) in enumerate(zip(x.shape[2:], stride, begins, counts, strict=True)):
        before, spread = reach[k] - 1 - begin, (n - 1) * step + 1
        after = count + reach[k] - 1 - before - spread
        b.room.sized([spread, max(count, 0) + reach[k]])
        if min(before, after) >= 0 and max(before, after) <= MOST:
            pads[k], pads[k + space] = before, after
            around = range(spread)
        else:
            around = range(-before, spread + after)
        if step > 1 or len(around) != n:
            chosen[k + 2] = [i // step if 0 <= i < spread and i % step == 0 else -1 for i in around]
    spreaded = picked(b, x, chosen) if chosen else x
    filters = _turned(weight, groups)
    given = optional(values, 2)
    bias = np.zeros(len(filters)) if given is None else b.constant(given, "the bias").astype(np.float64)
    options: dict[str, Any] = {"size": size}
    for key, value, default in (("padding", pads, 0), ("dilation", dilation, 1)):
        if any(n != default for n in value):
            options[key] = value
    if flat:
        options = {key: short(value) for key, value in options.items()}
    if groups != 1:
        options["groups"] = groups
    tensor = b.add(
        "conv2d" if flat else "conv",
        [spreaded.tensor],
        {"weight": filters, "bias": bias},
        own_bias=given is not None,
        filters=len(filters),
        **options,
    )
    return [out_of(spreaded, b, tensor)]


def _extent(op: Op, shape: list[int], reach: list[int], stride: list[int]) -> tuple[list[int], list[int]]:
    """How much is cut off at the start of every axis, and how many places the result has."""
    space, how = len(shape), op.get("auto_pad", "NOTSET")
    more = op.ints("output_padding") or [0] * space
    wanted = op.ints("output_shape")
    if len(more) != space or min(more) < 0 or (wanted is not None and len(wanted[-space:]) != space):
        raise Refused("its output_padding or output_shape does not fit its input; export the model again")
    whole = [(n - 1) * s + k + m for n, s, k, m in zip(shape, stride, reach, more, strict=True)]
    if how in ("SAME_UPPER", "SAME_LOWER") and wanted is None:
        wanted = [n * s for n, s in zip(shape, stride, strict=True)]
    if wanted is not None:
        counts = wanted[-space:]
        cut = [max(n - count, 0) for n, count in zip(whole, counts, strict=True)]
        return [n // 2 if how == "SAME_UPPER" else n - n // 2 for n in cut], counts
    if how in ("NOTSET", ""):
        pads = sizes_of(op, "pads", 2 * space, 0)
    elif how == "VALID":
        pads = [0] * (2 * space)
    else:
        raise Refused(f"its auto_pad {shown(how)} is not known")
    return pads[:space], [n - pads[k] - pads[k + space] for k, n in enumerate(whole)]


def _turned(weight: Array, groups: int) -> Array:
    """The weight (channels, filters / groups, *size) as (filters, channels / groups, *size), turned."""
    apart = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    turned = np.flip(apart, tuple(range(3, apart.ndim)))
    return np.ascontiguousarray(turned.reshape(-1, *turned.shape[2:]))

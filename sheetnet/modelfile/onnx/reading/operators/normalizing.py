"""Normalization: by numbers that were gathered in training, or by those of the picture itself, told in its steps.

out[i] = (x[i] - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c]

y = (x - mean) * (variance + epsilon)^(-1/2) * scale + bias,   mean and variance over some axes of x
y = x * (bias + alpha / size * sum of x^2 over nearby channels)^(-beta)
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx.reading.arguments import axis_of
from sheetnet.modelfile.onnx.reading.arrange import reshaped
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.broadcasting import together
from sheetnet.modelfile.onnx.reading.operators.elementwise import TRAINING
from sheetnet.modelfile.onnx.reading.operators.powers import to_power
from sheetnet.modelfile.onnx.reading.operators.reductions import reduced
from sheetnet.modelfile.onnx.reading.operators.table import first, floats, like, operator, optional, sheet_axis
from sheetnet.modelfile.onnx.reading.operators.windows import placed
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value


def _normalized(b: Builder, x: Live, axes: list[int], epsilon: float) -> tuple[Live, Live, Live, Live]:
    """X with mean 0 and variance 1 over axes; the mean, the variance, and one by its root."""
    mean = reduced(b, x, "mean", axes, True)
    away = floats(b, together(b, "sub", [x, mean]))
    variance = reduced(b, to_power(b, away, 2.0), "mean", axes, True)
    inverse = to_power(b, variance, -0.5, epsilon)
    return floats(b, together(b, "mul", [away, inverse])), mean, variance, inverse


def _stretched(b: Builder, x: Live, scale: Value, bias: Value) -> Value:
    """X times the scale, plus the bias; each may be left out."""
    out: Value = x
    for kind, by in (("mul", scale), ("add", bias)):
        out = out if by is None else together(b, kind, [out, by])
    return out


def _of_channels(b: Builder, value: Value, x: Live, repeated: int = 1) -> Value:
    """A number for each channel of x, so that it meets the channels; each ``repeated`` so many times."""
    if isinstance(value, Live) or (isinstance(value, Outside) and value.given is None):
        raise Refused("its scale and bias are computed; only constants are supported")
    numbers = b.constant(value, "the scale or bias").reshape(-1).astype(np.float64).repeat(repeated)
    if numbers.size != x.shape[1]:
        raise Refused(f"has {numbers.size} numbers for {x.shape[1]} channels; export the model again")
    return numbers.reshape(-1, *[1] * (len(x.shape) - 2))


@operator("LayerNormalization", attributes="axis epsilon stash_type", least=2)
def _layer_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    axis = axis_of(op.get("axis", -1), len(x.shape))
    out, mean, _, inverse = _normalized(b, x, list(range(axis, len(x.shape))), op.get("epsilon", 1e-5))
    return [_stretched(b, out, values[1], optional(values, 2)), mean, inverse]


@operator("InstanceNormalization", attributes="epsilon", least=3)
def _instance_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    if len(x.shape) < 3:
        raise Refused(f"its input has shape {list(x.shape)}; it needs a batch axis, channels and space")
    out, *_ = _normalized(b, x, list(range(2, len(x.shape))), op.get("epsilon", 1e-5))
    return [_stretched(b, out, _of_channels(b, values[1], x), _of_channels(b, values[2], x))]


@operator("GroupNormalization", attributes="epsilon num_groups stash_type", least=3)
def _group_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, groups = first(b, values), op.get("num_groups", 1)
    if len(x.shape) < 3 or groups < 1 or x.shape[1] % groups:
        raise Refused(f"divides the input {list(x.shape)} into {groups} groups, which is not possible")
    apart = reshaped(b, x, (x.shape[0], groups, prod(x.shape[1:]) // groups))
    out, *_ = _normalized(b, apart, [2], op.get("epsilon", 1e-5))
    each = x.shape[1] // groups if b.graph.opset < 21 else 1  # before, there was a number for each group
    x = reshaped(b, out, x.shape)
    return [_stretched(b, x, _of_channels(b, values[1], x, each), _of_channels(b, values[2], x, each))]


def batch_norm_in_training(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """A batch normalization that measures the batch itself, and what it would keep of mean and variance."""
    x, momentum = first(b, values), op.get("momentum", 0.9)
    axes = [k for k in range(len(x.shape)) if k != 1]
    out, mean, variance, _ = _normalized(b, x, axes, op.get("epsilon", 1e-5))
    b.note("BatchNormalization works in training mode: it measures each picture by itself")
    kept: list[Value] = []
    for name, old, new in zip(op.outputs[1:], values[3:5], (mean, variance), strict=False):
        part = together(b, "mul", [reshaped(b, new, (x.shape[1],)), np.asarray(1 - momentum)])
        before = b.constant(old, "the mean or variance").astype(np.float64) * momentum
        kept.append(together(b, "add", [part, before]) if b.uses[name] else None)
    return [_stretched(b, out, _of_channels(b, values[1], x), _of_channels(b, values[2], x)), *kept]


@operator("LRN", attributes="alpha beta bias size")
def _response_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """The sum over nearby channels is a convolution of one pixel."""
    x, flat = placed(b, first(b, values))
    count, size = x.shape[1], op.get("size", 0)
    if size < 1:
        raise Refused("does not say its size; export the model again")
    b.room.sized([count, count])
    place = np.arange(count)
    away = place[None] - place[:, None]  # from the channel that is made to the one that is read
    near = (away >= -((size - 1) // 2)) & (away <= size // 2)
    space: Any = 1 if flat else [1] * (len(x.shape) - 2)
    weight = np.where(near, op.get("alpha", 1e-4) / size, 0.0).reshape(count, count, *[1] * (len(x.shape) - 2))
    params = {"weight": weight, "bias": np.full(count, op.get("bias", 1.0))}
    squares = to_power(b, x, 2.0)
    sums = b.add("conv2d" if flat else "conv", [squares.tensor], params, filters=count, size=space)
    beta = op.get("beta", 0.75)
    if not beta:
        return [x]
    return [together(b, "mul", [x, to_power(b, replace(x, tensor=sums), -beta)])]


@operator("BatchNormalization", attributes="epsilon momentum spatial training_mode is_test", least=5)
def _batch_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if op.get("training_mode", 0):
        return batch_norm_in_training(b, op, values)
    if len([name for name in op.outputs if name]) > 1:
        raise Refused(TRAINING)
    if not op.get("spatial", 1):
        raise Refused("has statistics for every pixel (spatial = 0); export with statistics for every channel")
    x = first(b, values)
    if len(x.shape) < 2:
        raise Refused(f"its input has shape {list(x.shape)}; it needs a batch axis and channels")
    names = ("scale", "bias", "mean", "variance")
    epsilon = op.get("epsilon", 1e-5)
    params = {name: b.constant(values[k], f"the {name}").astype(np.float64) for k, name in enumerate(names, 1)}
    axis = sheet_axis(x, 1) if len(b.shapes[x.tensor]) > 1 else -1  # a column has only one axis
    options: dict[str, Any] = {"axis": axis} if axis else {}
    tensor = b.add("batchnorm", [x.tensor], params, epsilon=epsilon, **options)
    for k, name in enumerate(names, 1):
        if isinstance(values[k], Outside):
            b.inputs[op.inputs[k]] = f"{tensor.partition('.')[0]}.{name}"
    return [like(x, tensor)]

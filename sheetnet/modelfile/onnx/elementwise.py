"""Operators that work element by element: activations, arithmetic with broadcasting, batch normalization.

out[i] = f(x[i]),   out[i] = x[i] + y[i]
    out[i] = (x[i] - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheetnet.layers import Array
from sheetnet.modelfile.onnx import fold
from sheetnet.modelfile.onnx.builder import Builder, Live, Outside, Value
from sheetnet.modelfile.onnx.graph import Constant, Op, Refused
from sheetnet.modelfile.onnx.table import first, floats, like, operator, optional, sheet_axis

_TRAINING = "works in training mode; export the model for inference, after model.eval()"


def _unary(b: Builder, values: list[Value], kind: str, **options: Any) -> list[Value]:
    x = first(b, values)
    return [like(x, b.add(kind, [x.tensor], **options))]


@operator("Relu", "Sigmoid", "Tanh", "HardSwish", "Softplus", "Mish")
def _plain(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, op.kind.lower())


@operator("LeakyRelu", attributes="alpha")
def _leaky(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, "leakyrelu", alpha=op.get("alpha", 0.01))


@operator("Elu", attributes="alpha")
def _elu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, "elu", alpha=op.get("alpha", 1.0))


@operator("Celu", attributes="alpha")
def _celu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, "celu", alpha=op.get("alpha", 1.0))


@operator("Selu", attributes="alpha gamma")
def _selu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    known = {key: op.attributes[key] for key in ("alpha", "gamma") if key in op.attributes}
    return _unary(b, values, "selu", **known)  # without them those of the paper, which ONNX has as float32


@operator("HardSigmoid", attributes="alpha beta")
def _hard_sigmoid(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, "hardsigmoid", alpha=op.get("alpha", 0.2), beta=op.get("beta", 0.5))


@operator("Gelu", attributes="approximate")
def _gelu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return _unary(b, values, "gelu", approximate=op.get("approximate", "none"))


@operator("Clip", attributes="min max")
def _clip(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    limits = []
    for place, key in ((1, "min"), (2, "max")):
        value: Any = op.get(key, None)
        if value is None and (given := optional(values, place)) is not None:
            numbers = b.constant(given, f"the {key} of Clip")
            if numbers.size != 1:
                raise Refused(f"its {key} has {numbers.size} numbers; one is needed")
            value = float(str(numbers.reshape(-1)[0]))
        # exporters write the largest float32 for "no limit"
        limits.append(None if value is None or abs(value) >= 3e38 else float(value))
    low, high = limits
    if low is None and high is None:
        return [first(b, values)]
    if low is not None and high is not None and low > high:  # ONNX: min(max(x, low), high) is high everywhere
        low = high
    return _unary(b, values, "clip", low=low, high=high)


@operator("PRelu")
def _prelu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    slope = b.constant(optional(values, 1), "the slope of PRelu").astype(np.float64)
    if b.graph.opset < 7 and slope.ndim == 1 and slope.size > 1:  # then: one slope per channel
        slope = slope.reshape(-1, *(1,) * (len(x.shape) - 2))
    slope = laid(slope, x)
    while slope.ndim and slope.shape[0] == 1:
        slope = slope[0]
    return [like(x, b.add("prelu", [x.tensor], {"slope": slope}, shape=list(slope.shape)))]


def laid(numbers: Array, x: Live) -> Array:
    """Numbers that broadcast against an ONNX value, with their axes as its tensor has them."""
    if numbers.ndim > len(x.shape):
        raise Refused(f"its constant has {numbers.ndim} axes, its input {len(x.shape)}")
    full = numbers.reshape((1,) * (len(x.shape) - numbers.ndim) + numbers.shape)
    if x.batch:
        if full.shape[0] != 1:
            raise Refused("its constant has a batch of its own")
        full = full[0]
    return full.transpose([int(k) for k in np.argsort(x.order)])


@operator("Identity", moves=True)
def _identity(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return [values[0] if values else None]


@operator("Cast", attributes="to saturate round_mode", moves=True)
def _cast(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if op.get("to", 1) not in (1, 10, 11, 16):  # float32, float16, float64, bfloat16
        raise Refused("turns computed numbers into whole ones; only floating point is supported")
    if values and isinstance(values[0], Live) and values[0].kind == "int":  # pixels, most likely
        return [replace(values[0], kind="float")]
    x = first(b, values)
    b.note("Cast between kinds of floating point left out: cells are float64")
    return [x]


@operator("Dropout", attributes="ratio is_test seed", moves=True)
def _dropout(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if (b.graph.opset < 7 and not op.get("is_test", 0)) or _trains(b, values):
        raise Refused(_TRAINING)
    b.note("Dropout left out: it does nothing after training")
    x = b.live(values[0])
    return [x, np.ones(x.shape, dtype=np.float64)]  # the mask: everything stays


def _trains(b: Builder, values: list[Value]) -> bool:
    """Whether a Dropout throws the dice: in training mode, with a ratio above 0."""
    if (training := optional(values, 2)) is None or not b.constant(training, "training_mode").any():
        return False
    ratio = optional(values, 1)
    return ratio is None or bool(b.constant(ratio, "the ratio").any())


@operator("BatchNormalization", attributes="epsilon momentum spatial training_mode is_test")
def _batch_norm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if op.get("training_mode", 0) or len([name for name in op.outputs if name]) > 1:
        raise Refused(_TRAINING)
    if not op.get("spatial", 1):
        raise Refused("has statistics for every pixel (spatial = 0); export with statistics for every channel")
    x = first(b, values)
    if len(x.shape) < 2:
        raise Refused(f"its input has shape {list(x.shape)}; it needs a batch axis and channels")
    names = ("scale", "bias", "mean", "variance")
    epsilon = float(op.get("epsilon", 1e-5))
    params = {
        name: b.constant(optional(values, k), f"the {name}").astype(np.float64) for k, name in enumerate(names, 1)
    }
    axis = sheet_axis(x, 1) if len(b.shapes[x.tensor]) > 1 else -1  # of a column, its only one
    options: dict[str, Any] = {"axis": axis} if axis else {}
    tensor = b.add("batchnorm", [x.tensor], params, epsilon=epsilon, **options)
    for k, name in enumerate(names, 1):
        if isinstance(values[k], Outside):
            b.inputs[op.inputs[k]] = f"{tensor.partition('.')[0]}.{name}"
    return [like(x, tensor)]


@operator("Add", "Sub", "Mul", "Div", attributes="broadcast axis")
def _binary(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, y = values[0], optional(values, 1)
    if b.graph.opset < 7 and "axis" in op.attributes and op.get("broadcast", 0):
        y = _aligned(b, x, y, op.attributes["axis"])
    if op.kind == "Add" and (out := _as_bias(b, op, x, y)) is not None:
        return [out]
    return [together(b, op.kind.lower(), [x, y])]


def _aligned(b: Builder, x: Value, y: Value, axis: int) -> Value:
    """Opset 6: y stands at ``axis`` of x."""
    rank = len(_shape(x))
    axis = axis + rank if axis < 0 else axis
    if isinstance(y, np.ndarray):
        return y.reshape(*y.shape, *(1,) * max(rank - axis - y.ndim, 0))
    live = b.live(y)
    return b.reshaped(live, (*live.shape, *(1,) * max(rank - axis - len(live.shape), 0)))


def _shape(value: Value) -> tuple[int, ...]:
    if value is None:
        raise Refused("an input is missing; export the model again")
    return tuple(value.shape)


def _as_bias(b: Builder, op: Op, x: Value, y: Value) -> Value:
    """X + constant as the bias of the layer before, where that has none and the constant is one per channel."""
    for value, numbers, name in ((x, y, op.inputs[0]), (y, x, op.inputs[1])):
        if not isinstance(value, Live) or not isinstance(numbers, np.ndarray) or not b.used_once(name):
            continue
        step = b.maker(value)
        if step is None or step.own_bias or numbers.ndim > len(value.shape):
            continue
        sheet, bias = laid(numbers.astype(np.float64), value), f"{step.name}.bias"
        channel = step.layer.filter_axis or 0  # a dense layer has only one axis
        if sheet.size != 1 and (sheet.size != sheet.shape[channel] or sheet.size != b.parameters[bias].size):
            continue
        b.parameters[bias] = np.broadcast_to(sheet.reshape(-1), b.parameters[bias].shape).copy()
        step.own_bias = True
        return value
    return None


@operator("Expand")
def _expand(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """A repetition; the arithmetic behind it repeats by itself, and then there is nothing to do."""
    wanted = fold.ints(b.constant(optional(values, 1), "the shape of Expand"))
    try:
        shape = tuple(np.broadcast_shapes(_shape(values[0]), wanted))
    except ValueError as error:
        raise Refused(f"cannot expand {list(_shape(values[0]))} to {wanted}") from error
    if shape == _shape(values[0]) or _repeats_anyway(b, op.outputs[0], shape):
        return [values[0]]
    return [together(b, "mul", [values[0], np.ones(shape)])]


def _repeats_anyway(b: Builder, name: str, shape: tuple[int, ...]) -> bool:
    """Whether every reader joins the value with another one that has the full shape already."""
    readers = b.readers.get(name, [])
    others = [[b.values.get(one) for one in op.inputs if one != name] for op in readers]
    return (
        bool(readers)
        and name not in b.graph.outputs
        and all(op.kind in ("Add", "Sub", "Mul", "Div", "Sum") for op in readers)
        and all(any(one is not None and tuple(one.shape) == shape for one in them) for them in others)
    )


@operator("Sum")
def _sum(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(values) == 1:
        return [first(b, values)]
    return [together(b, "add" if len(values) == 2 else "sum", values)]


def together(b: Builder, kind: str, values: Sequence[Value]) -> Value:
    """A layer that works element by element on several values, which broadcast."""
    shapes = [_shape(value) for value in values]
    try:
        shape = tuple(np.broadcast_shapes(*shapes))
    except ValueError as error:
        raise Refused(f"the shapes {', '.join(str(list(s)) for s in shapes)} do not broadcast") from error
    lives = [value if isinstance(value, np.ndarray) else floats(b, value) for value in values]
    for value in values:
        if isinstance(value, np.ndarray) and value.dtype.kind not in "f" and value.size > 1:
            raise Refused("computes with whole numbers; only floating point is supported: cast it first")
    lead = _lead(b, lives, shape)
    tensors = [b.arranged(value, lead, strip=True) for value in lives]
    options: dict[str, Any] = {"count": len(tensors)} if kind == "sum" else {}
    tensor = b.add(kind, tensors, **options)
    sheet = b.shapes[tensor]
    inner = shape[1:] if lead.batch else shape
    if len(sheet) != len(inner):  # constants lost axes that nothing else has
        wide = tuple(inner[int(k)] for k in np.argsort(lead.order))
        tensor = b.add("reshape", [tensor], shape=list(wide))
    return replace(lead, tensor=tensor, shape=shape)


def _lead(b: Builder, values: Sequence[Live | Constant], shape: tuple[int, ...]) -> Live:
    """The value that the others are arranged by: of the full rank, and the largest."""
    found = [v for v in values if isinstance(v, Live)]
    if not found:
        return b.live(values[0])
    largest = max(found, key=lambda v: (len(v.shape) == len(shape), int(np.prod(v.shape)), v.plain))
    if len(largest.shape) < len(shape) or (largest.batch and shape[0] != 1):
        largest = b.full(largest)
        rank = len(shape)
        return replace(largest, shape=(1,) * (rank - len(largest.shape)) + largest.shape, order=tuple(range(rank)))
    if largest.columns is not None:
        return b.as_plain(largest)
    return largest

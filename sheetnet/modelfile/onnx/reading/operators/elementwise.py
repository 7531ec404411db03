"""Operators that work on each element alone: activations, and what does nothing after training.

out[i] = f(x[i])
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx.reading.arguments import number
from sheetnet.modelfile.onnx.reading.arrange import laid, without_leading_ones
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.table import first, like, operator, optional
from sheetnet.modelfile.onnx.reading.values import Live, Value

TRAINING = "works in training mode; export the model for inference, after model.eval()"

# ONNX name -> the kind of layer that means the same; and the attributes, which are options of the layer, with the
# defaults that ONNX has for them.
SAME: dict[str, tuple[str, dict[str, Any]]] = {
    "Relu": ("relu", {}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "HardSwish": ("hardswish", {}),
    "Softplus": ("softplus", {}),
    "Mish": ("mish", {}),
    "Abs": ("abs", {}),
    "Neg": ("neg", {}),
    "Sqrt": ("sqrt", {}),
    "Exp": ("exp", {}),
    "Log": ("log", {}),
    "LeakyRelu": ("leakyrelu", {"alpha": 0.01}),
    "Elu": ("elu", {"alpha": 1.0}),
    "Celu": ("celu", {"alpha": 1.0}),
    # Without attributes those of the paper, which ONNX has as float32.
    "Selu": ("selu", {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}),
    "HardSigmoid": ("hardsigmoid", {"alpha": 0.2, "beta": 0.5}),
    "Gelu": ("gelu", {"approximate": "none"}),
}


def _same(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    kind, defaults = SAME[op.kind]
    return _unary(b, values, kind, **{key: op.get(key, default) for key, default in defaults.items()})


for _name, (_, _defaults) in SAME.items():
    operator(_name, attributes=" ".join(_defaults))(_same)


def _unary(b: Builder, values: list[Value], kind: str, **options: Any) -> list[Value]:
    x = first(b, values)
    return [like(x, b.add(kind, [x.tensor], **options))]


@operator("Clip", attributes="min max")
def _clip(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    limits: list[float | None] = []
    for place, key in ((1, "min"), (2, "max")):
        value = op.number(key)
        if value is None and (given := optional(values, place)) is not None:
            value = number(b.constant(given, f"the {key} of Clip"), key)
        # exporters write the largest float32 for "no limit"
        limits.append(None if value is None or abs(value) >= 3e38 else value)
    low, high = limits
    if low is None and high is None:
        return [first(b, values)]
    if low is not None and high is not None and low > high:  # ONNX: min(max(x, low), high) is high everywhere
        low = high
    return _unary(b, values, "clip", low=low, high=high)


@operator("PRelu", least=2)
def _prelu(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = first(b, values)
    slope = b.constant(optional(values, 1), "the slope of PRelu").astype(np.float64)
    if b.graph.opset < 7 and slope.ndim == 1 and slope.size > 1:  # in old opsets: one slope per channel
        slope = slope.reshape(-1, *(1,) * (len(x.shape) - 2))
    slope = without_leading_ones(laid(slope, x))
    return [like(x, b.add("prelu", [x.tensor], {"slope": slope}, shape=list(slope.shape)))]


@operator("Identity", moves=True)
def _identity(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return [values[0]]


@operator("Cast", attributes="to saturate round_mode", moves=True)
def _cast(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if op.get("to", 1) not in (1, 10, 11, 16):  # float32, float16, float64, bfloat16
        raise Refused("turns computed numbers into whole ones; only floating point is supported")
    if isinstance(values[0], Live) and values[0].kind == "int":  # pixels, most likely
        return [replace(values[0], kind="float")]
    x = first(b, values)
    b.note("Cast between kinds of floating point left out: cells are float64")
    return [x]


@operator("Dropout", attributes="ratio is_test seed", moves=True)
def _dropout(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if (b.graph.opset < 7 and not op.get("is_test", 0)) or _trains(b, values):
        raise Refused(TRAINING)
    b.note("Dropout left out: it does nothing after training")
    x = b.live(values[0])
    if len(op.outputs) < 2 or not b.uses[op.outputs[1]]:
        return [x]
    return [x, np.ones(b.room.sized(x.shape), dtype=np.float64)]  # the mask: everything stays


def _trains(b: Builder, values: list[Value]) -> bool:
    """Whether a Dropout drops anything: it does in training mode, with a ratio above 0."""
    if (training := optional(values, 2)) is None or not b.constant(training, "training_mode").any():
        return False
    ratio = optional(values, 1)
    return ratio is None or bool(b.constant(ratio, "the ratio").any())

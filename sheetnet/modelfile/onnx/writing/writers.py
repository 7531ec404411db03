"""Layer -> ONNX operators, kind by kind; each writes the value that has the layer's name.

kind: how(writer, node, names of its inputs)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx.writing.windows import conv, pool
from sheetnet.modelfile.onnx.writing.writer import Writer, WriterOf, option
from sheetnet.network import Node


@dataclass(frozen=True, slots=True)
class Same:
    """An operator that means the same as the layer. ``options``: those of the layer that are its attributes.

    ``since``: the first version of ONNX's operators (opset) that has it.
    """

    operator: str
    options: tuple[str, ...] = ()
    since: int = 1

    def __call__(self, w: Writer, node: Node, inputs: list[str]) -> None:
        """Write it."""
        values = {key: getattr(node.layer, key) for key in self.options}
        given = {key: value if isinstance(value, str) else float(value) for key, value in values.items()}
        w.add(self.operator, inputs, node.name, **given)


@dataclass(frozen=True, slots=True)
class Late:
    """Operators that mean the same as the layer since version ``since`` of ONNX's operators (opset) only."""

    since: int
    write: WriterOf

    def __call__(self, w: Writer, node: Node, inputs: list[str]) -> None:
        """Write them."""
        self.write(w, node, inputs)


def _simple(kind: str, *options: str, since: int = 1) -> Same:
    """An operator of the same meaning, with the same options."""
    return Same(kind, options, since)


def _rescale(w: Writer, node: Node, inputs: list[str]) -> None:
    """(x / divisor - mean) / std."""
    divisor, mean, std = (w.weight(node, name) for name in ("divisor", "mean", "std"))
    name = node.name
    x = w.add("Div", [inputs[0], w.constant(f"{name}_divisor", divisor)], f"{name}_scaled")
    x = w.add("Sub", [x, w.constant(f"{name}_mean", mean[None, :, None, None])], f"{name}_shifted")
    w.add("Div", [x, w.constant(f"{name}_std", std[None, :, None, None])], name)


def _batchnorm(w: Writer, node: Node, inputs: list[str]) -> None:
    layer: Any = node.layer
    values = [w.weight(node, key) for key in ("scale", "bias", "mean", "variance")]
    axis = layer.axis % len(w.of(node)) + w.lead
    if axis == 1:
        keys = ("scale", "bias", "mean", "variance")
        names = [w.constant(f"{node.name}.{key}", v) for key, v in zip(keys, values, strict=True)]
        w.add("BatchNormalization", [inputs[0], *names], node.name, epsilon=float(layer.epsilon))
        return
    scale, bias, mean, variance = values
    factor = scale / np.sqrt(variance + layer.epsilon)
    wide = [-1] + [1] * (len(w.of(node)) + w.lead - 1 - axis)
    x = w.add("Sub", [inputs[0], w.constant(f"{node.name}_mean", mean.reshape(wide))], f"{node.name}_shifted")
    x = w.add("Mul", [x, w.constant(f"{node.name}_factor", factor.reshape(wide))], f"{node.name}_scaled")
    w.add("Add", [x, w.constant(f"{node.name}_bias", bias.reshape(wide))], node.name)


def _clip(w: Writer, node: Node, inputs: list[str]) -> None:
    names = [inputs[0]]
    for key in ("low", "high"):
        value = option(node, key, None)
        names.append("" if value is None else w.constant(f"{node.name}_{key}", value))
    while names[-1] == "":
        names.pop()
    w.add("Clip", names, node.name)


def _prelu(w: Writer, node: Node, inputs: list[str]) -> None:
    w.add("PRelu", [inputs[0], w.constant(f"{node.name}.slope", w.weight(node, "slope"))], node.name)


def _axis(w: Writer, node: Node, default: int = -1) -> int:
    """The axis of a softmax or a join, counted with the batch axis."""
    axis = int(option(node, "axis", default))
    return axis if axis < 0 else axis + w.lead


def _softmax(kind: str) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        base = option(node, "base", None)
        if base is not None:  # b^x is e^(x ln b)
            factor = w.constant(f"{node.name}_factor", np.log(base))
            inputs = [w.add("Mul", [*inputs, factor], f"{node.name}_scaled")]
        w.add(kind, inputs, node.name, axis=_axis(w, node))

    return write


def _concat(w: Writer, node: Node, inputs: list[str]) -> None:
    w.add("Concat", inputs, node.name, axis=_axis(w, node, 0))


def _flatten(w: Writer, node: Node, inputs: list[str]) -> None:
    if w.lead:
        w.add("Flatten", inputs, node.name, axis=1)
    else:
        w.reshape(inputs[0], w.out(node), node.name)


def _reshape(w: Writer, node: Node, inputs: list[str]) -> None:
    w.reshape(inputs[0], [*[1] * w.lead, *w.out(node)], node.name)


def _transpose(w: Writer, node: Node, inputs: list[str]) -> None:
    layer: Any = node.layer
    w.add("Transpose", inputs, node.name, perm=[*range(w.lead), *(a + w.lead for a in layer.axes)])


def _pad(w: Writer, node: Node, inputs: list[str]) -> None:
    layer: Any = node.layer
    count = len(layer.pads) // 2
    none = [0] * w.lead
    pads = w.constant(f"{node.name}_pads", [*none, *layer.pads[:count], *none, *layer.pads[count:]], np.int64)
    names, mode = [inputs[0], pads], option(node, "mode", "constant")
    if mode == "constant" and option(node, "value", 0.0):
        names.append(w.constant(f"{node.name}_value", layer.value))
    w.add("Pad", names, node.name, mode=mode)


def _reduce(kind: str) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        layer: Any = node.layer
        axes, keep = [a + w.lead if a >= 0 else a for a in layer.axes], int(option(node, "keep", True))
        if w.opset < 18 and kind != "ReduceSum":  # which takes its axes as an input since opset 13
            w.add(kind, inputs, node.name, axes=axes, keepdims=keep)
        else:
            w.add(kind, [*inputs, w.constant(f"{node.name}_axes", axes, np.int64)], node.name, keepdims=keep)

    return write


def _power(w: Writer, node: Node, inputs: list[str]) -> None:
    layer: Any = node.layer
    x = inputs[0]
    if layer.plus:
        x = w.add("Add", [x, w.constant(f"{node.name}.plus", layer.plus)], f"{node.name}.sum")
    w.add("Pow", [x, w.constant(f"{node.name}.exponent", layer.exponent)], node.name)


def _pick(w: Writer, node: Node, inputs: list[str]) -> None:
    """A Gather for each axis; a place that is nowhere is a 0 that is put behind the axis before."""
    layer: Any = node.layer
    x, shape = inputs[0], w.of(node)
    chosen = [(k, one) for k, one in enumerate(layer.places, len(shape) - len(layer.places)) if one]
    for number, (axis, places) in enumerate(chosen, 1):
        size, name = shape[axis], f"{node.name}.{axis}"  # no layer has a dot in its name
        if -1 in places:
            pads = [0] * (2 * (len(shape) + w.lead))
            pads[len(pads) // 2 + w.lead + axis] = 1
            x = w.add("Pad", [x, w.constant(f"{name}.pads", pads, np.int64)], f"{name}.padded")
        where = w.constant(f"{name}.places", [size if n < 0 else n for n in places], np.int64)
        x = w.add("Gather", [x, where], node.name if number == len(chosen) else name, axis=axis + w.lead)
    if not chosen:
        w.add("Identity", [x], node.name)


def _dense(w: Writer, node: Node, inputs: list[str]) -> None:
    weight, bias = (w.constant(f"{node.name}.{key}", w.weight(node, key)) for key in ("weight", "bias"))
    if w.lead:
        w.add("Gemm", [inputs[0], weight, bias], node.name, transB=1)
    else:
        w.add("Add", [w.add("MatMul", [weight, inputs[0]], f"{node.name}_sums"), bias], node.name)


def _matmul(w: Writer, node: Node, inputs: list[str]) -> None:
    shapes = [w.of(node, own) for own in ("x", "y")]
    if not w.lead or all(len(shape) > 1 for shape in shapes):
        w.add("MatMul", inputs, node.name)
        return
    sides = [  # a column with a batch axis is a matrix, which multiplies in another way
        w.reshape(name, shape, f"{node.name}_{own}") if len(shape) == 1 else name
        for name, shape, own in zip(inputs, shapes, ("x", "y"), strict=True)
    ]
    w.reshape(w.add("MatMul", sides, f"{node.name}_product"), [1, *w.out(node)], node.name)


def _nll(w: Writer, node: Node, inputs: list[str]) -> None:
    target = w.add("Cast", [inputs[1]], f"{node.name}_target", to=7)  # INT64
    options: dict[str, Any] = {
        "reduction": option(node, "reduction", "mean"),
        "ignore_index": option(node, "ignore", None),
    }
    w.add("NegativeLogLikelihoodLoss", [inputs[0], target, *inputs[2:]], node.name, **options)


def _names(*kinds: str) -> Sequence[tuple[str, WriterOf]]:
    """Operators without attributes that have the name of their layer."""
    return [(kind.lower(), _simple(kind)) for kind in kinds]


WRITERS: dict[str, WriterOf] = (
    dict(_names("Relu", "Sigmoid", "Tanh", "HardSwish", "Softplus", "Identity", "Add", "Sub", "Mul", "Div", "Sum"))
    | dict(_names("Abs", "Neg", "Sqrt", "Exp", "Log"))
    | {
        "pow": _power,
        "powers": _simple("Pow"),
        "reducesum": _reduce("ReduceSum"),
        "pick": _pick,
        "rescale": _rescale,
        "conv2d": conv(flat=True),
        "conv": conv(flat=False),
        "maxpool2d": pool("MaxPool", flat=True),
        "maxpool": pool("MaxPool", flat=False),
        "avgpool2d": Late(19, pool("AveragePool", flat=True)),
        "avgpool": Late(19, pool("AveragePool", flat=False)),
        "globalavgpool": _simple("GlobalAveragePool"),
        "globalmaxpool": _simple("GlobalMaxPool"),
        "batchnorm": _batchnorm,
        "leakyrelu": _simple("LeakyRelu", "alpha"),
        "elu": _simple("Elu", "alpha"),
        "mish": _simple("Mish", since=18),
        "selu": _simple("Selu", "alpha", "gamma"),
        "celu": _simple("Celu", "alpha"),
        "hardsigmoid": _simple("HardSigmoid", "alpha", "beta"),
        "prelu": _prelu,
        "gelu": _simple("Gelu", "approximate", since=20),
        "clip": _clip,
        "concat": _concat,
        "flatten": _flatten,
        "reshape": _reshape,
        "transpose": _transpose,
        "pad": _pad,
        "reducemean": _reduce("ReduceMean"),
        "reducemax": _reduce("ReduceMax"),
        "dense": _dense,
        "matmul": _matmul,
        "softmax": _softmax("Softmax"),
        "logsoftmax": _softmax("LogSoftmax"),
        "nllloss": _nll,
    }
)


def since(kind: str) -> int:
    """The first version of ONNX's operators (opset) that has what a layer of this kind becomes."""
    writer = WRITERS.get(kind)
    return writer.since if isinstance(writer, Same | Late) else 1

"""Layer -> ONNX operators, kind by kind; each writes the value that has the layer's name.

kind: how(writer, node, names of its inputs)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.write import Writer, WriterOf
from sheetnet.network import Node


def _simple(kind: str, *options: str) -> WriterOf:
    """An operator of the same meaning, with the same options."""

    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        w.add(kind, inputs, node.name, **{key: getattr(node.layer, key) for key in options})

    return write


def _get(node: Node, key: str, default: Any) -> Any:
    value = getattr(node.layer, key, default)
    return default if value is None else value


def _wide(value: Any, count: int) -> list[int]:
    return [int(value)] * count if isinstance(value, int) else [int(n) for n in value]


def _rescale(w: Writer, node: Node, inputs: list[str]) -> None:
    """(x / divisor - mean) / std."""
    divisor, mean, std = (w.weight(node, name) for name in ("divisor", "mean", "std"))
    name = node.name
    x = w.add("Div", [inputs[0], w.constant(f"{name}_divisor", divisor)], f"{name}_scaled")
    x = w.add("Sub", [x, w.constant(f"{name}_mean", mean[None, :, None, None])], f"{name}_shifted")
    w.add("Div", [x, w.constant(f"{name}_std", std[None, :, None, None])], name)


def _window(node: Node, shape: Shape, flat: bool) -> dict[str, Any]:
    """Sizes, strides, dilations and pads as ONNX wants them; ``flat``: a kind made for pictures."""
    layer: Any = node.layer
    space = 2 if flat else len(shape) - 2
    size = _wide(layer.size, space)
    stride = _wide(_get(node, "stride", size), space)
    dilation = _wide(_get(node, "dilation", 1), space)
    pads = list(layer.windows(shape).pads)
    found = {"kernel_shape": size, "strides": stride, "pads": pads}
    return found if all(d == 1 for d in dilation) else found | {"dilations": dilation}


def _conv(flat: bool) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        names = [w.constant(f"{node.name}.{key}", w.weight(node, key)) for key in ("weight", "bias")]
        groups = _get(node, "groups", 1)
        options = _window(node, w.of(node), flat)
        w.add("Conv", [inputs[0], *names], node.name, **options, group=None if groups == 1 else groups)

    return write


def _pool(kind: str, flat: bool) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        options, x = _window(node, w.of(node), flat), inputs[0]
        over, counted = _overhang(w, node, options), bool(_get(node, "count_padding", False))
        pads, space = options["pads"], len(over)
        if counted and any(over):  # padding counts, what hangs over does not: so the padding becomes a part of x
            none = [0] * (w.lead + len(w.of(node)) - space)
            around = [*none, *pads[:space], *none, *pads[space:]]
            x = w.add("Pad", [x, w.constant(f"{node.name}_pads", around, np.int64)], f"{node.name}_padded")
            pads, counted = [0] * (2 * space), False
        options["pads"] = [*pads[:space], *(end + more for end, more in zip(pads[space:], over, strict=True))]
        if kind == "AveragePool":
            options["count_include_pad"] = int(counted)
        w.add(kind, [x], node.name, **options)

    return write


def _overhang(w: Writer, node: Node, options: Mapping[str, Any]) -> list[int]:
    """How far the last windows reach beyond the padding, per axis.

    Written as padding, it needs no ceil_mode, of which versions of ONNX before 22 know not when a window is dropped.
    """
    size, stride, pads = options["kernel_shape"], options["strides"], options["pads"]
    space = len(size)
    dilation = options.get("dilations", [1] * space)
    found = []
    for k, (n, count) in enumerate(zip(w.of(node)[-space:], w.out(node)[-space:], strict=True)):
        reach = (size[k] - 1) * dilation[k] + 1
        found.append(max(0, (count - 1) * stride[k] + reach - (n + pads[k] + pads[k + space])))
    return found


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
        value = _get(node, key, None)
        names.append("" if value is None else w.constant(f"{node.name}_{key}", value))
    while names[-1] == "":
        names.pop()
    w.add("Clip", names, node.name)


def _prelu(w: Writer, node: Node, inputs: list[str]) -> None:
    w.add("PRelu", [inputs[0], w.constant(f"{node.name}.slope", w.weight(node, "slope"))], node.name)


def _axis(w: Writer, node: Node, default: int = -1) -> int:
    """The axis of a softmax or a join, counted with the batch axis."""
    axis = int(_get(node, "axis", default))
    return axis if axis < 0 else axis + w.lead


def _softmax(kind: str) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
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
    names, mode = [inputs[0], pads], _get(node, "mode", "constant")
    if mode == "constant" and _get(node, "value", 0.0):
        names.append(w.constant(f"{node.name}_value", layer.value))
    w.add("Pad", names, node.name, mode=mode)


def _reduce(kind: str) -> WriterOf:
    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        layer: Any = node.layer
        axes, keep = [a + w.lead if a >= 0 else a for a in layer.axes], int(_get(node, "keep", True))
        if w.opset < 18:
            w.add(kind, inputs, node.name, axes=axes, keepdims=keep)
        else:
            w.add(kind, [*inputs, w.constant(f"{node.name}_axes", axes, np.int64)], node.name, keepdims=keep)

    return write


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
        "reduction": _get(node, "reduction", "mean"),
        "ignore_index": _get(node, "ignore", None),
    }
    w.add("NegativeLogLikelihoodLoss", [inputs[0], target, *inputs[2:]], node.name, **options)


def _gelu(w: Writer, node: Node, inputs: list[str]) -> None:
    w.add("Gelu", inputs, node.name, approximate=_get(node, "approximate", "none"))


def _names(*kinds: str) -> Sequence[tuple[str, WriterOf]]:
    return [(kind.lower(), _simple(kind)) for kind in kinds]


WRITERS: dict[str, WriterOf] = dict(
    _names("Relu", "Sigmoid", "Tanh", "HardSwish", "Identity", "Add", "Sub", "Mul", "Div", "Sum")
) | {
    "rescale": _rescale,
    "conv2d": _conv(flat=True),
    "conv": _conv(flat=False),
    "maxpool2d": _pool("MaxPool", flat=True),
    "maxpool": _pool("MaxPool", flat=False),
    "avgpool2d": _pool("AveragePool", flat=True),
    "avgpool": _pool("AveragePool", flat=False),
    "globalavgpool": _simple("GlobalAveragePool"),
    "globalmaxpool": _simple("GlobalMaxPool"),
    "batchnorm": _batchnorm,
    "leakyrelu": _simple("LeakyRelu", "alpha"),
    "elu": _simple("Elu", "alpha"),
    "hardsigmoid": _simple("HardSigmoid", "alpha", "beta"),
    "prelu": _prelu,
    "gelu": _gelu,
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

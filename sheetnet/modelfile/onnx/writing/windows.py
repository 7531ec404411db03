"""Layers with windows -> Conv, MaxPool, AveragePool.

The last windows of a pool with ``ceil`` reach beyond its input. How far is written as padding here, and not as
ONNX's ceil_mode: before version 22, ONNX did not say when a window that begins in the padding is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.writing.writer import Writer, WriterOf, for_each_axis, option
from sheetnet.network import Node


def _window(node: Node, shape: Shape, flat: bool) -> dict[str, Any]:
    """Sizes, strides, dilations and pads as ONNX wants them; ``flat``: of a kind that is made for pictures."""
    layer: Any = node.layer
    space = 2 if flat else len(shape) - 2
    size = for_each_axis(layer.size, space)
    stride = for_each_axis(option(node, "stride", size), space)
    dilation = for_each_axis(option(node, "dilation", 1), space)
    found = {"kernel_shape": size, "strides": stride, "pads": list(layer.windows(shape).pads)}
    return found if all(d == 1 for d in dilation) else found | {"dilations": dilation}


def conv(flat: bool) -> WriterOf:
    """A convolution; ``flat``: of a kind that is made for pictures."""

    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        names = [w.constant(f"{node.name}.{key}", w.weight(node, key)) for key in ("weight", "bias")]
        groups = option(node, "groups", 1)
        options = _window(node, w.of(node), flat)
        w.add("Conv", [inputs[0], *names], node.name, **options, group=None if groups == 1 else groups)

    return write


def pool(kind: str, flat: bool) -> WriterOf:
    """A pool, as the operator ``kind``; ``flat``: of a kind that is made for pictures."""

    def write(w: Writer, node: Node, inputs: list[str]) -> None:
        options, x = _window(node, w.of(node), flat), inputs[0]
        over, counted = _overhang(w, node, options), bool(option(node, "count_padding", False))
        pads, space = options["pads"], len(over)
        if counted and any(over):  # in a mean, padding counts and overhang does not: so x is padded beforehand
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
    """How far the last windows reach beyond the padding, for each axis."""
    size, stride, pads = options["kernel_shape"], options["strides"], options["pads"]
    space = len(size)
    dilation = options.get("dilations", [1] * space)
    found = []
    for k, (n, count) in enumerate(zip(w.of(node)[-space:], w.out(node)[-space:], strict=True)):
        reach = (size[k] - 1) * dilation[k] + 1
        found.append(max(0, (count - 1) * stride[k] + reach - (n + pads[k] + pads[k + space])))
    return found

"""Operators that compare classes: softmax, and the losses behind it.

out[i] = e^x[i] / sum e^x,   loss = -log p[target]
"""

from __future__ import annotations

from math import prod
from typing import Any

from sheetnet.errors import shown
from sheetnet.modelfile.onnx.reading.arguments import axis_of
from sheetnet.modelfile.onnx.reading.arrange import full, reshaped
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.table import first, floats, like, operator, optional, sheet_axis
from sheetnet.modelfile.onnx.reading.values import Live, Value


@operator("Softmax", "LogSoftmax", attributes="axis")
def _softmax(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, kind = first(b, values), op.kind.lower()
    if not x.shape:
        raise Refused("its input is a single number")
    old = b.graph.opset < 13
    axis = axis_of(op.get("axis", 1 if old else -1), len(x.shape))
    if old:  # in old opsets: over all axes from this one on together
        wide = [k for k in range(axis, len(x.shape)) if x.shape[k] != 1]
        if len(wide) > 1:
            return [_joint_softmax(b, x, kind, axis)]
        axis = wide[0] if wide else len(x.shape) - 1
    if x.batch and axis == 0:
        x = full(b, x)
    place, rank = sheet_axis(x, axis), len(b.shapes[x.tensor])
    options: dict[str, Any] = {} if place == rank - 1 else {"axis": place}
    return [like(x, b.add(kind, [x.tensor], **options))]


def _joint_softmax(b: Builder, x: Live, kind: str, axis: int) -> Live:
    """A softmax over all axes from ``axis`` on together: they become one row, and softmax compares rows."""
    x = full(b, x)
    rows = (prod(x.shape[:axis]), prod(x.shape[axis:]))
    tensor = b.add("reshape", [x.tensor], shape=list(rows))
    tensor = b.add(kind, [tensor])
    return reshaped(b, Live(tensor, rows, (0, 1)), x.shape)


@operator("NegativeLogLikelihoodLoss", attributes="ignore_index reduction", least=2)
def _nll(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return [_loss(b, op, full(b, first(b, values)), values)]


@operator("SoftmaxCrossEntropyLoss", attributes="ignore_index reduction", least=2)
def _cross_entropy(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = full(b, first(b, values))
    options: dict[str, Any] = {} if len(x.shape) == 2 else {"axis": 1}
    log = like(x, b.add("logsoftmax", [x.tensor], hint="log_probabilities", **options))
    return [_loss(b, op, log, values), log]


def _loss(b: Builder, op: Op, x: Live, values: list[Value]) -> Live:
    """The loss of log-probabilities x (N, C, d...) against targets (N, d...)."""
    reduction = op.get("reduction", "mean")
    if reduction not in ("mean", "sum", "none"):
        raise Refused(f"its reduction {shown(reduction)} is none of mean, sum, none")
    target = full(b, b.live(values[1]))
    options: dict[str, Any] = {} if reduction == "mean" else {"reduction": reduction}
    if (ignored := op.whole("ignore_index")) is not None:
        options["ignore"] = ignored
    tensors = [x.tensor, target.tensor]
    if (weight := optional(values, 2)) is not None:
        tensors.append(full(b, floats(b, weight)).tensor)
        options["weighted"] = True
    tensor = b.add("nllloss", tensors, **options)
    shape = b.shapes[tensor]
    return Live(tensor, shape, tuple(range(len(shape))))

"""Operators that compare everything with everything: matrix products, softmax, losses.

out = alpha * A B + beta * C,   out[i] = e^x[i] / sum e^x,   loss = -log p[target]
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from sheetnet.layers import Array
from sheetnet.modelfile.onnx.builder import Builder, Live, Value
from sheetnet.modelfile.onnx.elementwise import together
from sheetnet.modelfile.onnx.graph import Op, Refused
from sheetnet.modelfile.onnx.table import axis_of, first, floats, like, operator, optional, sheet_axis


def _dense(b: Builder, x: Live, weight: Array, bias: Array | None) -> Live:
    """A column of x times a matrix (units, N)."""
    if x.columns is not None:
        sorted_weight = np.empty_like(weight)
        sorted_weight[:, x.columns] = weight
        weight = sorted_weight
    params = {"weight": weight, "bias": np.zeros(len(weight)) if bias is None else bias}
    tensor = b.add("dense", [x.tensor], params, own_bias=bias is not None, units=len(weight))
    return Live(tensor, (1, len(weight)), (0,), True)


def _as_column(b: Builder, value: Value) -> Live | None:
    """The value as a column of a picture network, if it is one row."""
    if not b.picture or not isinstance(value, Live) or len(value.shape) != 2 or value.shape[0] != 1:
        return None
    return value if value.columns is not None else b.canonical(floats(b, value))


@operator("Gemm", attributes="alpha beta transA transB broadcast")
def _gemm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    left, right, extra = values[0], optional(values, 1), optional(values, 2)
    alpha, beta = float(op.get("alpha", 1.0)), float(op.get("beta", 1.0))
    column = _as_column(b, left)
    if column is not None and isinstance(right, np.ndarray) and not op.get("transA", 0) and right.ndim == 2:
        weight = alpha * (right if op.get("transB", 0) else right.T).astype(np.float64)
        if weight.shape[1] != column.shape[1]:
            raise Refused(f"its weight is {list(weight.shape)}, its input {list(column.shape)}")
        known = extra is None or isinstance(extra, np.ndarray)
        bias = None
        if isinstance(extra, np.ndarray):
            bias = np.broadcast_to(beta * extra.astype(np.float64), (1, len(weight))).reshape(-1).copy()
        out: Value = _dense(b, column, weight, bias)
        if known:
            return [out]
    else:
        factors = [_turned(b, value, bool(op.get(key, 0))) for value, key in ((left, "transA"), (right, "transB"))]
        out = _times(b, _product(b, factors[0], factors[1]), alpha)
    if extra is None or beta == 0:
        return [out]
    scaled = extra * beta if isinstance(extra, np.ndarray) else _times(b, extra, beta)
    return [together(b, "add", [out, scaled])]


def _turned(b: Builder, value: Value, turn: bool) -> Value:
    """A matrix, turned over on request."""
    if isinstance(value, np.ndarray):
        return value.T if turn else value
    x = b.full(floats(b, value))
    if len(x.shape) != 2:
        raise Refused(f"needs matrices; its input has shape {list(x.shape)}")
    return replace(x, shape=(x.shape[1], x.shape[0]), order=(1, 0)) if turn else x


def _times(b: Builder, value: Value, factor: float) -> Value:
    return value if factor == 1 else together(b, "mul", [value, np.asarray(factor, dtype=np.float64)])


@operator("MatMul")
def _matmul(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    left, right = values[0], optional(values, 1)
    column = _as_column(b, left)
    if column is not None and isinstance(right, np.ndarray) and right.ndim == 2 and len(right) == column.shape[1]:
        return [_dense(b, column, right.T.astype(np.float64), None)]
    return [_product(b, left, right)]


def _product(b: Builder, left: Value, right: Value) -> Live:
    """A matrix product as NumPy has it; the batch axis stays off the sheet where it is one of the leading ones."""
    sides = [v if isinstance(v, np.ndarray) else floats(b, v) for v in (left, right)]
    batch = False
    if all(isinstance(v, np.ndarray) or (v.batch and len(v.shape) > 3) for v in sides):
        batch = all(v.ndim == 2 or v.shape[0] == 1 for v in sides if isinstance(v, np.ndarray))
    tensors = []
    for side in sides:
        if isinstance(side, np.ndarray):
            numbers = side.astype(np.float64)
            tensors.append(b.given(numbers[0] if batch and numbers.ndim > 2 else numbers))
        else:
            tensors.append((b.as_plain(side) if batch else b.full(side)).tensor)
    tensor = b.add("matmul", tensors)
    inner = b.shapes[tensor]
    return Live(tensor, (1, *inner) if batch else inner, tuple(range(len(inner))), batch)


@operator("Softmax", "LogSoftmax", attributes="axis")
def _softmax(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, kind = first(b, values), op.kind.lower()
    if not x.shape:
        raise Refused("its input is a single number")
    old = b.graph.opset < 13
    axis = axis_of(op.get("axis", 1 if old else -1), len(x.shape))
    if old:  # then: all axes from this one on together
        wide = [k for k in range(axis, len(x.shape)) if x.shape[k] != 1]
        if len(wide) > 1:
            return [_joint_softmax(b, x, kind, axis)]
        axis = wide[0] if wide else len(x.shape) - 1
    if x.batch and axis == 0:
        x = b.full(x)
    place, rank = sheet_axis(x, axis), len(b.shapes[x.tensor])
    options: dict[str, Any] = {} if place == rank - 1 else {"axis": place}
    return [like(x, b.add(kind, [x.tensor], **options))]


def _joint_softmax(b: Builder, x: Live, kind: str, axis: int) -> Live:
    """Rows of all that is to be compared; the axes that are not are the rows."""
    x = b.full(x)
    rows = (prod(x.shape[:axis]), prod(x.shape[axis:]))
    tensor = b.add("reshape", [x.tensor], shape=list(rows))
    tensor = b.add(kind, [tensor])
    return b.reshaped(Live(tensor, rows, (0, 1)), x.shape)


@operator("NegativeLogLikelihoodLoss", attributes="ignore_index reduction")
def _nll(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return [_loss(b, op, b.full(first(b, values)), values)]


@operator("SoftmaxCrossEntropyLoss", attributes="ignore_index reduction")
def _cross_entropy(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = b.full(first(b, values))
    options: dict[str, Any] = {} if len(x.shape) == 2 else {"axis": 1}
    log = like(x, b.add("logsoftmax", [x.tensor], hint="log_probabilities", **options))
    return [_loss(b, op, log, values), log]


def _loss(b: Builder, op: Op, x: Live, values: list[Value]) -> Live:
    """The loss of log-probabilities x (N, C, d...) against targets (N, d...)."""
    reduction = op.get("reduction", "mean")
    if reduction not in ("mean", "sum", "none"):
        raise Refused(f"its reduction {reduction!r} is none of mean, sum, none")
    target = b.full(b.live(optional(values, 1)))
    options: dict[str, Any] = {} if reduction == "mean" else {"reduction": reduction}
    if "ignore_index" in op.attributes:
        options["ignore"] = op.attributes["ignore_index"]
    tensors = [x.tensor, target.tensor]
    if (weight := optional(values, 2)) is not None:
        tensors.append(b.full(floats(b, weight)).tensor)
        options["weighted"] = True
    tensor = b.add("nllloss", tensors, **options)
    shape = b.shapes[tensor]
    return Live(tensor, shape, tuple(range(len(shape))))

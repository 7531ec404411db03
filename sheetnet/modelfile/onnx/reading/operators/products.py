"""Matrix products.

out = alpha * A B + beta * C
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading.arguments import broadcast
from sheetnet.modelfile.onnx.reading.arrange import as_plain, canonical, full
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.broadcasting import together
from sheetnet.modelfile.onnx.reading.operators.table import floats, operator, optional
from sheetnet.modelfile.onnx.reading.values import Live, Value


def _dense(b: Builder, x: Live, weight: Array, bias: Array | None) -> Live:
    """A dense layer: a column x times a matrix (units, N)."""
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
    return value if value.columns is not None else canonical(b, floats(b, value))


@operator("Gemm", attributes="alpha beta transA transB broadcast", least=2)
def _gemm(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    left, right, extra = values[0], values[1], optional(values, 2)
    alpha, beta = op.get("alpha", 1.0), op.get("beta", 1.0)
    column = _as_column(b, left)
    if column is not None and isinstance(right, np.ndarray) and not op.get("transA", 0) and right.ndim == 2:
        weight = alpha * (right if op.get("transB", 0) else right.T).astype(np.float64)
        if weight.shape[1] != column.shape[1]:
            raise Refused(f"its weight {list(weight.shape)} does not fit its input {list(column.shape)}")
        bias = None
        if isinstance(extra, np.ndarray):
            row = broadcast(extra.shape, (1, len(weight)))
            if row != (1, len(weight)):
                raise Refused(f"its bias is {list(extra.shape)}; one number for each of {len(weight)} is needed")
            bias = np.broadcast_to(beta * extra.astype(np.float64), row).reshape(-1).copy()
        out: Value = _dense(b, column, weight, bias)
        if extra is None or bias is not None:
            return [out]
    else:
        factors = [_turned(b, value, bool(op.get(key, 0))) for value, key in ((left, "transA"), (right, "transB"))]
        out = _times(b, _product(b, factors[0], factors[1]), alpha)
    if extra is None or beta == 0:
        return [out]
    scaled = extra * beta if isinstance(extra, np.ndarray) else _times(b, extra, beta)
    return [together(b, "add", [out, scaled])]


def _turned(b: Builder, value: Value, turn: bool) -> Value:
    """A matrix; transposed where ``turn`` says so."""
    x = value if isinstance(value, np.ndarray) else full(b, floats(b, value))
    if len(x.shape) != 2:
        raise Refused(f"needs matrices; its input has shape {list(x.shape)}")
    if isinstance(x, np.ndarray):
        return x.T if turn else x
    return replace(x, shape=(x.shape[1], x.shape[0]), order=(1, 0)) if turn else x


def _times(b: Builder, value: Value, factor: float) -> Value:
    """A value times a number."""
    return value if factor == 1 else together(b, "mul", [value, np.asarray(factor, dtype=np.float64)])


@operator("MatMul", least=2)
def _matmul(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    left, right = values[0], values[1]
    column = _as_column(b, left)
    if column is not None and isinstance(right, np.ndarray) and right.ndim == 2 and len(right) == column.shape[1]:
        return [_dense(b, column, right.T.astype(np.float64), None)]
    return [_product(b, left, right)]


def _product(b: Builder, left: Value, right: Value) -> Live:
    """A matrix product as NumPy has it. The batch axis stays off the sheet where all sides have it in front."""
    sides = [v if isinstance(v, np.ndarray) else floats(b, v) for v in (left, right)]
    if any(not v.shape for v in sides):
        raise Refused("multiplies a single number; it needs matrices")
    batch = False
    if all(isinstance(v, np.ndarray) or (v.batch and len(v.shape) > 3) for v in sides):
        batch = all(v.ndim == 2 or v.shape[0] == 1 for v in sides if isinstance(v, np.ndarray))
    tensors = []
    for side in sides:
        if isinstance(side, np.ndarray):
            numbers = side.astype(np.float64)
            tensors.append(b.given(numbers[0] if batch and numbers.ndim > 2 else numbers))
        else:
            tensors.append((as_plain(b, side) if batch else full(b, side)).tensor)
    tensor = b.add("matmul", tensors)
    inner = b.shapes[tensor]
    return Live(tensor, (1, *inner) if batch else inner, tuple(range(len(inner))), batch)

"""Powers of computed numbers.

out = x^exponent, where the exponent is one number for all; else each has its own
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.modelfile.onnx.reading.arguments import number
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op
from sheetnet.modelfile.onnx.reading.operators.broadcasting import together
from sheetnet.modelfile.onnx.reading.operators.table import first, like, operator
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value


@operator("Pow", least=2)
def _pow(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Exponents may be whole numbers."""
    y = values[1].given if isinstance(values[1], Outside) else values[1]
    if isinstance(y, np.ndarray):
        if y.size == 1 and y.ndim <= len(first(b, values).shape) and (exponent := number(y, "exponent")):
            return [to_power(b, first(b, values), exponent)]
        y = y.astype(np.float64)
    return [together(b, "powers", [values[0], y])]


@operator("Reciprocal")
def _reciprocal(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    return [to_power(b, first(b, values), -1.0)]


def to_power(b: Builder, x: Live, exponent: float, plus: float = 0.0) -> Live:
    """(x + plus)^exponent."""
    options: dict[str, Any] = {"plus": plus} if plus else {}
    return like(x, b.add("pow", [x.tensor], exponent=exponent, **options))

"""How each operator of ONNX becomes layers; importing these modules fills the ``TABLE``."""

from __future__ import annotations

from sheetnet.modelfile.onnx.reading.operators import (
    broadcasting,
    cuts,
    elementwise,
    enlarging,
    losses,
    normalizing,
    powers,
    products,
    reductions,
    shapes,
    transposed,
    windows,
)
from sheetnet.modelfile.onnx.reading.operators.table import NOT_FLOAT, TABLE

__all__ = [
    "NOT_FLOAT",
    "TABLE",
    "broadcasting",
    "cuts",
    "elementwise",
    "enlarging",
    "losses",
    "normalizing",
    "powers",
    "products",
    "reductions",
    "shapes",
    "transposed",
    "windows",
]

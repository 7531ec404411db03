"""How each operator of ONNX becomes layers; importing these modules fills the ``TABLE``."""

from __future__ import annotations

from sheetnet.modelfile.onnx.reading.operators import (
    broadcasting,
    cuts,
    elementwise,
    losses,
    products,
    reductions,
    shapes,
    windows,
)
from sheetnet.modelfile.onnx.reading.operators.table import NOT_FLOAT, TABLE

__all__ = [
    "NOT_FLOAT",
    "TABLE",
    "broadcasting",
    "cuts",
    "elementwise",
    "losses",
    "products",
    "reductions",
    "shapes",
    "windows",
]

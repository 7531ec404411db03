"""The package onnx, which is an extra: both reading and writing ask for it here, when they need it."""

from __future__ import annotations

from typing import Any

from sheetnet.errors import ModelFileError
from sheetnet.extras import hint


def package() -> Any:
    """The package onnx. Where it is missing, a ModelFileError says how to install it."""
    try:
        import onnx
    except ImportError as error:
        raise ModelFileError(f".onnx files need the package onnx: {hint('onnx')}") from error
    return onnx

"""The hand-worked cases of the layers: tests/cases/<kind>.toml."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetnet.grid import Shape
from sheetnet.layers import LAYERS
from sheetnet.layers.base import Layer

CASES = Path(__file__).parent / "cases"
ARITHMETIC = {"__builtins__": {}, "exp": math.exp, "ln": math.log}


def numbers(value: Any) -> np.ndarray:
    """What a case file says, as an array."""
    if isinstance(value, dict):
        return np.full(value["shape"], float(value["fill"]))

    def plain(v: Any) -> Any:
        if isinstance(v, list):
            return [plain(one) for one in v]
        return eval(v, ARITHMETIC) if isinstance(v, str) else v

    return np.array(plain(value), dtype=np.float64)


@cache
def table_of(kind: str) -> dict[str, Any]:
    path = CASES / f"{kind}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def entries(what: str) -> list[Any]:
    """All entries of one kind in all files, as parameters of a test."""
    return [
        pytest.param(layer, entry, id=f"{layer.kind}: {entry['name']}")
        for layer in LAYERS
        for entry in table_of(layer.kind).get(what, ())
    ]


def by_layer(what: str) -> list[Any]:
    """The entries of one kind for each layer that has any, each with its name, as parameters of a test."""
    return [
        pytest.param(layer, [(entry["name"], entry) for entry in found], id=layer.kind)
        for layer in LAYERS
        if (found := table_of(layer.kind).get(what, ()))
    ]


def known_of(entry: dict[str, Any]) -> dict[str, np.ndarray]:
    """Inputs and parameters of a case."""
    return {name: numbers(v) for name, v in (entry["given"] | entry.get("params", {})).items()}


def shapes_of(layer: Layer, values: Mapping[str, np.ndarray]) -> dict[str, Shape]:
    return {own: values[own].shape for own in layer.reads}

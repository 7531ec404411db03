"""Parameters: numbers by full name ("conv1.weight"), as a template gives them and as a network needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.tables import numbers

Parameters = dict[str, Array]


def given_parameters(spec: Mapping[str, Any]) -> Parameters:
    """The parameters that a template writes into its layers: ``params = {weight = [...], bias = [...]}``."""
    given: Parameters = {}
    for entry in spec.get("layers", ()):
        params = entry.get("params", {})
        if not isinstance(params, Mapping):
            raise NetworkError(f"layer {shown(entry.get('name'))}: params is {shown(params)}; use a table of numbers")
        for name, value in params.items():
            given[f"{entry.get('name')}.{name}"] = numbers(value, f"{entry.get('name')}.{name}")
    return given


def checked(name: str, given: Mapping[str, Array], start: Array | None, shape: Shape) -> Array:
    """The numbers of one parameter: those given, or else ``start``. NetworkError where they do not suit."""
    value = np.asarray(given.get(name, start), dtype=np.float64)
    if value.shape != shape:
        raise NetworkError(f"{name} has shape {list(value.shape)}; needed: {list(shape)}")
    if not np.isfinite(value).all():
        raise NetworkError(f"{name} holds a number that is not finite; train it again")
    return value

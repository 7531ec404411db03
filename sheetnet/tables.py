"""Reading tables that somebody else wrote (TOML, JSON): what is missing, unknown or no number is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetnet.errors import NetworkError, shown


def numbers(value: Any, what: str) -> npt.NDArray[np.float64]:
    """An array of numbers, as float64. NetworkError, which calls it ``what``, if it is none."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "iuf":
        raise NetworkError(f"{shown(what)}: not an array of numbers; rows of one matrix must be equally long")
    return array.astype(np.float64)


def refuse_huge(spec: Any, where: str = "the network spec", depth: int = 0) -> None:
    """Refuse whole numbers of 2**63 and more, and tables nested more than 12 deep: no network needs them."""
    if depth > 12:
        raise NetworkError("the network spec is nested too deeply; see templates/detective/network.toml for one")
    if isinstance(spec, int) and abs(spec) >= 1 << 63:
        raise NetworkError(f"{where}: this whole number is too large; use one below 2**63")
    if isinstance(spec, Mapping):
        for key, value in spec.items():
            refuse_huge(value, shown(key), depth + 1)
    elif isinstance(spec, list | tuple):
        for value in spec:
            refuse_huge(value, where, depth + 1)


def get(table: Mapping[str, Any], key: str, kind: type, where: str, default: Any = None) -> Any:
    """The entry ``key`` of a table. NetworkError, which names ``where``, if it is missing or is not a ``kind``."""
    value = table.get(key, default)
    if value is None:
        raise NetworkError(f"{where}: {key} is missing")
    if not isinstance(value, kind):
        raise NetworkError(f"{where}: {key} is {shown(value)}; it must be a {kind.__name__.lower()}")
    return value


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse an entry that is not ``known``: it would have no effect, and is most likely a typing mistake."""
    if unknown := sorted(map(str, set(table) - known)):
        raise NetworkError(f"{where}: unknown entry {shown(unknown[0])}; known are {', '.join(sorted(known))}")

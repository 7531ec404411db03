"""Tables that somebody else wrote (TOML, JSON): what is missing, unknown or no number is refused in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetnet.errors import NetworkError, shown


def numbers(value: Any, what: str) -> npt.NDArray[np.float64]:
    """A box of numbers, as float64; ``what`` it is, for the message."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "iuf":
        raise NetworkError(f"{shown(what)}: not a box of numbers; rows of one matrix must be equally long")
    return array.astype(np.float64)


def refuse_huge(spec: Any, where: str = "the network spec", depth: int = 0) -> None:
    """Whole numbers that no float holds, and tables in tables in tables: a stranger's spec, and no network."""
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
    """The entry ``key``, which must be a ``kind``; ``where`` it stands, for the message."""
    value = table.get(key, default)
    if value is None:
        raise NetworkError(f"{where}: {key} is missing")
    if not isinstance(value, kind):
        raise NetworkError(f"{where}: {key} is {shown(value)}; it must be a {kind.__name__.lower()}")
    return value


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """A word that no reader of the table knows is a slip of the pen, and no option."""
    if unknown := sorted(map(str, set(table) - known)):
        raise NetworkError(f"{where}: unknown entry {shown(unknown[0])}; known are {', '.join(sorted(known))}")

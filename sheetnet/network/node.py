"""A node of a network, and what it may be called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sheetnet.errors import NetworkError, shown
from sheetnet.layers import Layer

PHOTO, TRUTH = "photo", "truth"
RESERVED = (PHOTO, TRUTH, "view", "choice", "sheetnet", "extra")  # begin defined names of another kind
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")  # becomes part of a defined name, which has no dots or spaces


@dataclass(frozen=True, slots=True)
class Node:
    """A layer with a name; ``inputs`` names one node per entry of ``layer.reads``."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


def check_names(names: Iterable[str]) -> None:
    """NetworkError where a name cannot stand in a defined name of a workbook, or is used twice."""
    seen = set(RESERVED)
    for name in names:
        if not _NAME.fullmatch(name):
            raise NetworkError(f"layer name {shown(name)}: use up to 31 letters, digits or _, a letter first")
        if name.lower() in seen:
            raise NetworkError(f"layer name {name!r} is used twice, or is reserved; choose another")
        seen.add(name.lower())

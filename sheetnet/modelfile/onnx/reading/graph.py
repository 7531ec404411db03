"""A graph as it is read: operators, the constants they read, and what comes in from outside.

    value(output of an operator) = operator(values(inputs)),   inputs before outputs

A file from a stranger may give an attribute of any kind. So a reader asks for an attribute together with the kind
that it needs, and an attribute of another kind refuses its operator here, in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import shown
from sheetnet.grid import Shape

MAX_ELEMENTS = 1 << 25  # of all constants of a file together; a workbook takes a twentieth
MAX_COMPUTED = 1 << 23  # of one constant that is computed
MOST_AXES = 16
Constant = NDArray[Any]
T = TypeVar("T", int, float, str)
_KINDS: dict[type, tuple[tuple[type, ...], str]] = {
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text"),
}


class Refused(Exception):  # noqa: N818  it never leaves this package
    """An operator that cannot be imported; ``Refusals`` makes a line of it.

    Readers raise it for everything that a file may say and that they do not support. Any other exception of a
    reader is a mistake of ours, and nothing catches it.
    """


class Room:
    """How many numbers the constants of a file may still have, all of them together."""

    def __init__(self, left: int = MAX_ELEMENTS) -> None:
        self.left = left

    def sized(self, shape: Sequence[int]) -> Shape:
        """A shape that a constant may have. Refused where there is no room for it; nothing is made before that."""
        if len(shape) > MOST_AXES or any(n < 0 for n in shape) or prod(shape) > min(self.left, MAX_COMPUTED):
            raise Refused("would make a constant that is too large")
        return tuple(shape)

    def take(self, count: int) -> None:
        """Note that so many numbers are kept. Refused where there is no room for them."""
        if count > self.left:
            raise Refused(f"the constants of the model have more than {MAX_ELEMENTS:,} numbers")
        self.left -= count


@dataclass(frozen=True, slots=True)
class Op:
    """One operator. ``inputs`` has "" where an input is left out; ``attributes`` holds plain values and arrays."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def get(self, key: str, default: T) -> T:
        """An attribute, or its default, which also says its kind: a whole number, a number, or a text."""
        kinds, what = _KINDS[type(default)]
        return type(default)(self._of_kind(key, self.attributes.get(key, default), kinds, what))

    def number(self, key: str) -> float | None:
        """An attribute that is a number; None where it is not given."""
        return self.get(key, 0.0) if key in self.attributes else None

    def whole(self, key: str) -> int | None:
        """An attribute that is a whole number; None where it is not given."""
        return self.get(key, 0) if key in self.attributes else None

    def ints(self, key: str) -> list[int] | None:
        """An attribute that is a list of whole numbers; None where it is not given."""
        return self._list(key, (int,), "a list of whole numbers")

    def numbers(self, key: str) -> list[float] | None:
        """An attribute that is a list of numbers; None where it is not given."""
        return self._list(key, (int, float), "a list of numbers")

    def tensor(self, key: str) -> Constant | None:
        """An attribute that is a tensor; None where it is not given."""
        if key not in self.attributes:
            return None
        value: Constant = self._of_kind(key, self.attributes[key], (np.ndarray,), "a tensor")
        return value

    def _list(self, key: str, kinds: tuple[type, ...], what: str) -> list[Any] | None:
        if key not in self.attributes:
            return None
        value = self._of_kind(key, self.attributes[key], (list,), what)
        return [self._of_kind(key, n, kinds, what) for n in value]

    def _of_kind(self, key: str, value: Any, kinds: tuple[type, ...], what: str) -> Any:
        if not isinstance(value, kinds):
            found = "a tensor" if isinstance(value, np.ndarray) else shown(value)
            raise Refused(f"its attribute {shown(key)} is {found}; {what} is needed, export the model again")
        return value


@dataclass(frozen=True, slots=True)
class Input:
    """What comes in from outside. ``kind``: "float", "int" or "bool"; in ``shape``, an unknown size has a name."""

    name: str
    kind: str
    shape: tuple[int | str, ...] | None


@dataclass(frozen=True)
class Graph:
    """A checked graph; ``ops`` are in an order in which they can be computed.

    ``refused``: operators that cannot be imported whatever they read, each with the reason. ``room``: for further
    constants.
    """

    name: str
    opset: int
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Constant]
    ops: tuple[Op, ...]
    refused: tuple[tuple[Op, str], ...] = ()
    room: Room = field(default_factory=Room, compare=False)

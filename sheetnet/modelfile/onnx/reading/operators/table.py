"""The table of operators: name -> how it becomes layers. The module that reads an operator registers it here.

    how(builder, operator, its values) -> the values of its outputs

Each is registered with the names of its attributes; a file with another attribute is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sheetnet.modelfile.onnx.reading.arrange import as_plain
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Constant, Op, Refused
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value

How = Callable[[Builder, Op, list[Value]], Sequence[Value]]
NOT_FLOAT = "computes with whole numbers or truth values; only floating point is supported: cast it first"
_IGNORED = {"consumed_inputs"}  # of the first opsets: a hint on memory


@dataclass(frozen=True, slots=True)
class Operator:
    """How an operator becomes layers.

    ``least``: how many of its inputs must be there. ``moves``: it only moves numbers, and so takes whole numbers
    as well.
    """

    how: How
    attributes: frozenset[str]
    least: int
    moves: bool


TABLE: dict[str, Operator] = {}


def operator(*names: str, attributes: str = "", least: int = 1, moves: bool = False) -> Callable[[How], How]:
    """Register what follows for these operators; ``attributes``: the names of those it takes, between blanks."""

    def registered(how: How) -> How:
        for name in names:
            TABLE[name] = Operator(how, frozenset(attributes.split()) | _IGNORED, least, moves)
        return how

    return registered


def first(b: Builder, values: list[Value]) -> Live:
    """The first value, as numbers that can be computed with."""
    return floats(b, values[0])


def floats(b: Builder, value: Value) -> Live:
    """A value as a tensor of floats. Refused where it is none."""
    if isinstance(value, Live | Outside) and value.kind != "float":
        raise Refused(NOT_FLOAT)
    x = b.live(value)
    return replace(x if x.columns is None else as_plain(b, x), kind="float")


def optional(values: list[Value], place: int) -> Value:
    """An input that may be left out."""
    return values[place] if place < len(values) else None


def known(b: Builder, values: list[Value]) -> list[Constant | None]:
    """The inputs behind the first one, by their places: shapes, axes, limits. Refused where they are computed."""
    return [None, *(None if value is None else b.constant(value, "a shape, axis or limit") for value in values[1:])]


def sheet_axis(x: Live, axis: int) -> int:
    """Which axis of the tensor an ONNX axis is. It must not be a batch axis that the tensor lacks."""
    return x.order[axis - int(x.batch)]


def like(x: Live, tensor: str) -> Live:
    """A tensor as a value whose axes lie as those of ``x``."""
    return replace(x, tensor=tensor)

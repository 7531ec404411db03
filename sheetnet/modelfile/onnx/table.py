"""The table of operators: name -> how it becomes layers. Each is registered by its module, with its attributes.

    how(builder, operator, its values) -> the values of its outputs

An attribute that is not named here is not known, and is refused before anything is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sheetnet.modelfile.onnx.builder import Builder, Live, Outside, Value
from sheetnet.modelfile.onnx.graph import Op, Refused

How = Callable[[Builder, Op, list[Value]], Sequence[Value]]
_IGNORED = {"consumed_inputs"}  # of the first opsets: a hint on memory


@dataclass(frozen=True, slots=True)
class Operator:
    """How an operator becomes layers; ``moves``: it only moves numbers, and so takes whole numbers as well."""

    how: How
    attributes: frozenset[str]
    moves: bool


TABLE: dict[str, Operator] = {}


def operator(*names: str, attributes: str = "", moves: bool = False) -> Callable[[How], How]:
    """Register what follows for these operators; ``attributes``: the names of those it takes."""

    def done(how: How) -> How:
        for name in names:
            TABLE[name] = Operator(how, frozenset(attributes.split()) | _IGNORED, moves)
        return how

    return done


def first(b: Builder, values: list[Value]) -> Live:
    """The first value, as numbers that can be computed with."""
    return floats(b, values[0] if values else None)


def floats(b: Builder, value: Value) -> Live:
    """A value as a tensor of floats."""
    kind = "float" if value is None else value.kind if isinstance(value, Live | Outside) else ""
    if kind in ("int", "bool"):
        raise Refused("computes with whole numbers or truth values; only floating point is supported: cast it first")
    x = b.live(value)
    return replace(x if x.columns is None else b.as_plain(x), kind="float")


def optional(values: list[Value], place: int) -> Value:
    """An input that may be left out."""
    return values[place] if place < len(values) else None


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front; Refused where there is none."""
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} does not exist: the input has {rank}")
    return axis % rank


def sheet_axis(x: Live, axis: int) -> int:
    """Which axis of the tensor an ONNX axis is; not for the batch axis that is not there."""
    return x.order[axis - int(x.batch)]


def like(x: Live, tensor: str) -> Live:
    """A tensor that lies as ``x`` does."""
    return replace(x, tensor=tensor)

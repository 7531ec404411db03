"""What a file says of axes, sizes and cuts, as plain Python. Refused where it makes no sense.

Readers and the computing of constants ask the same questions: which axis is meant, which shape comes out, what is
cut. They are answered here, so that nothing later on has to doubt the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading.graph import MOST_AXES, Constant, Op, Refused

Given = Sequence[Constant | None]  # the inputs of an operator that must be known beforehand, by their places
MISSING = "an input is missing; export the model again"


def number(value: Constant, what: str) -> float:
    """A constant that is one number, as its author wrote it: 0.2, and not the float32 0.20000000298023224."""
    if value.size != 1 or value.dtype.kind not in "iuf":
        raise Refused(f"its {what} must be one number; it has shape {list(value.shape)} of {value.dtype}")
    return float(str(value.reshape(-1)[0]))


def ints(value: Constant | None) -> list[int]:
    """A constant of whole numbers as a list."""
    if value is None or value.dtype.kind not in "iu":
        raise Refused("reads something else where it needs whole numbers; export the model again")
    return [int(n) for n in value.reshape(-1)]


def at(given: Given, place: int) -> Constant | None:
    """The input at a place; None where it is left out."""
    return given[place] if place < len(given) else None


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front. Refused where there is none."""
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} does not exist: the input has {rank}")
    return axis % rank


def axes(op: Op, given: Given, place: int = 1) -> list[int] | None:
    """The axes of an operator: an attribute in older opsets, an input in newer ones; None where it names none."""
    if (found := op.ints("axes")) is not None:
        return found
    return None if at(given, place) is None else ints(at(given, place))


def order(op: Op, rank: int) -> list[int]:
    """The order of axes that a Transpose makes."""
    found = op.ints("perm")
    found = list(reversed(range(rank))) if found is None else found
    if sorted(found) != list(range(rank)):
        raise Refused(f"its perm {found[:MOST_AXES]} is no order of {rank} axes")
    return found


def broadcast(*shapes: Sequence[int]) -> Shape:
    """The shape that arrays of these shapes have together, as in NumPy."""
    rank = max(map(len, shapes))
    wide = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    sizes = [{side for side in sides if side != 1} or {1} for sides in zip(*wide, strict=True)]
    if any(len(different) > 1 or min(different) < 0 for different in sizes):
        raise Refused(f"the shapes {', '.join(str(list(shape)) for shape in shapes[:20])} do not broadcast")
    return tuple(different.pop() for different in sizes)


def reshaped(shape: Shape, wanted: Sequence[int], allow_zero: bool = False) -> Shape:
    """The shape that Reshape makes: a 0 keeps a size, and one -1 stands for what is left."""
    if len(wanted) > MOST_AXES or any(n < -1 for n in wanted) or list(wanted).count(-1) > 1:
        raise Refused(f"cannot reshape to {list(wanted)[:MOST_AXES]}")
    if any(n == 0 and k >= len(shape) for k, n in enumerate(wanted)) and not allow_zero:
        raise Refused(f"cannot keep a size that the input does not have: {list(wanted)}")
    kept = [shape[k] if n == 0 and not allow_zero else n for k, n in enumerate(wanted)]
    known = prod(n for n in kept if n != -1)
    if -1 in kept:
        kept[kept.index(-1)] = prod(shape) // known if known else 0
    if prod(kept) != prod(shape):
        raise Refused(f"cannot reshape {list(shape)} to {list(wanted)}")
    return tuple(kept)


def flattened(op: Op, shape: Shape) -> Shape:
    """The shape that Flatten makes: the axes before its axis as one, and the others as one."""
    axis = op.get("axis", 1)
    axis = axis if axis == len(shape) else axis_of(axis, len(shape))
    return prod(shape[:axis]), prod(shape[axis:])


def squeezed(shape: Shape, which: list[int] | None) -> Shape:
    """The shape that Squeeze makes."""
    drop = {k for k, n in enumerate(shape) if n == 1} if which is None else {axis_of(a, len(shape)) for a in which}
    if any(shape[k] != 1 for k in drop):
        raise Refused(f"cannot squeeze the axes {(which or [])[:MOST_AXES]} of {list(shape)}")
    return tuple(n for k, n in enumerate(shape) if k not in drop)


def unsqueezed(shape: Shape, which: list[int] | None) -> Shape:
    """The shape that Unsqueeze makes."""
    rank = len(shape) + len(which or [])
    new = {axis_of(a, rank) for a in which or []}
    if not which or len(new) != len(which) or rank > MOST_AXES:
        raise Refused(f"cannot insert the axes {(which or [])[:MOST_AXES]}")
    rest = iter(shape)
    return tuple(1 if k in new else next(rest) for k in range(rank))


def slices(op: Op, given: Given, rank: int) -> list[slice]:
    """Start, stop and step for each axis, from attributes (since opset 1) or inputs (since opset 10)."""
    starts, ends, which = op.ints("starts"), op.ints("ends"), op.ints("axes")
    steps = None
    if starts is None or ends is None:
        starts, ends = ints(at(given, 1)), ints(at(given, 2))
        which, steps = (None if at(given, place) is None else ints(at(given, place)) for place in (3, 4))
    which = list(range(len(starts))) if which is None else which
    steps = [1] * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(which) == len(steps) or 0 in steps:
        raise Refused("its starts, ends, axes and steps do not fit together; export the model again")
    found = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, which, steps, strict=True):
        stop = None if step < 0 and end < -(1 << 30) else end
        found[axis_of(axis, rank)] = slice(start, stop, step)
    return found

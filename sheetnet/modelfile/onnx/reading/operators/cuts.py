"""Operators that join tensors, pad them, or cut parts out of them.

out[i] = x[j(i)],   or the constant of a padding
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers.shape.pick import MOST
from sheetnet.modelfile.onnx.reading.arguments import axis_of, ints, number, slices
from sheetnet.modelfile.onnx.reading.arrange import arranged, as_plain, canonical, full
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators.shapes import in_shape
from sheetnet.modelfile.onnx.reading.operators.table import known, like, operator, sheet_axis
from sheetnet.modelfile.onnx.reading.values import Live, Value


@operator("Concat", attributes="axis", moves=True)
def _concat(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(values) == 1:
        return [b.live(values[0])]
    lives = [v if isinstance(v, np.ndarray) else b.live(v) for v in values]
    lead = next((v for v in lives if isinstance(v, Live)), None) or b.live(lives[0])
    axis = axis_of(op.get("axis", 1), len(lead.shape))
    if lead.columns is not None:
        lead = as_plain(b, lead)
    if lead.batch and axis == 0:
        lead = full(b, lead)
    shape = _joined([tuple(v.shape) for v in lives], axis)
    kinds = {v.kind if isinstance(v, Live) else "int" if v.dtype.kind in "iu" else "float" for v in lives}
    if len(kinds) > 1:
        raise Refused("joins whole numbers and fractions; cast them first")
    tensors = [arranged(b, v, lead) if not isinstance(v, Live) else _same(b, v, lead) for v in lives]
    tensor = b.add("concat", tensors, count=len(tensors), axis=lead.order[axis - int(lead.batch)])
    return [replace(lead, tensor=tensor, shape=shape)]


def _same(b: Builder, value: Live, lead: Live) -> str:
    """A value with its axes as ``lead`` has them, whatever its sizes."""
    if value.columns is None and (value.batch, value.order) == (lead.batch, lead.order):
        return value.tensor
    return arranged(b, value if value.batch == lead.batch else full(b, value), lead)


def _joined(shapes: Sequence[Shape], axis: int) -> Shape:
    """The shape of tensors that are joined along an axis."""
    others = {(*s[:axis], *s[axis + 1 :]) for s in shapes if len(s) == len(shapes[0])}
    if len(others) != 1 or any(len(s) != len(shapes[0]) for s in shapes):
        raise Refused(f"the shapes {', '.join(str(list(s)) for s in shapes[:20])} cannot be joined")
    return (*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :])


@operator("Pad", attributes="pads paddings value mode", moves=True)
def _pad(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, given = b.live(values[0]), known(b, values)
    rank, value = len(x.shape), op.get("value", 0.0)
    pads = op.ints("pads")
    pads = ints(given[1] if len(given) > 1 else None) if pads is None else pads
    if len(given) > 2 and given[2] is not None:
        value = number(given[2], "value")
    which: Sequence[int] = range(rank)
    if len(given) > 3 and given[3] is not None:
        which = [axis_of(axis, rank) for axis in ints(given[3])]
    if len(pads) != 2 * len(which):
        raise Refused(f"has {len(pads)} pads; {2 * len(which)} are needed for {len(which)} axes")
    around = [0] * (2 * rank)
    for place, axis in enumerate(which):
        around[axis], around[rank + axis] = pads[place], pads[len(which) + place]
    return [padded(b, x, around, op.get("mode", "constant"), value)]


def padded(b: Builder, x: Live, pads: Sequence[int], mode: str = "constant", value: float = 0.0) -> Live:
    """Put ``pads`` numbers around x: at the start of every axis, then at the end; a negative number cuts off."""
    rank = len(x.shape)
    if not any(pads):
        return x
    if x.batch and (pads[0] or pads[rank]):
        x = full(b, x)
    if x.columns is not None:
        x = as_plain(b, x)
    lead = int(x.batch)
    size = rank - lead
    around = [0] * (2 * size)
    for axis in range(size):
        around[x.order[axis]] = pads[axis + lead]
        around[size + x.order[axis]] = pads[rank + axis + lead]
    shape = tuple(n + pads[k] + pads[rank + k] for k, n in enumerate(x.shape))
    options: dict[str, Any] = {"mode": mode} if mode != "constant" else {}
    if value and mode == "constant":
        options["value"] = value
    return replace(like(x, b.add("pad", [x.tensor], pads=around, **options)), shape=shape)


@operator("Slice", attributes="starts ends axes", moves=True)
def _slice(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """A slice is a cut; where it takes every second pixel, it is also a pool of one pixel with that stride."""
    x = b.live(values[0])
    rank = len(x.shape)
    steps, pads = [1] * rank, [0] * (2 * rank)
    chosen: dict[int, list[int]] = {}
    for axis, part in enumerate(slices(op, known(b, values), rank)):
        start, stop, step = part.indices(x.shape[axis])
        found = range(start, stop, step)
        if not found:
            raise Refused("leaves nothing of its input; only parts with something in them are supported")
        if step < 0:
            chosen[axis] = list(found)
            continue
        steps[axis] = step
        pads[axis], pads[rank + axis] = -start, stop - x.shape[axis]
    if chosen:
        x = picked(b, x, chosen)
    x = padded(b, x, pads)
    if any(step > 1 for step in steps):
        x = _every(b, x, steps)
    return [x]


def _every(b: Builder, x: Live, steps: list[int]) -> Live:
    """Every n-th element: along height and width of a picture as a pool of one pixel, else as chosen places."""
    shape = tuple(-(-n // step) for n, step in zip(x.shape, steps, strict=True))
    if len(x.shape) != 4 or not x.batch or steps[0] > 1 or steps[1] > 1 or x.kind != "float":
        return picked(b, x, {k: list(range(0, x.shape[k], step)) for k, step in enumerate(steps) if step > 1})
    x = canonical(b, x)
    tensor = b.add("maxpool2d", [x.tensor], size=1, stride=steps[2:])
    return replace(like(x, tensor), shape=shape)


def picked(b: Builder, x: Live, chosen: Mapping[int, Sequence[int]]) -> Live:
    """X at chosen places of some axes; a 0 stands at place -1."""
    if any(len(places) > MOST for places in chosen.values()):
        raise Refused("chooses too many places of an axis")
    if x.batch and 0 in chosen:
        x = full(b, x)
    if x.columns is not None:
        x = as_plain(b, x)
    listed: list[list[int]] = [[] for _ in b.shapes[x.tensor]]
    for axis, places in chosen.items():
        listed[sheet_axis(x, axis)] = list(places)
    while len(listed) > 1 and not listed[0]:
        listed.pop(0)
    shape = tuple(len(chosen.get(k, range(n))) for k, n in enumerate(x.shape))
    return replace(like(x, b.add("pick", [x.tensor], places=listed)), shape=shape)


@operator("Split", attributes="axis split num_outputs", moves=True)
def _split(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Each part is a cut; a part that nothing reads is not made."""
    x, given = b.live(values[0]), known(b, values)
    axis = axis_of(op.get("axis", 0), len(x.shape))
    size, count, parts = x.shape[axis], len(op.outputs), op.ints("split")
    if parts is None and len(given) > 1 and given[1] is not None:
        parts = ints(given[1])
    if parts is None:
        part = -(-size // count)
        parts = [min(part, size - k * part) for k in range(count)]
    if len(parts) != count or sum(parts) != size or min(parts) < 1:
        raise Refused(f"splits an axis of {size} into {count} parts of {parts[:20]}; they must add up to it")
    found: list[Value] = []
    start = 0
    for name, part in zip(op.outputs, parts, strict=True):
        found.append(_part(b, x, axis, start, part) if b.uses[name] else None)
        start += part
    return found


def _part(b: Builder, x: Live, axis: int, start: int, size: int) -> Live:
    """The elements of x from ``start`` on, ``size`` of them, along an axis."""
    pads = [0] * (2 * len(x.shape))
    pads[axis], pads[len(x.shape) + axis] = -start, start + size - x.shape[axis]
    return padded(b, x, pads)


@operator("Gather", attributes="axis", least=2, moves=True)
def _gather(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """x[:, k], places of an axis: a cut where they follow each other."""
    x = b.live(values[0])
    index = b.constant(values[1], "the index of Gather")
    axis = axis_of(op.get("axis", 0), len(x.shape))
    found = [axis_of(n, x.shape[axis]) for n in ints(index)]
    if not found:
        raise Refused("picks no place of an axis; at least one is needed")
    if found == list(range(found[0], found[0] + len(found))):
        cut = _part(b, x, axis, found[0], len(found))
    else:
        cut = picked(b, x, {axis: found})
    return in_shape(b, op, cut, (*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))


@operator("GatherND", attributes="batch_dims", least=2, moves=True)
def _gather_nd(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Places of several axes at once, where they are a choice of rows and one of columns, as in uneven pooling."""
    x = b.live(values[0])
    index = b.constant(values[1], "the index of GatherND")
    count = index.shape[-1] if index.ndim else 0
    if op.get("batch_dims", 0) or not 1 <= count <= len(x.shape) or not index.size:
        raise Refused("picks places in a way that is not supported; only rows and columns are")
    places = np.array(ints(index)).reshape(index.shape)
    chosen: dict[int, list[int]] = {}
    first = 0
    for axis in range(count):
        one = places[..., axis]
        varies = [k for k, n in enumerate(one.shape) if n > 1 and (one != one.take([0], k)).any()]
        last = max(varies, default=first - 1) + 1
        if varies and min(varies) < first:
            raise Refused(
                "picks single places of several axes; only a choice of rows and one of columns is supported"
            )
        rest = one.ndim if axis == count - 1 else last
        own = one[tuple(slice(None) if first <= k < rest else 0 for k in range(one.ndim))]
        chosen[axis] = [axis_of(int(n), x.shape[axis]) for n in own.reshape(-1)]
        first = rest
    return in_shape(b, op, picked(b, x, chosen), (*index.shape[:-1], *x.shape[count:]))

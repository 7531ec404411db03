"""Operators that move numbers: reshape, transpose, join, pad, cut.

out[i] = x[j(i)],   or the constant of a padding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from sheetnet.modelfile.onnx import fold
from sheetnet.modelfile.onnx.builder import Builder, Live, Value
from sheetnet.modelfile.onnx.graph import Constant, Op, Refused
from sheetnet.modelfile.onnx.table import axis_of, floats, like, operator, optional


def _moved(b: Builder, values: list[Value]) -> Live:
    if not values:
        raise Refused("an input is missing; export the model again")
    return b.live(values[0])


def _known(b: Builder, values: list[Value], start: int = 1) -> list[Constant | None]:
    """The inputs that must be known beforehand, such as axes."""
    return [None if v is None else b.constant(v, "a shape, axis or limit") for v in values[start:]]


def _to(b: Builder, op: Op, x: Live, shape: tuple[int, ...]) -> list[Value]:
    """Reshape; nothing to do where the shape stays."""
    if len(shape) > 8:
        raise Refused(f"makes a tensor of rank {len(shape)}; a sheet shows up to 8")
    if shape == x.shape:
        return [x]
    if len(shape) == 2 and shape[0] == 1 and x.batch and not x.plain and _dense_only(b, op.outputs[0]):
        return [_scrambled(b, x, shape)]
    return [b.reshaped(x, shape)]


def _dense_only(b: Builder, name: str) -> bool:
    """Whether only dense layers read a value: their weights can be put in another order."""
    readers = b.readers.get(name, [])
    return (
        bool(readers)
        and name not in b.graph.outputs
        and all(op.kind in ("Gemm", "MatMul") and op.inputs[0] == name and not op.get("transA", 0) for op in readers)
    )


def _scrambled(b: Builder, x: Live, shape: tuple[int, ...]) -> Live:
    """Flatten the maps as they lie, and remember where ONNX has each element."""
    sheet = b.shapes[x.tensor]
    if x.columns is not None or len(sheet) != 3:
        return b.reshaped(x, shape)
    columns = np.arange(prod(sheet)).reshape(sheet).transpose(x.order).reshape(-1)
    tensor = b.add("flatten", [x.tensor])
    b.note("the weights after flatten are put in the order channel, row, column")
    return Live(tensor, shape, (0,), True, x.kind, columns, x)


@operator("Reshape", attributes="shape allowzero", moves=True)
def _reshape(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    (wanted, *_) = _known(b, values) or [None]
    return _to(b, op, x, fold.target(x.shape, fold.ints(wanted), bool(op.get("allowzero", 0))))


@operator("Flatten", attributes="axis", moves=True)
def _flatten(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    axis = op.get("axis", 1)
    axis = axis if axis == len(x.shape) else axis_of(axis, len(x.shape))
    return _to(b, op, x, (prod(x.shape[:axis]), prod(x.shape[axis:])))


@operator("Squeeze", attributes="axes", moves=True)
def _squeeze(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    return _to(b, op, x, fold.squeezed(x.shape, fold.axes(op, [None, *_known(b, values)])))


@operator("Unsqueeze", attributes="axes", moves=True)
def _unsqueeze(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    return _to(b, op, x, fold.unsqueezed(x.shape, fold.axes(op, [None, *_known(b, values)])))


@operator("Transpose", attributes="perm", moves=True)
def _transpose(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    rank = len(x.shape)
    axes = list(op.get("perm", list(reversed(range(rank)))))
    if sorted(axes) != list(range(rank)):
        raise Refused(f"its perm {axes} is no order of {rank} axes")
    shape = tuple(x.shape[k] for k in axes)
    if x.columns is not None or (x.batch and axes[0] != 0):
        x = b.full(x)
    if x.batch:
        return [replace(x, shape=shape, order=tuple(x.order[k - 1] for k in axes[1:]))]
    return [replace(x, shape=shape, order=tuple(x.order[k] for k in axes))]


@operator("Concat", attributes="axis", moves=True)
def _concat(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    if len(values) == 1:
        return [_moved(b, values)]
    lives = [v if isinstance(v, np.ndarray) else b.live(v) for v in values]
    lead = next((v for v in lives if isinstance(v, Live)), None) or b.live(lives[0])
    axis = axis_of(op.get("axis", 1), len(lead.shape))
    if lead.columns is not None:
        lead = b.as_plain(lead)
    if lead.batch and axis == 0:
        lead = b.full(lead)
    shape = _joined([tuple(v.shape) for v in lives], axis)
    kinds = {v.kind if isinstance(v, Live) else "int" if v.dtype.kind in "iu" else "float" for v in lives}
    if len(kinds) > 1:
        raise Refused("joins whole numbers and fractions; cast them first")
    tensors = [b.arranged(v, lead) if not isinstance(v, Live) else _same(b, v, lead) for v in lives]
    tensor = b.add("concat", tensors, count=len(tensors), axis=lead.order[axis - int(lead.batch)])
    return [replace(lead, tensor=tensor, shape=shape)]


def _same(b: Builder, value: Live, lead: Live) -> str:
    """A value with its axes as ``lead`` has them, whatever its sizes."""
    if value.columns is None and (value.batch, value.order) == (lead.batch, lead.order):
        return value.tensor
    return b.arranged(value if value.batch == lead.batch else b.full(value), lead)


def _joined(shapes: Sequence[tuple[int, ...]], axis: int) -> tuple[int, ...]:
    others = {(*s[:axis], *s[axis + 1 :]) for s in shapes if len(s) == len(shapes[0])}
    if len(others) != 1 or any(len(s) != len(shapes[0]) for s in shapes):
        raise Refused(f"the shapes {', '.join(str(list(s)) for s in shapes)} cannot be joined")
    return (*shapes[0][:axis], sum(s[axis] for s in shapes), *shapes[0][axis + 1 :])


@operator("Pad", attributes="pads paddings value mode", moves=True)
def _pad(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x = _moved(b, values)
    rank, known = len(x.shape), _known(b, values)
    pads = list(op.attributes["pads"]) if "pads" in op.attributes else fold.ints(known[0] if known else None)
    value: Any = op.get("value", 0.0)
    if len(known) > 1 and known[1] is not None:
        value = float(str(known[1].reshape(-1)[0]))
    if len(known) > 2 and known[2] is not None:
        which = [axis_of(a, rank) for a in fold.ints(known[2])]
        begin, end = dict(zip(which, pads, strict=False)), dict(zip(which, pads[len(which) :], strict=False))
        pads = [begin.get(k, 0) for k in range(rank)] + [end.get(k, 0) for k in range(rank)]
    if len(pads) != 2 * rank:
        raise Refused(f"has {len(pads)} pads; {2 * rank} are needed for {rank} axes")
    return [padded(b, x, pads, op.get("mode", "constant"), value)]


def padded(b: Builder, x: Live, pads: Sequence[int], mode: str = "constant", value: float = 0.0) -> Live:
    """Add cells around x, or crop where negative; ``pads``: at the start of every axis, then at the end."""
    rank = len(x.shape)
    if not any(pads):
        return x
    if x.batch and (pads[0] or pads[rank]):
        x = b.full(x)
    if x.columns is not None:
        x = b.as_plain(x)
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
    """A crop, and where every second pixel is taken, a pool of one pixel with that stride."""
    x = _moved(b, values)
    rank = len(x.shape)
    steps, pads = [1] * rank, [0] * (2 * rank)
    for axis, part in enumerate(fold.slices(op, [None, *_known(b, values)], rank)):
        start, stop, step = part.indices(x.shape[axis])
        if step < 1 or stop <= start:
            raise Refused("cuts nothing out, or counts backwards; only cuts forwards are supported")
        steps[axis] = step
        pads[axis], pads[rank + axis] = -start, stop - x.shape[axis]
    x = padded(b, x, pads)
    if any(step > 1 for step in steps):
        x = _every(b, floats(b, x), steps)
    return [x]


def _every(b: Builder, x: Live, steps: list[int]) -> Live:
    shape = tuple(-(-n // step) for n, step in zip(x.shape, steps, strict=True))
    x = b.canonical(x)
    if len(x.shape) < 3 or steps[0] > 1 or steps[1] > 1:
        raise Refused("takes every second element of an axis that is no height or width")
    spatial = steps[2:]
    if x.batch and len(x.shape) == 4:
        tensor = b.add("maxpool2d", [x.tensor], size=1, stride=spatial)
    else:
        x = b.full(x)
        tensor = b.add("maxpool", [x.tensor], size=[1] * len(spatial), stride=spatial)
    return replace(like(x, tensor), shape=shape)


@operator("Split", attributes="axis split num_outputs", moves=True)
def _split(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Every part is a crop."""
    x = _moved(b, values)
    axis = axis_of(op.get("axis", 0), len(x.shape))
    known, size, count = _known(b, values), x.shape[axis], len(op.outputs)
    if "split" in op.attributes or (known and known[0] is not None):
        parts = list(op.attributes["split"]) if "split" in op.attributes else fold.ints(known[0])
    else:
        part = -(-size // count)
        parts = [min(part, size - k * part) for k in range(count)]
    if len(parts) != count or sum(parts) != size or min(parts) < 1:
        raise Refused(f"splits {size} into {parts[:20]}")
    found: list[Value] = []
    for k, part in enumerate(parts):
        pads = [0] * (2 * len(x.shape))
        start = sum(parts[:k])
        pads[axis], pads[len(x.shape) + axis] = -start, start + part - size
        found.append(padded(b, x, pads) if b.uses[op.outputs[k]] else None)
    return found


@operator("Gather", attributes="axis", moves=True)
def _gather(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """x[:, k]: one place of an axis is a crop."""
    x = _moved(b, values)
    index = b.constant(optional(values, 1), "the index of Gather")
    axis = axis_of(op.get("axis", 0), len(x.shape))
    if index.size != 1 or index.ndim > 1:
        raise Refused("picks several places of an axis; only one is supported")
    rank, place = len(x.shape), axis_of(int(index.reshape(-1)[0]), x.shape[axis])
    pads = [0] * (2 * rank)
    pads[axis], pads[rank + axis] = -place, place + 1 - x.shape[axis]
    cut = padded(b, x, pads)
    return [cut] if index.ndim else _to(b, op, cut, (*x.shape[:axis], *x.shape[axis + 1 :]))

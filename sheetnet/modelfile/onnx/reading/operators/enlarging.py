"""Pictures are made larger or smaller, or channels become pixels.

out[i] = x[nearest place],   out = M x along an axis, where row i of M says how much each place gives to i
"""

from __future__ import annotations

from math import floor, prod
from typing import Any

import numpy as np

from sheetnet.errors import shown
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading.arguments import axis_of, ints
from sheetnet.modelfile.onnx.reading.arrange import canonical, full, reshaped
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import MAX_COMPUTED, Constant, Op, Refused
from sheetnet.modelfile.onnx.reading.operators.broadcasting import together
from sheetnet.modelfile.onnx.reading.operators.cuts import picked
from sheetnet.modelfile.onnx.reading.operators.table import first, known, operator
from sheetnet.modelfile.onnx.reading.resampling import Resampling, origins, places, weights
from sheetnet.modelfile.onnx.reading.values import Live, Value

_RESIZE = (
    "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value "
    "keep_aspect_ratio_policy mode nearest_mode"
)


def _numbers(value: Constant | None) -> list[float] | None:
    return None if value is None or not value.size else [float(n) for n in value.reshape(-1)]


@operator("Resize", attributes=_RESIZE)
def _resize(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, given = first(b, values), known(b, values)
    old = b.graph.opset < 11  # x and scales alone, and no options
    roi, scales = (None, given[1:2]) if old else (given[1] if len(given) > 1 else None, given[2:3])
    how = Resampling(
        mode=op.get("mode", "nearest"),
        transform="asymmetric" if old else op.get("coordinate_transformation_mode", "half_pixel"),
        rounding="floor" if old else op.get("nearest_mode", "round_prefer_floor"),
        cubic=op.get("cubic_coeff_a", -0.75),
        exclude=bool(op.get("exclude_outside", 0)),
        antialias=bool(op.get("antialias", 0)),
    )
    rank = len(x.shape)
    which = [axis_of(axis, rank) for axis in op.ints("axes") or range(rank)]
    factors = _numbers(scales[0]) if scales else None
    sizes = None if len(given) < 4 or given[3] is None or not given[3].size else ints(given[3])
    if factors is not None:
        sizes = None
    elif sizes is not None and len(sizes) == len(which):
        sizes, factors = _fitted(op, [x.shape[axis] for axis in which], sizes)
    if factors is None or len(factors) != len(which) or not all(0 < f < 1e6 for f in factors):
        raise Refused("its scales do not fit its input; export the model again")
    sizes = sizes or [floor(x.shape[axis] * f) for axis, f in zip(which, factors, strict=True)]
    ends = _numbers(roi) or [0.0] * len(which) + [1.0] * len(which)
    if len(ends) != 2 * len(which) or min(sizes) < 1:
        raise Refused("leaves nothing of its input, or its roi does not fit it; export the model again")
    axes = list(zip(which, factors, sizes, zip(ends, ends[len(which) :], strict=False), strict=True))
    return [_resampled(b, x, axes, how, op.get("extrapolation_value", 0.0))]


def _fitted(op: Op, shape: list[int], sizes: list[int]) -> tuple[list[int], list[float]]:
    """The sizes that come out where the sides of a picture are to keep their proportions, and the factors."""
    factors = [size / n for size, n in zip(sizes, shape, strict=True)]
    policy = op.get("keep_aspect_ratio_policy", "stretch")
    if policy == "stretch":
        return sizes, factors
    if policy not in ("not_larger", "not_smaller"):
        raise Refused(f"its keep_aspect_ratio_policy {shown(policy)} is not known")
    factor = min(factors) if policy == "not_larger" else max(factors)
    return [floor(n * factor + 0.5) for n in shape], [factor] * len(shape)


@operator("Upsample", attributes="mode scales width_scale height_scale")
def _upsample(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    x, given = first(b, values), known(b, values)
    factors = op.numbers("scales") or (_numbers(given[1]) if len(given) > 1 else None)
    if factors is None or len(factors) != len(x.shape) or not all(0 < f < 1e6 for f in factors):
        raise Refused("its scales do not fit its input; export the model again")
    how = Resampling(mode=op.get("mode", "nearest"), transform="asymmetric", rounding="floor")
    sizes = [floor(n * f) for n, f in zip(x.shape, factors, strict=True)]
    if min(sizes) < 1:
        raise Refused("leaves nothing of its input")
    axes = [(axis, f, size, (0.0, 1.0)) for axis, (f, size) in enumerate(zip(factors, sizes, strict=True))]
    return [_resampled(b, x, axes, how, 0.0)]


def _resampled(b: Builder, x: Live, axes: list[Any], how: Resampling, beyond: float) -> Live:
    """X along each of the axes: (axis, factor, size, (start, end) of the part that is shown)."""
    changed = [one for one in axes if one[1] != 1 or one[2] != x.shape[one[0]] or how.transform.startswith("tf")]
    if not changed:
        return x
    wanted = {axis: size for axis, _, size, _ in changed}
    b.room.sized([wanted.get(k, n) for k, n in enumerate(x.shape)])
    if any(axis == 0 for axis, *_ in changed) and x.batch:
        x = full(b, x)
    where = {axis: origins(x.shape[axis], f, size, how.transform, part) for axis, f, size, part in changed}
    outside = {axis: (found < 0) | (found > x.shape[axis] - 1) for axis, found in where.items()}
    inside = not how.transform.startswith("tf")
    if how.mode == "nearest":
        chosen = {axis: places(found, x.shape[axis], how.rounding) for axis, found in where.items()}
        for axis, found in chosen.items():
            chosen[axis] = found if inside else np.where(outside[axis], -1, found)
        x = picked(b, x, {axis: found.tolist() for axis, found in chosen.items()})
    else:
        for axis, factor, size, _ in changed:
            b.room.sized([size, x.shape[axis]])
            matrix = weights(where[axis], x.shape[axis], factor, how)
            x = along(b, x, axis, matrix if inside else matrix * ~outside[axis][:, None])
    if inside or not beyond or not any(found.any() for found in outside.values()):
        return x
    if prod(x.shape) > MAX_COMPUTED:
        raise Refused("makes a picture that is too large")
    filled = np.zeros(x.shape, dtype=bool)
    for axis, found in outside.items():
        filled |= found.reshape(-1, *[1] * (len(x.shape) - 1 - axis))
    return b.live(together(b, "add", [x, np.where(filled, beyond, 0.0)]))


def along(b: Builder, x: Live, axis: int, matrix: Array) -> Live:
    """The product of a matrix with x along an axis."""
    x = canonical(b, x)
    sheet, rank = axis - int(x.batch), len(b.shapes[x.tensor])
    shape = (*x.shape[:axis], len(matrix), *x.shape[axis + 1 :])
    if sheet == rank - 1:
        tensor = b.add("matmul", [x.tensor, b.given(np.ascontiguousarray(matrix.T))])
    elif sheet == rank - 2:
        tensor = b.add("matmul", [b.given(matrix), x.tensor])
    else:
        order = [k for k in range(rank) if k != sheet]
        turned = b.add("transpose", [x.tensor], axes=[*order, sheet])
        tensor = b.add("matmul", [turned, b.given(np.ascontiguousarray(matrix.T))])
        back = [*order, sheet]
        tensor = b.add("transpose", [tensor], axes=[back.index(k) for k in range(rank)])
    return Live(tensor, shape, tuple(range(rank)), x.batch, x.kind)


@operator("DepthToSpace", attributes="blocksize mode")
def _depth_to_space(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Channels become pixels."""
    x, size, mode = first(b, values), op.get("blocksize", 0), op.get("mode", "DCR")
    if len(x.shape) != 4 or size < 1 or x.shape[1] % (size * size) or mode not in ("DCR", "CRD"):
        raise Refused(f"cannot spread the channels of {list(x.shape)} over blocks of {size}, mode {shown(mode)}")
    n, c, h, w = x.shape
    less = c // (size * size)
    if mode == "DCR":
        return [_moved(b, x, (n, size, size, less, h, w), (0, 3, 4, 1, 5, 2), (n, less, h * size, w * size))]
    return [_moved(b, x, (n, less, size, size, h, w), (0, 1, 4, 2, 5, 3), (n, less, h * size, w * size))]


@operator("SpaceToDepth", attributes="blocksize mode")
def _space_to_depth(b: Builder, op: Op, values: list[Value]) -> list[Value]:
    """Pixels become channels."""
    x, size, mode = first(b, values), op.get("blocksize", 0), op.get("mode", "DCR")
    whole = len(x.shape) == 4 and size > 0 and not (x.shape[2] % size or x.shape[3] % size)
    if not whole or mode not in ("DCR", "CRD"):
        raise Refused(f"cannot cut {list(x.shape)} into blocks of {size}, mode {shown(mode)}")
    n, c, h, w = x.shape
    less = (h // size, w // size)
    shape = (n, c * size * size, *less)
    order = (0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)
    return [_moved(b, x, (n, c, less[0], size, less[1], size), order, shape)]


def _moved(b: Builder, x: Live, apart: tuple[int, ...], axes: tuple[int, ...], shape: tuple[int, ...]) -> Live:
    """X with its axes taken ``apart``, in the order ``axes``, put together to ``shape``; axis 0 stays in front."""
    x = reshaped(b, x, apart)
    lead = int(x.batch)
    order = [axis - lead for axis in axes[lead:]]
    tensor = b.add("transpose", [x.tensor], axes=order)
    moved = tuple(apart[axis] for axis in axes)
    return reshaped(b, Live(tensor, moved, tuple(range(len(order))), x.batch, x.kind), shape)

"""Windows that slide along any number of axes: what the general convolution and pooling share.

    reach of a window = dilation * (size - 1) + 1
    output size       = floor((n + begin + end - reach) / stride) + 1

``ceil``: rounded up instead, but a last window that would begin beyond x and its first padding is dropped, as PyTorch
and ONNX do. Source: Dumoulin and Visin, arXiv 1603.07285; the ONNX operators Conv, MaxPool and AveragePool.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers.base import Array
from sheetnet.layers.options import is_whole

MOST = 512  # cells: the longest side of a window, a stride or a padding
MOST_AXES = 3


def as_sizes(value: Any, what: str, axes: int = 0) -> tuple[int, ...]:
    """A whole number above 0 per axis; one number for all where it is known how many ``axes`` there are."""
    sizes = (value,) * axes if is_whole(value) else tuple(value) if isinstance(value, list | tuple) else ()
    if not 1 <= len(sizes) <= MOST_AXES or len(sizes) != (axes or len(sizes)) or not all(map(_counts, sizes)):
        many = f"a list of {axes}" if axes else f"a list of 1 to {MOST_AXES}"
        raise NetworkError(f"{what} is {shown(value)}; use {many} whole numbers from 1 to {MOST}")
    return sizes


def as_pads(value: Any, what: str, axes: int) -> tuple[int, ...]:
    """Cells around x: one number, or [begin of each axis..., end of each axis...]."""
    pads = (value,) * (2 * axes) if is_whole(value) else tuple(value) if isinstance(value, list | tuple) else ()
    if len(pads) != 2 * axes or not all(n == 0 or _counts(n) for n in pads):
        each = f"{2 * axes} of them: all begins, then all ends"
        raise NetworkError(f"{what} is {shown(value)}; use a number from 0 to {MOST}, or {each}")
    return pads


def check_options(layer: Any, who: str) -> None:
    """Bring size, stride, padding and dilation of a layer into one form: a number per axis."""
    size = as_sizes(layer.size, f"{who}: size")
    object.__setattr__(layer, "size", size)
    object.__setattr__(layer, "stride", as_sizes(layer.stride, f"{who}: stride", len(size)))
    object.__setattr__(layer, "padding", as_pads(layer.padding, f"{who}: padding", len(size)))
    object.__setattr__(layer, "dilation", as_sizes(layer.dilation, f"{who}: dilation", len(size)))


def _counts(n: Any) -> bool:
    return is_whole(n) and 1 <= n <= MOST


def output_sizes(
    who: str, x: Shape, size: Shape, stride: Shape, padding: Shape, dilation: Shape, ceil: bool = False
) -> Shape:
    """How many windows there are along each of the last axes of x (..., C, *spatial)."""
    axes = len(size)
    if len(x) != axes + 2:
        raise NetworkError(f"{who}: the input has shape {list(x)}; for this size it needs {axes + 2} axes: N, C, ...")
    found = []
    for n, k, s, begin, end, step in zip(x[2:], size, stride, padding[:axes], padding[axes:], dilation, strict=True):
        room = n + begin + end - (step * (k - 1) + 1)
        if room < 0:
            raise NetworkError(
                f"{who}: a window reaches over {step * (k - 1) + 1} cells, the padded axis has only "
                f"{n + begin + end}. Use a smaller window, or more padding."
            )
        count = -(-room // s) + 1 if ceil else room // s + 1
        found.append(count - 1 if ceil and (count - 1) * s >= n + begin else count)
    return tuple(found)


def seen(i: int, n: int, size: int, stride: int, begin: int, step: int) -> list[tuple[int, int]]:
    """Cells of window number i that lie on x, along one axis of n cells: (cell of the window, cell of x)."""
    cells = ((k, stride * i - begin + step * k) for k in range(size))
    return [(k, place) for k, place in cells if 0 <= place < n]


def blind(x: Shape, size: Shape, stride: Shape, padding: Shape, dilation: Shape, counts: Shape) -> bool:
    """Whether some window sees nothing but padding."""
    spatial = zip(x[2:], size, stride, padding, dilation, counts, strict=False)
    return any(not seen(i, n, k, s, begin, step) for n, k, s, begin, step, many in spatial for i in range(many))


# Numbers


def surrounded(
    x: Array, size: Shape, stride: Shape, padding: Shape, dilation: Shape, counts: Shape, value: float
) -> Array:
    """X (..., *spatial) with ``value`` around it, as far as any window reaches."""
    axes = len(size)
    around = [(0, 0)] * (x.ndim - axes)
    for n, k, s, begin, end, step, many in zip(
        x.shape[-axes:], size, stride, padding[:axes], padding[axes:], dilation, counts, strict=True
    ):
        reach = (many - 1) * s + step * (k - 1) + 1
        around.append((begin, max(end, reach - n - begin)))
    return np.pad(x, around, constant_values=value)


def inside(wide: Array, shape: Shape, padding: Shape) -> Array:
    """The part of a surrounded array that is x (..., *spatial) itself, as a view."""
    axes = len(padding) // 2
    spans: Any = (..., *(slice(b, b + n) for b, n in zip(padding, shape[-axes:], strict=False)))
    return np.asarray(wide[spans])


def shifts(size: Shape, stride: Shape, dilation: Shape, counts: Shape) -> Iterator[tuple[Shape, Any]]:
    """For every cell of the window, row by row: its index, and the numbers that it meets, one per window."""
    for index in product(*map(range, size)):
        starts = [step * k for step, k in zip(dilation, index, strict=True)]
        spans = (slice(a, a + s * (n - 1) + 1, s) for a, s, n in zip(starts, stride, counts, strict=True))
        yield index, (..., *spans)


# Cells


def strides_over(cells: list[tuple[int, int]], dilation: int) -> list[int | slice]:
    """The cells of x along one axis, as few slices as can be: one where the window has no gaps."""
    if dilation == 1 or len(cells) == 1:
        return [slice(cells[0][1], cells[-1][1] + 1)]
    return [place for _, place in cells]

"""Windows that slide over a picture: what convolution and pooling share, in numbers and in cells.

    reach = (size - 1) * dilation + 1
    output size = floor((n + before + after - reach) / stride) + 1

"same" pads as ONNX SAME_UPPER: output size = ceil(n / stride), an odd cell of padding goes to the end. With ``ceil``
the division is rounded up; the last window may then hang over the end, but must begin before it: one that would
begin in the padding after the picture is left out, as ONNX and PyTorch do.
Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from types import EllipsisType
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Block, Shape
from sheetnet.layers.base import Array

MOST_ARGUMENTS = 255  # of a function, in Excel
MOST = 512  # cells: the longest side of a window, a stride or a padding; a photo is no larger
Pair = tuple[int, int]
Padding = str | tuple[int, ...]
Pads = tuple[int, int, int, int]  # top, left, bottom, right
Piece = tuple[EllipsisType, slice, slice]


class Sliding:
    """A rule whose formulas along a line differ in nothing but the column letters of their windows.

    ``line``: leading index -> a formula with ``%s`` for column letters; ``windows``: the letters of each window,
    None where it sees nothing but padding; ``blank``: leading index -> the formula for that.
    """

    def __init__(
        self,
        line: Callable[..., str],
        windows: Sequence[tuple[str, ...] | None],
        blank: Callable[..., str] = lambda *lead: "0",
    ) -> None:
        self._line, self._windows, self._blank = lru_cache(1)(line), windows, blank

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        window = self._windows[index[-1]]
        return self._blank(*index[:-1]) if window is None else self._line(*index[:-1]) % window

    def along(self, *lead: int) -> list[str]:
        """The formulas of one line, at a third of the time that one by one takes."""
        line = self._line(*lead)
        return [self._blank(*lead) if window is None else line % window for window in self._windows]


def as_pair(value: Any, what: str) -> Pair:
    """A whole number above 0, or two of them (height, width)."""
    pair = (value, value) if isinstance(value, int) else value
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(_whole(n) and n > 0 for n in pair):
        raise NetworkError(
            f"{what} is {shown(value)}; use a whole number from 1 to {MOST}, or two of them: [height, width]"
        )
    return pair[0], pair[1]


def as_padding(value: Any, what: str) -> Padding:
    """Read "valid", "same", one number, [height, width], or [top, left, bottom, right]."""
    if value in ("valid", "same"):
        return str(value)
    numbers = (value,) if isinstance(value, int) else tuple(value) if isinstance(value, list | tuple) else ()
    if len(numbers) not in (1, 2, 4) or not all(_whole(n) and n >= 0 for n in numbers):
        raise NetworkError(
            f'{what} is {shown(value)}; use "valid", "same", a number, [height, width] or [top, left, bottom, right]'
        )
    return numbers


def _whole(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and n <= MOST


def reach(size: Pair, dilation: Pair) -> Pair:
    """How many cells a window spans whose cells lie ``dilation`` apart. What asks for a size below takes it."""
    return (size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1


def pads(padding: Padding, shape: Shape, size: Pair, stride: Pair) -> Pads:
    """Padding of a (C, H, W) input in cells: top, left, bottom, right."""
    if padding == "valid":
        return (0, 0, 0, 0)
    if padding == "same":
        short = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(shape[1:], size, stride, strict=True)]
        return short[0] // 2, short[1] // 2, short[0] - short[0] // 2, short[1] - short[1] // 2
    numbers = [int(n) for n in padding]
    top, left, bottom, right = numbers * (4 // len(numbers))
    return top, left, bottom, right


def output_size(who: str, padding: Padding, shape: Shape, size: Pair, stride: Pair, ceil: bool = False) -> Pair:
    """Height and width of the output; NetworkError where the window does not fit the padded input."""
    if len(shape) != 3:
        raise NetworkError(f"{who}: the input has shape {list(shape)}; it must be channels x height x width")
    top, left, bottom, right = pads(padding, shape, size, stride)
    height, width = shape[1] + top + bottom, shape[2] + left + right
    if size[0] > height or size[1] > width:
        raise NetworkError(
            f"{who}: the window is {size[0]}x{size[1]}, the padded input only {height}x{width}. "
            "Use a smaller window, padding, or a larger photo (--size)."
        )
    if not ceil:
        return (height - size[0]) // stride[0] + 1, (width - size[1]) // stride[1] + 1
    ends = (shape[1] + top, shape[2] + left)  # where the padding after the picture begins
    down, across = (
        -(-(n - k) // s) + (1 if -(-(n - k) // s) * s < end else 0)
        for n, k, s, end in zip((height, width), size, stride, ends, strict=True)
    )
    return down, across


def room(around: Pads, shape: Shape, size: Pair, stride: Pair, of: Pair) -> Pads:
    """Padding, and as much more at the end as the last of the windows hangs over; ``of``: how many there are."""
    top, left, bottom, right = around
    down, across = ((n - 1) * s + k for n, s, k in zip(of, stride, size, strict=True))
    return top, left, max(bottom, down - top - shape[1]), max(right, across - left - shape[2])


def refuse_blind(
    who: str, around: Pads, shape: Shape, size: Pair, stride: Pair, of: Pair, dilation: Pair = (1, 1)
) -> None:
    """NetworkError where a window of a pooling sees no pixel at all; ``size`` is not its reach."""
    for axis in (0, 1):
        pixels, before = shape[1 + axis], around[axis]
        for number in range(of[axis]):
            start = number * stride[axis] - before
            if not any(0 <= start + i * dilation[axis] < pixels for i in range(size[axis])):
                raise NetworkError(
                    f"{who}: padding {list(around)} leaves windows that see no pixel. Use less padding."
                )


def whole(who: str, shape: Shape) -> Shape:
    """The shape of a pooling over all of each map: (C, 1, 1)."""
    if len(shape) != 3:
        raise NetworkError(f"{who}: the input has shape {list(shape)}; it must be channels x height x width")
    return shape[0], 1, 1


def whole_map(x: Block, channel: int, function: str) -> str:
    """All of one map as arguments of SUM or MAX: one range in ``planes``, one per pixel row in ``rows``."""
    letters = x.columns(0, x.shape[2])
    strips = [strip % letters for strip in x.strips(0, x.shape[1], channel)]
    if len(strips) <= MOST_ARGUMENTS:
        return ",".join(strips)
    parts = (strips[k : k + MOST_ARGUMENTS] for k in range(0, len(strips), MOST_ARGUMENTS))
    return ",".join(f"{function}({','.join(part)})" for part in parts)


def padded(x: Array, around: Pads, value: float) -> Array:
    """Put ``value`` around x (..., H, W); x itself where nothing is added. Its type and order in memory stay."""
    if not any(around):
        return x
    top, left, bottom, right = around
    height, width = x.shape[-2:]
    wide = np.full_like(x, value, shape=(*x.shape[:-2], top + height + bottom, left + width + right))
    wide[..., top : top + height, left : left + width] = x
    return wide


def inner(wide: Array, around: Pads) -> Array:
    """The part of a padded picture that is the picture itself, as a view."""
    top, left, bottom, right = around
    return wide[..., top : wide.shape[-2] - bottom, left : wide.shape[-1] - right]


def shifts(size: Pair, stride: Pair, shape: Pair, dilation: Pair = (1, 1)) -> Iterator[tuple[int, int, Piece]]:
    """For every cell (i, j) of the window, row-major: the pixels of the padded picture that it meets.

    ``shape``: how many windows there are, down and across. out[..., y, x] meets pixel[..., s*y + d*i, s*x + d*j].
    """
    (down, across), (height, width) = stride, shape
    for i, j in np.ndindex(*size):
        y, x = i * dilation[0], j * dilation[1]
        rows = slice(y, y + down * (height - 1) + 1, down)
        yield i, j, (..., rows, slice(x, x + across * (width - 1) + 1, across))

"""Windows that slide along one to three axes of space: what convolution and pooling share, in shapes and in numbers.

    reach = (size - 1) * dilation + 1                          cells that a window spans
    count = floor((n + begin + end - reach) / stride) + 1      windows along an axis of n cells

"same" pads as ONNX SAME_UPPER: count = ceil(n / stride), an odd cell of padding goes to the end. With ``ceil`` the
division is rounded up; the last window may then hang over the end, but must begin before it: one that would begin in
the padding after x is left out, as ONNX and PyTorch do.
Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, ClassVar

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers.base import Array, Layer, Shapes
from sheetnet.layers.options import is_whole

MOST = 512  # cells: the longest side of a window, a stride or a padding; a photo is no larger
AXES = ("", "length", "height, width", "depth, height, width")  # names of the axes of space, by their number
SIDES = ("", "begin, end", "top, left, bottom, right", "front, top, left, back, bottom, right")
MOST_AXES = len(AXES) - 1
Pads = tuple[int, int, int, int]  # top, left, bottom, right


def as_sizes(value: Any, what: str, axes: int = 0) -> Shape:
    """A whole number above 0 per axis; one number for all where it is known how many ``axes`` there are."""
    sizes = (value,) * axes if is_whole(value) else tuple(value) if isinstance(value, list | tuple) else ()
    if not 1 <= len(sizes) <= MOST_AXES or len(sizes) != (axes or len(sizes)) or not all(_is_size(n) for n in sizes):
        several = f"a whole number from 1 to {MOST}, or one for each axis: [{AXES[axes]}]"
        unknown = f"a list of 1 to {MOST_AXES} whole numbers from 1 to {MOST}"
        raise NetworkError(f"{what} is {shown(value)}; use {several if axes else unknown}")
    return sizes


def as_padding(value: Any, what: str, axes: int, words: tuple[str, ...] = ()) -> Any:
    """Cells around x: one of the ``words``, one number, one for each axis, or all begins and then all ends."""
    if value in words:
        return str(value)
    numbers = (value,) if is_whole(value) else tuple(value) if isinstance(value, list | tuple) else ()
    if len(numbers) not in (1, axes, 2 * axes) or not all(n == 0 or _is_size(n) for n in numbers):
        known = "".join(f'"{word}", ' for word in words)
        raise NetworkError(
            f"{what} is {shown(value)}; use {known}a number from 0 to {MOST}, [{AXES[axes]}] or [{SIDES[axes]}]"
        )
    return numbers


def _is_size(n: Any) -> bool:
    return is_whole(n) and 1 <= n <= MOST


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows over axes of certain lengths.

    ``pads``: cells of padding around x, all begins and then all ends; ``room``: the same, and as much more at the end
    as the last windows hang over. ``counts``: how many windows there are along each axis, below 1 where none fits.
    ``met``: for each axis and each cell of a window, what that meets of x and its room, one element per window.
    """

    pads: Shape
    room: Shape
    counts: Shape
    met: tuple[tuple[slice, ...], ...]

    def views(self, wide: Array) -> Iterator[tuple[Shape, Array]]:
        """For every cell of the window, row by row: its index, and the numbers that it meets (..., *counts), a view.

        ``wide``: x with its ``room``. out[..., y] meets wide[..., stride * y + dilation * k].
        """
        spans: Any
        for index, spans in zip(product(*(range(len(cells)) for cells in self.met)), product(*self.met), strict=True):
            yield index, wide[(..., *spans)]


@lru_cache(256)
def windows_over(space: Shape, size: Shape, stride: Shape, padding: Any, dilation: Shape, ceil: bool) -> Windows:
    """The windows over axes of the lengths ``space``; the options are those of ``Windowed``."""
    axes, reaches = len(space), [(k - 1) * apart + 1 for k, apart in zip(size, dilation, strict=True)]
    if padding == "valid":
        pads = (0,) * (2 * axes)
    elif padding == "same":
        each = zip(space, reaches, stride, strict=True)
        short = [max((-(-n // step) - 1) * step + reach - n, 0) for n, reach, step in each]
        pads = (*(n // 2 for n in short), *(n - n // 2 for n in short))
    else:
        pads = padding * (2 * axes // len(padding))
    counts, ends, met = [], [], []
    for n, k, reach, step, apart, begin, end in zip(
        space, size, reaches, stride, dilation, pads[:axes], pads[axes:], strict=True
    ):
        steps = n + begin + end - reach
        last = -(-steps // step) if ceil else steps // step
        count = last if ceil and last * step >= n + begin else last + 1
        counts.append(count)
        ends.append(max(end, (count - 1) * step + reach - begin - n))
        met.append(tuple(slice(i * apart, i * apart + (count - 1) * step + 1, step) for i in range(k)))
    return Windows(pads, (*pads[:axes], *ends), tuple(counts), tuple(met))


class Windowed(Layer):
    """A layer with windows of ``size``, moved by ``stride``, whose cells lie ``dilation`` apart.

    The last axes of x are those of space; before them stand the channels, and before these whatever else. A kind made
    for ``pictures`` sees x (C, H, W), and its formulas name blank cells around x as its padding. Any other sees
    x (N, C, *space), and its formulas name cells of x alone.
    """

    pictures: ClassVar[bool] = False
    size: Any
    stride: Any
    padding: Any
    dilation: Any
    ceil: bool = False

    def __post_init__(self) -> None:
        who = type(self).__name__
        size = as_sizes(self.size, f"{who}: size", 2 if self.pictures else 0)
        axes = len(size)
        stride = as_sizes(self.stride, f"{who}: stride", axes)
        padding = as_padding(self.padding, f"{who}: padding", axes, ("valid", "same") if self.pictures else ())
        dilation = as_sizes(self.dilation, f"{who}: dilation", axes)
        if not self.pictures:
            padding = (*padding,) * (2 * axes // len(padding))
        for name, value in (("size", size), ("stride", stride), ("padding", padding), ("dilation", dilation)):
            object.__setattr__(self, name, value)

    def windows(self, shape: Shape) -> Windows:
        """The windows over the axes of space of a tensor of this shape."""
        space = shape[-len(self.size) :]
        return windows_over(space, self.size, self.stride, self.padding, self.dilation, self.ceil)

    def output_size(self, x: Shape) -> Shape:
        """The shape of x with the number of windows along its axes of space. NetworkError where none fits."""
        axes = len(self.size)
        names = [*(() if self.pictures else ("N",)), "channels", *AXES[axes].split(", ")]
        who = f"{type(self).__name__}(size={list(self.size)})"
        if len(x) != len(names):
            raise NetworkError(
                f"{who}: the input has shape {list(x)}; for this size it needs {len(names)} axes: {' x '.join(names)}"
            )
        windows = self.windows(x)
        if min(windows.counts) < 1:
            wide = [sum(one) for one in zip(x[-axes:], windows.pads[:axes], windows.pads[axes:], strict=True)]
            raise NetworkError(
                f"{who}: the window is {_times(self.reach)}, the padded input only {_times(wide)}. "
                f"Use a smaller window, padding, or a larger {'photo (--size)' if self.pictures else 'input'}."
            )
        return (*x[:-axes], *windows.counts)

    @property
    def reach(self) -> Shape:
        """How many cells a window spans, along each axis."""
        return tuple((size - 1) * apart + 1 for size, apart in zip(self.size, self.dilation, strict=True))

    def padding_of(self, of: Shapes) -> Pads:
        """Blank cells around a picture; none around any other tensor."""
        if not self.pictures:
            return (0, 0, 0, 0)
        top, left, bottom, right = self.windows(of["x"]).room
        return top, left, bottom, right

    def seen(self, place: Sequence[int], shape: Shape) -> list[range]:
        """The cells of x that the window at a place sees, along each axis of space."""
        space = shape[-len(self.size) :]
        each = zip(place, space, self.size, self.stride, self.dilation, self.windows(shape).pads, strict=False)
        return [seen(i * stride - begin, n, size, apart) for i, n, size, stride, apart, begin in each]


def seen(start: int, n: int, size: int, apart: int) -> range:
    """Of an axis of n cells, those that a window sees which begins at ``start``, be that before the axis."""
    return range(start if start >= 0 else start % apart, min(start + size * apart, n), apart)


def padded(x: Array, around: Shape, value: float) -> Array:
    """Put ``value`` around x (..., *space); x itself where nothing is added. Its type and order in memory stay.

    ``around``: how many cells, all begins, then all ends.
    """
    if not any(around):
        return x
    axes = len(around) // 2
    sizes = [n + begin + end for n, begin, end in zip(x.shape[-axes:], around, around[axes:], strict=False)]
    wide = np.full_like(x, value, shape=(*x.shape[:-axes], *sizes))
    inner(wide, around)[...] = x
    return wide


def inner(wide: Array, around: Shape) -> Array:
    """The part of a padded array that is x itself, as a view."""
    axes = len(around) // 2
    each = zip(wide.shape[-axes:], around, around[axes:], strict=False)
    spans: Any = [slice(begin, n - end) for n, begin, end in each]
    return np.asarray(wide[(..., *spans)])


def _times(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))

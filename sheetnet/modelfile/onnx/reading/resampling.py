"""From which places of an axis a resized one is made, and how much each of them gives.

x(i) = (i + 1/2) / factor - 1/2      the place that lies where place i of the result lies; other rules differ at edges

nearest    the place nearest to x(i)
linear     the two around it, each by how near it is
cubic      the four around it, by a cubic; R. Keys, "Cubic convolution interpolation", 1981

A place beyond the edge counts as the edge, or with ``exclude`` not at all. ``antialias``: where the result is
smaller, the places around are as many more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import shown
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.reading.graph import Refused


@dataclass(frozen=True, slots=True)
class Resampling:
    """How numbers between the places of an axis are found; ONNX's options of Resize."""

    mode: str
    transform: str
    rounding: str = "round_prefer_floor"
    cubic: float = -0.75
    exclude: bool = False
    antialias: bool = False

    def __post_init__(self) -> None:
        if self.mode not in ("nearest", "linear", "cubic"):
            raise Refused(f"its mode {shown(self.mode)} is none of nearest, linear, cubic")


def origins(count: int, factor: float, size: int, transform: str, part: tuple[float, float]) -> Array:
    """Where each of ``size`` places lies among the ``count`` that there were."""
    i, whole = np.arange(size, dtype=np.float64), factor * count
    if transform == "half_pixel":
        return (i + 0.5) / factor - 0.5
    if transform == "asymmetric":
        return i / factor
    if transform == "pytorch_half_pixel":
        return (i + 0.5) / factor - 0.5 if whole > 1 else np.full(size, -0.5)
    if transform == "align_corners":
        return i * (count - 1) / (whole - 1) if whole != 1 else np.zeros(size)
    if transform == "half_pixel_symmetric":
        return count / 2 * (1 - size / whole) + (i + 0.5) / factor - 0.5
    if transform == "tf_crop_and_resize":
        start, end = part
        middle = np.full(size, (end - start) * (count - 1) / 2)
        return start * (count - 1) + (middle if whole == 1 else i * (end - start) * (count - 1) / (whole - 1))
    raise Refused(f"its coordinate_transformation_mode {shown(transform)} is not known")


def places(where: Array, count: int, rounding: str) -> NDArray[np.intp]:
    """The nearest of ``count`` places to each."""
    below = np.floor(where)
    over = where - below
    if rounding == "floor":
        up = np.zeros(where.shape, dtype=bool)
    elif rounding == "ceil":
        up = over > 0
    elif rounding == "round_prefer_floor":
        up = over > 0.5
    elif rounding == "round_prefer_ceil":
        up = over >= 0.5
    else:
        raise Refused(f"its nearest_mode {shown(rounding)} is not known")
    return np.asarray(np.clip(below + up, 0, count - 1), dtype=np.intp)


def weights(where: Array, count: int, factor: float, how: Resampling) -> Array:
    """How much each of ``count`` places gives to each place of the result: a row for each of these."""
    narrow = min(factor, 1.0) if how.antialias else 1.0
    half = (1 if how.mode == "linear" else 2) if narrow == 1 else -floor(-(1 if how.mode == "linear" else 2) / narrow)
    matrix = np.zeros((len(where), count))
    for row, x in zip(matrix, where, strict=True):
        first = int(np.ceil(x)) - half
        around = np.arange(first, first + 2 * half)
        away = np.abs((around - x) * narrow)
        given = np.clip(1 - away, 0, 1) if how.mode == "linear" else _cubic(away, how.cubic)
        if how.exclude:
            given = np.where((around < 0) | (around >= count), 0.0, given)
        if how.exclude or narrow < 1:
            given = given / given.sum()
        np.add.at(row, np.clip(around, 0, count - 1), given)
    return matrix


def _cubic(away: Array, a: float) -> Array:
    """How much a place gives that lies so far away."""
    near = ((a + 2) * away - (a + 3)) * away**2 + 1
    far = a * (((away - 5) * away + 8) * away - 4)
    return np.asarray(np.where(away <= 1, near, np.where(away < 2, far, 0.0)))

"""A photo looks a little different each time it is learned from: moved, nearer, mirrored, turned, lighter, flatter.

    source = centre + zoom * R(angle) * (flip * (pixel - centre)) + shift        where a pixel's value comes from

The four pixels around the source are mixed (bilinear); beyond the edge, the pixel at the edge is repeated. Each photo
of a batch gets random numbers of its own. Only photos are changed: a mirrored 2 is no 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetnet.training.pictures import Bytes


@dataclass(frozen=True, slots=True)
class Augment:
    """The most that each change may be."""

    shift: float = 0.08  # of the height and of the width
    crop: float = 0.2  # of the sides
    rotation: float = 12.0  # degrees, either way
    brightness: float = 0.2  # of the value of each pixel, either way
    contrast: float = 0.2  # of the distance of each pixel from the photo's mean, either way
    flip: bool = True
    levels: int = 255  # the largest value of a pixel

    def __call__(self, x: Bytes, rng: np.random.RandomState) -> Bytes:
        """A new batch (N, C, H, W) of changed photos."""
        n, _, height, width = x.shape
        size = np.array([height, width], dtype=np.float64)
        centre = (size - 1) / 2
        angle = np.deg2rad(rng.uniform(-self.rotation, self.rotation, n))
        zoom = 1 - rng.uniform(0, self.crop, n)
        shift = rng.uniform(-self.shift, self.shift, (n, 2)) * size
        mirror = 1 - 2.0 * (rng.uniform(0, 1, n) < (0.5 if self.flip else 0))
        light = np.asarray(1 + rng.uniform(-self.brightness, self.brightness, n))
        down, across = np.arange(height) - centre[0], np.arange(width) - centre[1]
        cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
        rows = (cos[:, None] * down)[:, :, None] - ((sin * mirror)[:, None] * across)[:, None, :]
        columns = (sin[:, None] * down)[:, :, None] + ((cos * mirror)[:, None] * across)[:, None, :]
        rows += (centre[0] + shift[:, 0])[:, None, None]
        columns += (centre[1] + shift[:, 1])[:, None, None]
        contrast = np.asarray(1 + rng.uniform(-self.contrast, self.contrast, n))[:, None, None, None]
        changed = _sampled(x, rows, columns)
        middle = changed.mean(axis=(1, 2, 3), keepdims=True)
        changed = (middle + contrast * (changed - middle)) * light[:, None, None, None]
        whole: Bytes = np.rint(np.clip(changed, 0, self.levels)).astype(np.uint8)
        return whole


def _sampled(x: Bytes, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of x (N, C, H, W) at fractional places (N, H, W), between the four pixels around."""
    n, channels, height, width = x.shape
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top, left = rows.astype(np.intp), columns.astype(np.intp)
    below, beside = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    low, right = (rows - top)[:, None], (columns - left)[:, None]
    flat = x.reshape(n, channels, -1)

    def at(row: NDArray[np.intp], column: NDArray[np.intp]) -> Bytes:
        index = (row * width + column).reshape(n, 1, -1)
        return np.take_along_axis(flat, index, axis=2).reshape(x.shape)

    upper = at(top, left) * (1 - right) + at(top, beside) * right
    lower = at(below, left) * (1 - right) + at(below, beside) * right
    return np.asarray(upper * (1 - low) + lower * low, dtype=np.float64)

"""Circles, squares and triangles, drawn at random by NumPy alone: as many pictures as one likes, all different.

    depth(point) = smallest distance from the lines of the edges; of a circle: radius - distance from its centre
    pixel = share * ink + (1 - share) * ground        share: how many of its 4 x 4 points have a depth above 0

Every picture has its own place, size, turn, colours and ground; some have noise, some are outlines. A third of them
are flat: no pixel is a mixture, and both colours are among eight plain ones, as when somebody fills in squares on
paper.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sheetnet.training.pictures import Bytes, Pictures

Floats = NDArray[np.float64]

CLASSES = ("Circle", "Square", "Triangle")
SIDE = 28  # pixels
EACH = 3000  # pictures of a class
# White, black, red, green, blue, yellow, orange, purple.
PLAIN = np.array(
    [
        (255, 255, 255),
        (0, 0, 0),
        (230, 25, 25),
        (0, 150, 60),
        (30, 80, 220),
        (255, 225, 0),
        (255, 140, 0),
        (130, 50, 170),
    ]
)
FLAT, OUTLINED, NOISY, UPRIGHT = 1 / 3, 1 / 4, 1 / 3, 1 / 2  # shares of the pictures
SMALLEST, LARGEST = 10.0, 26.0  # the longer side of the box around a shape, in pixels
THINNEST, THICKEST = 1.2, 3.2  # the line of an outline, in pixels
APART = 100.0  # least distance of ink and ground, of the 441 between black and white
POINTS = 4  # in a pixel, each way
_CHUNK = 255  # pictures at once, of the three classes in turn


def shapes(seed: int = 0, each: int = EACH) -> Pictures:
    """``each`` pictures of every class, (N, 3, 28, 28); the same seed draws the same ones."""
    labels = np.tile(np.arange(len(CLASSES)), each)
    rng = np.random.RandomState([seed, 3])
    parts = [_some(labels[start : start + _CHUNK], rng) for start in range(0, len(labels), _CHUNK)]
    return Pictures("shapes", CLASSES, np.concatenate(parts), labels.astype(np.int64), photos=False)


def _some(labels: NDArray[np.int64], rng: np.random.RandomState) -> Bytes:
    """Pictures of the classes ``labels`` (N,), as (N, 3, 28, 28)."""
    n = len(labels)
    flat, outlined, noisy = (rng.uniform(size=n) < share for share in (FLAT, OUTLINED, NOISY))
    depth = np.empty((n, SIDE * POINTS, SIDE * POINTS))
    for label, corners in enumerate((None, 4, 3)):
        which = labels == label
        depth[which] = _round(which.sum(), rng) if corners is None else _angular(which.sum(), corners, rng)
    line = np.where(outlined, rng.uniform(THINNEST, THICKEST, n), np.inf)[:, None, None]
    share = ((depth > 0) & (depth < line)).reshape(n, SIDE, POINTS, SIDE, POINTS).mean(axis=(2, 4))
    share = np.where(flat[:, None, None], share >= 0.5, share)[:, None]
    ink, ground = _colours(flat, rng)
    x = share * ink[:, :, None, None] + (1 - share) * ground[:, :, None, None]
    x += rng.standard_normal(x.shape) * np.where(noisy & ~flat, rng.uniform(2, 14, n), 0)[:, None, None, None]
    whole: Bytes = np.rint(np.clip(x, 0, 255)).astype(np.uint8)
    return whole


def _points() -> Floats:
    """Where the points lie along a side, in pixels."""
    return (np.arange(SIDE * POINTS) + 0.5) / POINTS


def _round(n: int, rng: np.random.RandomState) -> Floats:
    """The depth of each point in ``n`` circles (n, 112, 112)."""
    radius = rng.uniform(SMALLEST, LARGEST, n) / 2
    centre = radius[:, None] + rng.uniform(0, 1, (n, 2)) * (SIDE - 2 * radius)[:, None]
    away = [_points() - centre[:, axis, None] for axis in (0, 1)]
    return np.asarray(radius[:, None, None] - np.hypot(away[0][:, :, None], away[1][:, None, :]))


def _angular(n: int, count: int, rng: np.random.RandomState) -> Floats:
    """The depth of each point in ``n`` squares or triangles (n, 112, 112); triangles are of all proportions."""
    turn = np.where(rng.uniform(size=n) < UPRIGHT, rng.randint(0, 4, n) * np.pi / 2, rng.uniform(0, 2 * np.pi, n))
    angle = turn[:, None] + 2 * np.pi * (np.arange(count) + 0.5) / count
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    if count == 3:
        corners[:, :, 0] *= rng.uniform(0.75, 1.33, n)[:, None]
    low, high = corners.min(axis=1, keepdims=True), corners.max(axis=1, keepdims=True)
    scale = rng.uniform(SMALLEST, LARGEST, (n, 1, 1)) / (high - low).max(axis=2, keepdims=True)
    room = SIDE - scale * (high - low)
    corners = scale * (corners - low) + rng.uniform(0, 1, (n, 1, 2)) * room
    depth = np.full((n, SIDE * POINTS, SIDE * POINTS), np.inf)
    for k in range(count):
        start, along = corners[:, k], corners[:, (k + 1) % count] - corners[:, k]
        along = along / np.hypot(along[:, 0], along[:, 1])[:, None]
        down = along[:, 0, None] * (_points() - start[:, 1, None])
        across = along[:, 1, None] * (_points() - start[:, 0, None])
        np.minimum(depth, down[:, :, None] - across[:, None, :], out=depth)
    return depth


def _colours(flat: NDArray[np.bool_], rng: np.random.RandomState) -> tuple[Floats, Floats]:
    """Ink and ground of each picture (n, 3), far enough apart; half of the flat grounds are white."""
    n = len(flat)
    ink, ground = np.zeros((n, 3)), np.zeros((n, 3))
    near = np.ones(n, dtype=bool)
    while near.any():
        plain = PLAIN[rng.randint(0, len(PLAIN), (2, n))]
        plain[1, rng.uniform(size=n) < 0.5] = PLAIN[0]
        any_colour = rng.uniform(0, 255, (2, n, 3))
        chosen = np.where(flat[:, None], plain, any_colour)
        ink[near], ground[near] = chosen[0, near], chosen[1, near]
        near = np.sqrt(((ink - ground) ** 2).sum(axis=1)) < APART
    return ink, ground

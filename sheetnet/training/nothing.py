"""Pictures of nothing: blank, noise, blots of light. A network that has seen none says a class for them, and is sure.

    target of a picture of nothing = 1 / classes for each class

A network that learns from some of them in every batch has learned when to doubt: Hendrycks, Mazeika and Dietterich,
"Deep anomaly detection with outlier exposure", arXiv 1812.04606.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Shape
from sheetnet.training.pictures import Bytes

Shares = NDArray[np.float64]  # of the largest value of a pixel
Random = np.random.RandomState

GREY = 0.5  # of the pictures have no colour, where there could be one
COARSEST, FINEST = 2, 5  # points of a blot, each way


def blank(count: int, shape: Shape, rng: Random) -> Shares:
    """One even colour each: any, or as often black or white."""
    even = rng.uniform(0, 1, (count, shape[0], 1, 1))
    ends = rng.randint(0, 4, (count, 1, 1, 1))  # 0 is black, 1 is white, others are any colour
    return np.broadcast_to(np.where(ends < 2, ends, even), (count, *shape)).copy()


def noise(count: int, shape: Shape, rng: Random) -> Shares:
    """Every pixel by chance, evenly between two values, or in a bell curve around one."""
    ends = np.sort(rng.uniform(0, 1, (2, count, 1, 1, 1)), axis=0)
    ends[:, rng.uniform(size=count) < 0.5] = np.array([0, 1])[:, None, None, None, None]
    even = ends[0] + (ends[1] - ends[0]) * rng.uniform(0, 1, (count, *shape))
    middle, spread = rng.uniform(0.2, 0.8, (count, 1, 1, 1)), rng.uniform(0.02, 0.4, (count, 1, 1, 1))
    bell = middle + spread * rng.standard_normal((count, *shape))
    either: Shares = np.where(rng.uniform(size=(count, 1, 1, 1)) < 0.5, even, bell)
    return either


def blots(count: int, shape: Shape, rng: Random) -> Shares:
    """Smooth light and shade: a few points of any colour, and what lies between them."""
    channels, height, width = shape
    points = rng.randint(COARSEST, FINEST + 1)
    coarse = rng.uniform(-0.2, 1.2, (count, channels, points, points))
    between: Shares = _between(height, points) @ coarse @ _between(width, points).T
    return between


KINDS: dict[str, Callable[[int, Shape, Random], Shares]] = {"blank": blank, "noise": noise, "blots": blots}


def nothing(count: int, shape: Shape, levels: int, rng: Random, kinds: Sequence[str] = tuple(KINDS)) -> Bytes:
    """``count`` pictures of nothing (N, C, H, W), of these kinds in turn, as whole numbers 0 to ``levels``."""
    x = np.empty((count, *shape))
    for number, kind in enumerate(kinds):
        part = x[number :: len(kinds)]
        part[:] = KINDS[kind](len(part), shape, rng)
    grey = rng.uniform(size=count) < GREY
    x[grey] = x[grey, :1]
    whole: Bytes = np.rint(np.clip(x, 0, 1) * levels).astype(np.uint8)
    return whole


def _between(pixels: int, points: int) -> Shares:
    """How much of each point (points,) is in each pixel (pixels,): the two beside it, mixed by their distance."""
    places = np.linspace(0, points - 1, pixels)
    mixed: Shares = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(points)))
    return mixed

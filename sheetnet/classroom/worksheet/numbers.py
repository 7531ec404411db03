"""The numbers of a worksheet, drawn until they suit a pencil.

photo (3, H, W) -> patch (3, 5, 5) of whole numbers 0 to 9 -> filter (3, 3, 3), bias, weights (2, 4), truth

    patch = floor(pixel / 26)                       0 .. 255 becomes 0 .. 9
    map = sum of patch * filter + bias              (3, 3)
    evidence = round(pool(max(map, 0)) / divisor)   (4,)
    logits = weights @ evidence                     (2,), which differ by 1 to 6

The same seed and number give the same sheet, however many sheets there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import PhotoError

PATCH, WINDOW, PER_CHANNEL = 5, 3, 3  # pixels of a side; numbers of a filter in each channel that are not 0
SHARE = 26  # 255 / 26 is 9.8
DIVISORS = (10, 5, 2)  # of the evidence: the largest that leaves a number of at least STRONG
STRONG, LARGEST = 3, 9
LEAST_APART, MOST_APART = 1, 6  # of the two logits
RATE = 0.1
LEAST_TRUE = 0.02  # probability of the truth, so that the loss is no matter of rounding
BIASES = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
CONTRASTED = 0.3  # the share of all patches that are looked at
TRIES, WEIGHTS = 4000, 20  # patches with filters; weights for each of them
EDGE = 1e-6  # a number that is so near to where rounding turns does not suit

Whole = NDArray[np.float64]


@dataclass(frozen=True)
class Numbers:
    """What is printed on a worksheet. ``row``, ``column``: the corner of the patch in the photo, from 0.

    ``place``: the place of the map whose 27 products are asked for. ``truth``: 0 or 1. ``asked``: the class and the
    evidence whose weight is learned.
    """

    patch: Whole
    filter: Whole
    bias: int
    divisor: int
    weights: Whole
    truth: int
    row: int
    column: int
    place: tuple[int, int]
    asked: tuple[int, int]


def draw_sheets(photo: Whole, level: int, seed: int, count: int) -> list[Numbers]:
    """The numbers of ``count`` different worksheets. PhotoError where no part of the photo suits."""
    made: list[Numbers] = []
    seen: set[bytes] = set()
    for number in range(1, count + 1):
        one = next((one for one in _drawn(photo, level, seed, number) if _key(one) not in seen), None)
        if one is None:
            raise PhotoError(
                "the photo is too even for a worksheet: no part of it has numbers that differ enough; use another one"
            )
        seen.add(_key(one))
        made.append(one)
    return made


def _key(one: Numbers) -> bytes:
    return b"".join(part.tobytes() for part in (one.patch, one.filter, one.weights)) + bytes([one.bias + 100])


def _drawn(photo: Whole, level: int, seed: int, number: int) -> Iterator[Numbers]:
    """Worksheets that suit, one after the other."""
    rng = np.random.RandomState([seed, number])
    corners = _corners(photo)
    for _ in range(TRIES):
        row, column = corners[rng.randint(len(corners))]
        patch = np.floor(photo[:, row : row + PATCH, column : column + PATCH] / SHARE)
        kernel, bias = np.stack([_signs(rng) for _ in range(3)]), int(rng.choice(BIASES))
        place = int(rng.randint(3)), int(rng.randint(3))
        pooled = _pooled(patch, kernel, bias)
        if pooled is None:
            continue
        divisor = next((by for by in DIVISORS if pooled.max() >= by * STRONG), 0)
        if not divisor or not _can_be_evidence(pooled / divisor):
            continue
        evidence = np.floor(pooled / divisor + 0.5)
        for _ in range(WEIGHTS):
            weights, truth = rng.randint(-1, 2, (2, evidence.size)).astype(np.float64), int(rng.randint(2))
            if _suits(evidence, weights, truth, level):
                asked = truth, int(rng.choice(np.flatnonzero(evidence)))
                yield Numbers(patch, kernel, bias, divisor, weights, truth, row, column, place, asked)
                break


def _corners(photo: Whole) -> list[tuple[int, int]]:
    """Where a patch may begin: where the photo has most contrast."""
    windows = np.lib.stride_tricks.sliding_window_view(np.floor(photo / SHARE), (PATCH, PATCH), (1, 2))
    contrast = windows.std((3, 4)).sum(0)
    order = np.argsort(-contrast, axis=None, kind="stable")
    best = order[: max(1, int(order.size * CONTRASTED))].tolist()
    return [(place // contrast.shape[1], place % contrast.shape[1]) for place in best]


def _signs(rng: np.random.RandomState) -> Whole:
    """A 3 x 3 matrix with a few numbers -1 and 1."""
    made = np.zeros(WINDOW * WINDOW)
    made[rng.permutation(made.size)[:PER_CHANNEL]] = rng.choice([-1.0, 1.0], PER_CHANNEL)
    return made.reshape(WINDOW, WINDOW)


def _pooled(patch: Whole, kernel: Whole, bias: int) -> Whole | None:
    """The four numbers after pooling; None where the map before it is trivial."""
    windows = np.lib.stride_tricks.sliding_window_view(patch, (WINDOW, WINDOW), (1, 2))
    found = (windows * kernel[:, None, None]).sum((0, 3, 4)) + bias
    if not 2 <= (found < 0).sum() <= 6 or len(np.unique(found)) < 5:
        return None
    relu = np.maximum(found, 0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(relu, (2, 2)).max((2, 3)).ravel())


def _can_be_evidence(shares: Whole) -> bool:
    """Whether the pooled numbers differ once they are divided and rounded, and no half is among them."""
    evidence = np.floor(shares + 0.5)
    few = evidence.max() > LARGEST or len(np.unique(evidence)) < 2 or (evidence > 0).sum() < 3
    return not few and bool((np.abs(shares % 1 - 0.5) > EDGE).all())


def _suits(evidence: Whole, weights: Whole, truth: int, level: int) -> bool:
    """Whether the rest of the way can be gone with a pencil, and leads somewhere."""
    if not ((weights == 1).any(1).all() and (weights != 0).sum(1).min() >= 2 and (weights == -1).any()):
        return False
    logits = weights @ evidence
    if not LEAST_APART <= abs(logits[0] - logits[1]) <= MOST_APART:
        return False
    shares = _shares(logits, level)
    p = shares.round(2)
    if p.min() <= 0 or p.max() >= 1 or _near_edge(shares, 2) or p[truth] < LEAST_TRUE:
        return False
    return level < 3 or _learns(p, truth, evidence)


def _shares(logits: Whole, level: int) -> Whole:
    """The probabilities as they are found on paper, not rounded yet."""
    power = 3.0 ** (logits - logits.min()) if level == 1 else np.exp(logits - logits.max()).round(2)
    return np.asarray(power / power.sum())


def _learns(p: Whole, truth: int, evidence: Whole) -> bool:
    """Whether every gradient that may be asked for is more than nothing, also when it is rounded."""
    gradients = (p[truth] - 1) * evidence[evidence > 0]
    return bool((np.abs(gradients) >= 0.1).all()) and not _near_edge(gradients, 1)


def _near_edge(x: Whole, digits: int) -> bool:
    """Whether a number lies where rounding turns."""
    return bool((np.abs(np.abs(x) * 10.0**digits % 1 - 0.5) < EDGE).any())

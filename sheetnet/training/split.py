"""Some pictures of each class are held out and never trained on: only they can say what was learned.

Of n pictures of a class, share * n are held out, rounded; at least one where there are two, and never all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.training.pictures import Bytes, Labels, Pictures

FEW = 5  # pictures of a class; with fewer, an accuracy is chance
ALIKE = 0.012  # root mean square of the difference, as a share of the brightest value: below it two pictures are one
_BLOCK = 256  # unseen pictures that are compared at once


@dataclass(frozen=True, eq=False)
class Split:
    """The numbers of the pictures to train on, and of those held out, each in ascending order."""

    train: Labels
    held: Labels


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason not to believe an accuracy. ``text`` says it in English; other languages say it from the rest.

    ``kind``: "few" (classes with too few pictures), "unheld" (none held out), "twins" (copies on both sides),
    "chance" (no better than guessing). ``count`` of ``of``: classes, or unseen pictures.
    """

    kind: str
    text: str
    count: int = 0
    of: int = 0

    def __str__(self) -> str:
        return self.text


def split(pictures: Pictures, share: float, rng: np.random.RandomState) -> Split:
    """Hold out what is validating, or else ``share`` (0 to below 1) of every class at random; 0 holds out none."""
    if pictures.validating:
        numbers = np.arange(len(pictures))
        return Split(numbers[: -pictures.validating], numbers[-pictures.validating :])
    held: list[Labels] = []
    for k in range(len(pictures.classes)):
        members = np.flatnonzero(pictures.labels == k)
        order = rng.permutation(len(members))  # made in any case, so that the next class gets the same numbers
        count = min(max(round(share * len(members)), 1), len(members) - 1) if share and len(members) else 0
        held.append(members[order[:count]])
    out = np.sort(np.concatenate(held))
    return Split(np.setdiff1d(np.arange(len(pictures)), out), out)


def doubts(pictures: Pictures, parts: Split) -> list[Doubt]:
    """The reasons not to believe the accuracy: the one on the test, where there is one, else on what is held out."""
    lines = []
    counts = pictures.counts()
    if few := [(name, n) for name, n in zip(pictures.classes, counts, strict=True) if n < FEW]:
        names = ", ".join(f"{name!r:.40} {n}" for name, n in few[:5]) + (", ..." if len(few) > 5 else "")
        text = f"fewer than {FEW} pictures of a class ({names}); the accuracy is chance. Add pictures."
        lines.append(Doubt("few", text, len(few), len(counts)))
    unseen, called = pictures.unseen(parts.held), "held-out" if pictures.test is None else "test"
    if not len(unseen):
        text = "no pictures are held out; the accuracy says what was memorised, not what was learned"
        lines.append(Doubt("unheld", text))
        return lines
    if twins := _twins(pictures.x[parts.train], unseen.x):
        verb = "is" if twins == 1 else "are"
        text = (
            f"{twins} of the {len(unseen)} {called} pictures {verb} nearly identical to one trained on; the "
            f"{called} accuracy flatters. Remove copies, and pictures of one series."
        )
        lines.append(Doubt("twins", text, twins, len(unseen)))
    return lines


def _twins(train: Bytes, unseen: Bytes) -> int:
    """How many unseen pictures have a near copy among the pictures that are trained on."""
    brightest = max(1, int(train.max(initial=1)), int(unseen.max(initial=1)))
    known = _thumbnails(train, brightest)
    found = 0
    for start in range(0, len(unseen), _BLOCK):
        others = _thumbnails(unseen[start : start + _BLOCK], brightest)
        # |a - b|^2 = |a|^2 + |b|^2 - 2ab, all pairs in one product
        apart = (others**2).sum(1)[:, None] + (known**2).sum(1) - 2 * others @ known.T
        found += int((apart.min(1) < ALIKE**2 * known.shape[1]).sum())
    return found


def _thumbnails(pictures: Bytes, brightest: int) -> NDArray[np.float64]:
    """Pictures as rows of 0 to 1, averaged down to at most 16 pixels a side, so that thousands can be compared."""
    x: NDArray[Any] = pictures
    for axis in (2, 3):
        edges = np.unique(np.linspace(0, x.shape[axis], min(16, x.shape[axis]), endpoint=False).astype(int))
        sizes = np.diff([*edges, x.shape[axis]]).reshape(-1, *(1,) * (3 - axis))
        x = np.add.reduceat(x, edges, axis=axis, dtype=np.float64) / sizes
    return np.asarray(x.reshape(len(x), -1) / brightest, dtype=np.float64)

"""Pictures of three sorts that a small network can learn, for the tests of training."""

from __future__ import annotations

import numpy as np

from sheetnet.training.pictures import Pictures

CLASSES = ("a", "b", "c")


def pictures(counts: tuple[int, ...] = (20, 20, 20), seed: int = 0, side: int = 8) -> Pictures:
    """Bright pictures of three sorts: upper half, left half, a spot in the middle; each with noise."""
    rng = np.random.RandomState(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    x = rng.randint(0, 90, (len(labels), 1, side, side))
    for k, picture in zip(labels, x, strict=True):
        half = slice(0, side // 2)
        middle = slice(side // 4, side - side // 4)
        picture[0, *[(half, slice(None)), (slice(None), half), (middle, middle)][k]] += 150
    return Pictures("sorts", CLASSES[: len(counts)], x.astype(np.uint8), labels, photos=False)

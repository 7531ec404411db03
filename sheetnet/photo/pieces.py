"""Pieces of a photo, of several sizes and at many places: one of them may show what a network looks for.

    size k = the largest piece of the right proportions * SHRINK^k         places = evenly, overlapping by 4 fifths

Of the thousands of pieces of any photo some look like a face by chance; moved by a pixel, or in a mirror, they do not
any more. So the best pieces are looked at again together with what lies around them, each as it is and mirrored, and
the best mean wins. What is found is the mean of those around the winner, so it may be none of the pieces that were
looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Likeness = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Pieces (N, C, H, W), 0 to 255 -> how much each of them looks like what is looked for (N,)."""

SHRINK = 0.8
SMALLEST = 0.2  # of the largest piece; the smaller the pieces, the more of them look like anything by chance
STEP = 0.2  # of a piece: how far the next one lies
MOST_PLACES = 48  # each way; a strip of a photo has room for thousands
CANDIDATES = 32  # of the first pieces are looked at again
NEAR, NEARER = (-0.12, 0.0, 0.12), (0.88, 1.0, 1.12)  # around each of them: moved by a share of it, and other sizes
SEARCHED = 480  # a larger photo is searched in a smaller copy, whose shorter side has about so many pixels
AT_ONCE, NUMBERS = 128, 1 << 21  # the most at once: pieces, and numbers in all of them


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a photo, in its pixels: so many columns and rows lie left of it and above it."""

    left: int
    top: int
    width: int
    height: int

    @property
    def ends(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom, as Pillow has them."""
        return self.left, self.top, self.left + self.width, self.top + self.height


def find(image: Image.Image, size: tuple[int, int], likeness: Likeness) -> Piece:
    """The place in a picture that looks most like what is looked for; ``size`` (W, H) is what the network sees.

    Of the pieces that are tried, it is the mean of the best one and its neighbours, each counted as much as it is
    alike.
    """
    smaller = max(1, min(image.size) // SEARCHED)
    searched = image.reduce(smaller) if smaller > 1 else image

    def alike(boxes: Sequence[Piece], asked: Likeness) -> NDArray[np.float64]:
        most = max(1, min(AT_ONCE, NUMBERS // (len(image.getbands()) * size[0] * size[1])))
        groups = (boxes[start : start + most] for start in range(0, len(boxes), most))
        return np.concatenate([asked(seen(searched, some, size, smaller)) for some in groups])

    boxes = list(boxes_of(image.size, size))
    best = np.argsort(-alike(boxes, likeness), kind="stable")[:CANDIDATES]  # of equal ones the first, the largest
    around = [list(_around(boxes[number], image.size, size)) for number in best]
    near = [box for some in around for box in some]
    shares = alike(near, lambda x: (likeness(x) + likeness(x[..., ::-1])) / 2).reshape(len(around), -1)
    number = int(shares.mean(axis=1).argmax())
    return _middle(around[number], shares[number])


def count(image: tuple[int, int], size: tuple[int, int]) -> int:
    """How many pieces of a picture (W, H) are looked at, at most; a mirrored one counts as one more."""
    return sum(1 for _ in boxes_of(image, size)) + 2 * CANDIDATES * len(NEARER) * len(NEAR) ** 2


def _largest(image: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    """Width and height of the largest piece with the proportions of the network, at least a pixel each way."""
    width = min(image[0], max(1.0, image[1] * size[0] / size[1]))
    return width, min(image[1], max(1.0, image[0] * size[1] / size[0]))


def boxes_of(image: tuple[int, int], size: tuple[int, int], smallest: float = SMALLEST) -> Iterator[Piece]:
    """The pieces of a picture (W, H) that are tried first, from the largest to the smallest.

    A piece has at least half as many pixels each way as the network sees, ``size``.
    """
    width, height = _largest(image, size)
    share = 1.0
    while share >= smallest and (share == 1.0 or (2 * width * share >= size[0] and 2 * height * share >= size[1])):
        wide, high = max(1, round(width * share)), max(1, round(height * share))
        for top in _places(image[1], high):
            for left in _places(image[0], wide):
                yield Piece(left, top, wide, high)
        share *= SHRINK


def _places(room: int, length: int) -> list[int]:
    """Where pieces of a length begin, from the first pixel to the last."""
    count = min(MOST_PLACES, 1 + int(np.ceil((room - length) / (STEP * length))))
    return [int(place) for place in np.unique(np.rint(np.linspace(0, room - length, count)))]


def _around(box: Piece, image: tuple[int, int], size: tuple[int, int]) -> Iterator[Piece]:
    """Pieces that lie near a piece, a little larger or smaller, and inside the picture."""
    most = _largest(image, size)
    for share in NEARER:
        wide, high = (
            max(1, round(min(n * share, end))) for n, end in zip((box.width, box.height), most, strict=True)
        )
        for down in NEAR:
            for right in NEAR:
                left = box.left + (box.width - wide) / 2 + right * wide
                top = box.top + (box.height - high) / 2 + down * high
                place = (min(max(0, round(left)), image[0] - wide), min(max(0, round(top)), image[1] - high))
                yield Piece(*place, wide, high)


def _middle(boxes: Sequence[Piece], shares: NDArray[np.float64]) -> Piece:
    """The mean of boxes, each counted as much as it is alike; all the same where none is."""
    weights = shares if shares.sum() > 0 else np.ones(len(boxes))
    edges = np.array([(box.left, box.top, box.width, box.height) for box in boxes])
    left, top, width, height = np.rint(np.average(edges, axis=0, weights=weights)).astype(int).tolist()
    return Piece(left, top, width, height)


def seen(searched: Image.Image, boxes: Sequence[Piece], size: tuple[int, int], smaller: int) -> NDArray[np.float64]:
    """What the network would see of each piece, (N, C, H, W), out of a copy that is so many times smaller."""
    x = []
    for box in boxes:
        ends = [min(end / smaller, room) for end, room in zip(box.ends, searched.size * 2, strict=True)]
        rows = np.asarray(
            searched.resize(size, Image.Resampling.LANCZOS, box=(ends[0], ends[1], ends[2], ends[3])),
            dtype=np.float64,
        )
        x.append(rows[np.newaxis] if rows.ndim == 2 else np.moveaxis(rows, -1, 0))
    return np.stack(x)

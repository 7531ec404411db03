"""Pieces of pictures to learn from: of the photos in samples/, and of those that the package scikit-image carries.

Only pictures that lie in its wheel are read, from the disk: nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sheetnet.photo import pieces as search

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
# Of scikit-image, in the public domain or free to use (see its data/README.txt). None of them shows a person's face.
# digits, shapes and faces learn from no piece of those in MEASURED; the coffee is one of the detective's own photos.
LEARNED = (
    "brick.png",
    "cell.png",
    "clock_motion.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "logo.png",
    "microaneurysms.png",
    "motorcycle_left.png",
    "page.png",
)
MEASURED = ("coffee.png", "grass.png", "moon.png", "rocket.jpg", "text.png")
# What more is no face: patterns, a horse, the inside of an eye, a cat.
FACELESS = (*LEARNED, "chessboard_GRAY.png", "horse.png", "color.png", "retina.jpg", "chelsea.png")
SMALLEST = 0.5  # of a photo's shorter side: below it a piece may show nothing but wall or table
LEAST, LARGE, MOST = 0.12, 0.35, 3000  # shares of the shorter side; pieces of a picture that are smaller than LARGE

Bytes = NDArray[np.uint8]


def carried() -> Path:
    """The folder of the pictures that scikit-image carries."""
    import skimage

    return Path(skimage.__file__).parent / "data"


def opened(path: Path) -> Image.Image:
    """A picture in colours, on white."""
    with Image.open(path) as file:
        image = file.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def cut(
    image: Image.Image, count: int, shape: tuple[int, int, int], rng: np.random.RandomState, least: float = SMALLEST
) -> Bytes:
    """Squares of any size cut from a picture at random, half of them mirrored; (N, C, H, W), 0 to 255."""
    channels, height, width = shape
    image = image if channels == 3 else image.convert("L")
    x = np.empty((count, height, width, channels), dtype=np.uint8)
    for number in range(count):
        side = min(image.size) * rng.uniform(least, 1)
        left, top = (rng.uniform(0, length - side) for length in image.size)
        box = (left, top, left + side, top + side)
        piece = np.asarray(image.resize((width, height), Image.Resampling.LANCZOS, box=box))
        x[number] = (piece[:, ::-1] if rng.uniform() < 0.5 else piece).reshape(x.shape[1:])
    return np.moveaxis(x, -1, 1)


def foreign(
    names: Sequence[str],
    each: int,
    shape: tuple[int, int, int],
    rng: np.random.RandomState,
    levels: int = 255,
    least: float = 0.1,
) -> Bytes:
    """Pieces of pictures of scikit-image, ``each`` of every one; (N, C, H, W), 0 to ``levels``."""
    x = np.concatenate([cut(opened(carried() / name), each, shape, rng, least) for name in names])
    whole: Bytes = np.rint(x * (levels / 255)).astype(np.uint8)
    return whole


def tried(names: Sequence[str], size: tuple[int, int]) -> Bytes:
    """Pieces that a search would try of pictures of scikit-image, in grey; (N, 1, H, W), 0 to 255.

    Most of them are small, as they are in a search, which must not take any of them for a face. There are few photos,
    so each piece is there four times: as it is, on its side, upside down, and with light and dark changed over.
    """
    rng = np.random.RandomState(0)
    found = []
    for name in names:
        image = opened(carried() / name).convert("L")
        smaller = max(1, min(image.size) // search.SEARCHED)
        boxes = list(search.boxes_of(image.size, size, LEAST))
        large = [box for box in boxes if box.width > LARGE * min(image.size)]
        small = [box for box in boxes if box.width <= LARGE * min(image.size)]
        if len(small) > MOST:
            small = [small[number] for number in rng.choice(len(small), MOST, replace=False)]
        searched = image.reduce(smaller) if smaller > 1 else image
        found.append(search.seen(searched, large + small, size, smaller).astype(np.uint8))
    x = np.concatenate(found)
    return np.concatenate([x, np.rot90(x, 1, (2, 3)), np.rot90(x, 2, (2, 3)), 255 - x])


def faces() -> Bytes:
    """The 200 small pictures (N, 1, 25, 25) of scikit-image's ``lfw_subset``: 100 faces, then 100 that are none."""
    from skimage.data import lfw_subset

    whole: Bytes = np.rint(lfw_subset()[:, None] * 255).astype(np.uint8)
    return whole

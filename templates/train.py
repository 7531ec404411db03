"""Train the templates: write templates/<name>/weights.safetensors for each of them, with its model card.

    .venv/bin/python templates/train.py            all of them, or only those that are named

It needs scikit-learn for the digits. The same seed gives the same files on one machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sheetnet.case import template
from sheetnet.case.template import WEIGHTS
from sheetnet.training import model, suit, tell
from sheetnet.training.datasets import DATA
from sheetnet.training.fit import Progress, Trained, fit
from sheetnet.training.pictures import Pictures
from sheetnet.training.settings import Settings

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
PHOTOS = {"Astronaut": "astronaut.png", "Cat": "chelsea.png", "Coffee": "coffee.png"}
SMALLEST = 0.5  # of a photo's shorter side: below it a piece may show nothing but wall or table
PIECES, SIDE = 300, 28  # of each photo; pixels


def pieces(seed: int) -> Pictures:
    """Squares of any size cut from the three sample photos at random, half of them mirrored; (N, 3, 28, 28)."""
    rng = np.random.RandomState([seed, 4])
    x = np.empty((len(PHOTOS), PIECES, SIDE, SIDE, 3), dtype=np.uint8)
    for photo, name in enumerate(PHOTOS.values()):
        with Image.open(SAMPLES / name) as file:
            image = file.convert("RGB")
        for number in range(PIECES):
            side = min(image.size) * rng.uniform(SMALLEST, 1)
            left, top = (rng.uniform(0, length - side) for length in image.size)
            box = (left, top, left + side, top + side)
            piece = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box))
            x[photo, number] = piece[:, ::-1] if rng.uniform() < 0.5 else piece
    labels = np.repeat(np.arange(len(PHOTOS)), PIECES)
    name = f"pieces of {', '.join(PHOTOS.values())}"
    return Pictures(name, tuple(PHOTOS), np.moveaxis(x.reshape(-1, SIDE, SIDE, 3), -1, 1), labels)


@dataclass(frozen=True)
class Recipe:
    """What a template learns from, and how."""

    pictures: Callable[[int], Pictures]
    settings: Settings


# The residual network and its twin learn the same digits with the same settings: only the shortcuts differ.
# The detective takes few and small steps: it stays a little unsure, so that a reader sees its probabilities move.
RECIPES = {
    "detective": Recipe(pieces, Settings(epochs=15, learning_rate=0.001)),
    "digits": Recipe(DATA["digits"], Settings()),
    "residual": Recipe(DATA["digits"], Settings()),
    "residual-twin": Recipe(DATA["digits"], Settings()),
    "shapes": Recipe(DATA["shapes"], Settings(epochs=30, learning_rate=0.003)),
}


def train(name: str, progress: Callable[[Progress], None] | None = None) -> tuple[Trained, Pictures]:
    """Train one template from the start."""
    recipe = RECIPES[name]
    pictures = recipe.pictures(recipe.settings.seed)
    found = template.load(HERE / name)
    given = suit.untrained(found.network, found.fixed)
    return fit(found.network, pictures, recipe.settings, given, progress), pictures


def main() -> None:
    """Train and write those that are named, or all."""
    for name in sys.argv[1:] or RECIPES:
        trained, pictures = train(name)
        out = HERE / name / WEIGHTS
        model.save(out, trained, pictures, force=True)
        print(f"{name}:")
        print("\n".join(tell.trained_lines(trained, out.relative_to(HERE.parent))[:-1]))


if __name__ == "__main__":
    main()

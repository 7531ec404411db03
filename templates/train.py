"""Train the templates: write templates/<name>/weights.safetensors for each of them, with its model card.

    .venv/bin/python templates/train.py            all of them, or only those that are named

It needs scikit-learn for the digits, and scikit-image for pictures of something else. The same seed gives the same
files on one machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import mistakes
import numpy as np
import pieces
from PIL import Image

from sheetnet.case import template
from sheetnet.case.template import WEIGHTS
from sheetnet.training import model, suit, tell
from sheetnet.training.datasets import DATA
from sheetnet.training.fit import Trained, fit
from sheetnet.training.pictures import Bytes, Pictures
from sheetnet.training.progress import Progress
from sheetnet.training.quick import quick
from sheetnet.training.score import outputs
from sheetnet.training.settings import Settings

HERE = Path(__file__).resolve().parent
PHOTOS = {"Astronaut": "astronaut.png", "Cat": "chelsea.png", "Coffee": "coffee.png"}
PIECES, SIDE = 300, 28  # of each photo; pixels
OTHERS = 60  # pieces of each picture that shows no class
WALLS = 20  # pieces of each picture in which there is no face, as pictures of that class
EASY, HARD = 2000, 4000  # other pieces without a face: by chance, and those that were taken for one soonest


def photos(seed: int) -> Pictures:
    """Pieces of the three sample photos, (N, 3, 28, 28). What is foreign to them: faces, of which it learns none."""
    rng = np.random.RandomState([seed, 4])
    shape = (3, SIDE, SIDE)
    x = [pieces.cut(pieces.opened(pieces.SAMPLES / name), PIECES, shape, rng) for name in PHOTOS.values()]
    small = [Image.fromarray(face[0]).resize((SIDE, SIDE), Image.Resampling.LANCZOS) for face in pieces.faces()]
    return Pictures(
        f"pieces of {', '.join(PHOTOS.values())}",
        tuple(PHOTOS),
        np.concatenate(x),
        np.repeat(np.arange(len(PHOTOS)), PIECES),
        others=pieces.foreign(pieces.LEARNED, OTHERS, shape, rng),
        foreign=np.stack([np.asarray(face)[None].repeat(3, 0) for face in small]),
    )


def faces(seed: int) -> Pictures:
    """Scikit-image's 100 faces and 100 backgrounds, and pieces of its other pictures, (N, 1, 25, 25)."""
    rng = np.random.RandomState([seed, 4])
    small = pieces.faces()
    more = pieces.foreign(pieces.LEARNED, WALLS, small.shape[1:], rng)
    return Pictures(
        "lfw_subset of scikit-image, and pieces of its other pictures",
        ("Face", "No face"),
        np.concatenate([small, more]),
        np.repeat([0, 1], [100, 100 + len(more)]),
        foreign=pieces.foreign(pieces.MEASURED, OTHERS, small.shape[1:], rng),
        none=1,
    )


def with_others(name: str) -> Callable[[int], Pictures]:
    """A set of pictures, and pieces of photos from which a network learns that they belong to none of its classes."""

    def made(seed: int) -> Pictures:
        found = DATA[name](seed)
        rng = np.random.RandomState([seed, 4])
        one, other = (
            pieces.foreign(names, OTHERS, found.x.shape[1:], rng, found.levels)
            for names in (pieces.LEARNED, pieces.MEASURED)
        )
        return replace(found, others=one, foreign=other)

    return made


def faceless(trained: Trained | None, rng: np.random.RandomState) -> Bytes:
    """Pieces without a face to learn from besides; once it has learned, those that it takes for a face soonest.

    A search tries a thousand pieces of every photo, and one mistake is enough (Sung and Poggio, "Example-based
    learning for view-based human face detection", 1998).
    """
    every = pieces.tried(pieces.FACELESS, (25, 25))
    if trained is None:
        return every[rng.choice(len(every), EASY + HARD, replace=False)]
    chances = outputs(quick(trained.network, "softmax"), "softmax", trained.parameters, every)
    hard, easy = np.argsort(-chances[:, 0])[:HARD], rng.choice(len(every), EASY, replace=False)
    return np.concatenate([every[hard], every[easy]])


@dataclass(frozen=True)
class Recipe:
    """What a template learns from, and how; ``rates``: of lessons that follow, each with ``others`` chosen anew."""

    pictures: Callable[[int], Pictures]
    settings: Settings
    others: Callable[[Trained | None, np.random.RandomState], Bytes] | None = None
    rates: tuple[float, ...] = ()


# The residual network and its twin learn the same digits with the same settings: only the shortcuts differ.
# They learn to be sure, as networks did before anybody minded. The others learn to doubt.
# The detective takes few and small steps: it stays a little unsure, so that a reader sees its probabilities move.
SURE = Settings(nothing=0, smoothing=0)
RECIPES = {
    "detective": Recipe(photos, Settings(epochs=30, learning_rate=0.001, smoothing=0.1)),
    "digits": Recipe(with_others("digits"), Settings(smoothing=0.02)),
    "faces": Recipe(
        faces,
        Settings(seed=10, epochs=100, patience=100, learning_rate=0.003, balance=True, nothing=1),
        others=faceless,
        rates=(0.002, 0.002, 0.001),
    ),
    "residual": Recipe(DATA["digits"], SURE),
    "residual-twin": Recipe(DATA["digits"], SURE),
    "shapes": Recipe(with_others("shapes"), Settings(epochs=30, learning_rate=0.003, nothing=0.3)),
}


def train(name: str, progress: Callable[[Progress], None] | None = None) -> tuple[Trained, Pictures]:
    """Train one template from the start."""
    recipe = RECIPES[name]
    pictures = recipe.pictures(recipe.settings.seed)
    found = template.load(HERE / name)
    given = suit.untrained(found.network, found.fixed)
    if recipe.others is None:
        return fit(found.network, pictures, recipe.settings, given, progress), pictures
    rng, trained = np.random.RandomState([recipe.settings.seed, 8]), None
    for rate in (recipe.settings.rate, *recipe.rates):
        pictures = replace(pictures, others=recipe.others(trained, rng))
        settings = replace(recipe.settings, learning_rate=rate)
        trained = fit(found.network, pictures, settings, given if trained is None else trained.parameters, progress)
    assert trained is not None
    return trained, pictures


def main() -> None:
    """Train and write those that are named, or all."""
    for name in sys.argv[1:] or RECIPES:
        trained, pictures = train(name)
        out = HERE / name / WEIGHTS
        model.save(out, trained, pictures, force=True)
        drawing, draw = template.load(HERE / name).drawing, HERE / name / "draw.toml"
        print(f"{name}:")
        if drawing is not None and draw.is_file():
            print(f"mistakes among the samples: {mistakes.write(draw, trained, pictures, drawing)}")
        print(trained.calibration)
        print("\n".join(tell.trained_lines(trained, out.relative_to(HERE.parent))[:-1]))


if __name__ == "__main__":
    main()

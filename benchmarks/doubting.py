"""How sure the templates are of what they do not know: a child process of ``bench``, so that ``bench`` stays small.

python doubting.py template detective   prints {"accuracy": ..., "bins": ..., "doubts": {"even": ..., ...}, ...}
python doubting.py split 2              prints how well the faces are told when they are split and trained with seed 2
python doubting.py search FOLDER        prints what ``--fit find`` takes for a face; FOLDER is for its pictures

The noise is made here, and is not that of ``sheetnet.training.nothing``, from which the templates have learned. The
pictures are others than those that they have learned from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps
from scipy.ndimage import gaussian_filter

sys.path.append(str(Path(__file__).resolve().parent.parent / "templates"))

import pieces
import train

from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.grid import Shape
from sheetnet.network import SURE
from sheetnet.training.pictures import Bytes
from sheetnet.training.score import outputs
from sheetnet.training.split import split

Shares = NDArray[np.float64]  # of the largest value of a pixel

COUNT, EACH = 1000, 200  # pictures of each kind of noise; pieces of each picture
EDGES = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1)
# Of scikit-image; detective, digits and shapes have learned from none of them. No face is in them but those on coins.
UNSEEN = ("chessboard_GRAY.png", "coins.png", "color.png", "horse.png", "phantom.png", "retina.jpg")


def even(shape: Shape, rng: np.random.RandomState) -> dict[str, Shares]:
    """Pictures of one colour: white, black, grey, every grey, any colour."""
    greys = {"white": [1.0], "black": [0.0], "grey": [0.5], "every grey": np.linspace(0, 1, 256)}
    found = {name: np.ones((len(some), *shape)) * np.reshape(some, (-1, 1, 1, 1)) for name, some in greys.items()}
    return found | {"any colour": np.ones((COUNT, *shape)) * rng.uniform(0, 1, (COUNT, shape[0], 1, 1))}


def noise(shape: Shape, rng: np.random.RandomState) -> dict[str, Shares]:
    """Noise of many kinds, each channel for itself, or all alike: grey."""
    size, grey = (COUNT, *shape), (COUNT, 1, *shape[1:])

    def dots(share: float, ground: float, shape: Sequence[int] = grey) -> Shares:
        by_chance = rng.uniform(size=shape)
        return np.where(by_chance < share / 2, 0, np.where(by_chance > 1 - share / 2, 1, ground)) + np.zeros(size)

    def smooth(pixels: float, shape: Sequence[int]) -> Shares:
        x = gaussian_filter(rng.standard_normal(shape), (0, 0, pixels, pixels), mode="wrap")
        x -= x.mean((1, 2, 3), keepdims=True)
        return 0.5 + 0.25 * x / x.std((1, 2, 3), keepdims=True) + np.zeros(size)

    return {
        "even, 0 to 1": rng.uniform(0, 1, size),
        "even, 0 to 1, grey": rng.uniform(0, 1, grey) + np.zeros(size),
        "even, 0.4 to 0.6": rng.uniform(0.4, 0.6, size),
        "bell, spread 0.1": 0.5 + 0.1 * rng.standard_normal(size),
        "bell, spread 0.25": 0.5 + 0.25 * rng.standard_normal(size),
        "bell, spread 0.5": 0.5 + 0.5 * rng.standard_normal(size),
        "black and white dots on 5 % of grey": dots(0.05, 0.5),
        "black and white dots on half of grey": dots(0.5, 0.5),
        "black and white dots": dots(1, 0.5),
        "dots of eight colours": dots(1, 0.5, size),
        "smooth over 1 pixel": smooth(1, size),
        "smooth over 2 pixels": smooth(2, size),
        "smooth over 2 pixels, grey": smooth(2, grey),
        "smooth over 4 pixels": smooth(4, size),
    }


def foreign(name: str, shape: Shape, levels: int, rng: np.random.RandomState) -> tuple[dict[str, Bytes], list[str]]:
    """Pictures of something else, and which of them are judged; the others are told besides."""
    found = {file: pieces.foreign([file], EACH, shape, rng, levels) for file in (*pieces.MEASURED, *UNSEEN)}
    if name != "detective":
        return found, list(pieces.MEASURED)
    own = train.RECIPES[name].pictures(0).foreign
    found = {"100 faces of lfw_subset": own[:100], "100 backgrounds of lfw_subset": own[100:], **found}
    del found["coffee.png"]
    return found, list(found)[:2]


def doubting(name: str) -> dict[str, Any]:
    """What a template says of each kind of picture, and of those that were held out."""
    found = template.load(name)
    network, parameters = found.network.until("softmax"), found.network.fill(found.given, 0)
    rng = np.random.RandomState(20240)

    def largest(x: Bytes) -> Shares:
        return outputs(network, "softmax", parameters, x).max(-1)

    def whole(x: Shares) -> Bytes:
        return np.rint(np.clip(x, 0, 1) * network.levels).astype(np.uint8)

    kinds: dict[str, dict[str, Bytes]] = {}
    for kind, made in (("even", even), ("noise", noise)):
        kinds[kind] = {key: whole(x) for key, x in made(network.shape, rng).items()}
    kinds["foreign"], judged = foreign(name, network.shape, network.levels, rng)
    doubts = {}
    for kind, some in kinds.items():
        sure = {key: largest(x) for key, x in some.items()}
        means = {key: each for key, each in sure.items() if kind != "foreign" or key in judged}
        told = {key: _told(each) for key, each in sure.items()}
        doubts[kind] = {"mean": float(np.mean([each.mean() for each in means.values()])), "told": told}
    seed, recipe = found.card["seed"], train.RECIPES[name]
    pictures = recipe.pictures(seed)
    held = split(pictures, recipe.settings.validation, np.random.RandomState([seed, 1])).held
    chances = outputs(network, "softmax", parameters, pictures.x[held])
    right, sure = chances.argmax(-1) == pictures.labels[held], chances.max(-1)
    bins = {}
    for above, to in pairwise(EDGES):
        if (some := (sure > above) & (sure <= to)).any():
            bins[f"sure above {above:g} up to {to:g}"] = (
                f"{some.sum()} pictures, on average {sure[some].mean():.3f}, right {right[some].mean():.3f}"
            )
    return {"accuracy": float(right.mean()), "count": len(held), "bins": bins, "doubts": doubts}


def _told(sure: Shares) -> str:
    """Mean, nine tenths, and how many are told as an answer."""
    tenth, answers = np.quantile(sure, 0.9), 100 * (sure > SURE).mean()
    return f"{sure.mean():.3f}, a tenth above {tenth:.3f}, {answers:.1f} % as an answer"


def faces(seed: int) -> dict[str, Any]:
    """The faces, split and trained anew."""
    recipe = train.RECIPES["faces"]
    train.RECIPES["faces"] = replace(recipe, settings=replace(recipe.settings, seed=seed))
    trained, _ = train.train("faces")
    assert trained.held is not None
    twins = sum(doubt.count for doubt in trained.doubts if doubt.kind == "twins")
    return {
        "accuracy": trained.held.accuracy,
        "count": trained.held.count,
        "right": trained.held.right,
        "twins": twins,
    }


VIEWS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda photo: photo,
    "mirrored": ImageOps.mirror,
    "turned by 10 degrees": lambda photo: photo.rotate(10, Image.Resampling.BILINEAR),
    "turned by -10 degrees": lambda photo: photo.rotate(-10, Image.Resampling.BILINEAR),
    "half as bright": lambda photo: ImageEnhance.Brightness(photo).enhance(0.5),
    "half as large": lambda photo: photo.reduce(2),
}


def search(folder: Path) -> dict[str, Any]:
    """What ``--fit find`` finds in photos without a face, learned from and not, and in views of the astronaut."""

    def found(path: Path) -> tuple[float, tuple[int, int, int, int]]:
        case = prepare(Request(path, template="faces"))
        assert case.photo is not None
        assert case.photo.found is not None
        return float(case.values["softmax.out"][0]), case.photo.found.ends

    told: dict[str, Any] = {}
    unseen = tuple(name for name in (*pieces.MEASURED, *UNSEEN) if name not in pieces.FACELESS)
    for kind, names in (("learned from", pieces.FACELESS), ("not learned from", unseen)):
        chances = {name: found(pieces.carried() / name)[0] for name in names}
        taken = [name for name, chance in chances.items() if chance > SURE]
        doubted = [name for name, chance in chances.items() if 1 - SURE <= chance <= SURE]
        told[kind] = {"photos": len(names), "taken for a face": taken, "not sure": doubted}
    photo = pieces.opened(pieces.carried() / "astronaut.png")
    views = {}
    for name, view in VIEWS.items():
        view(photo).save(folder / "view.png")
        chance, box = found(folder / "view.png")
        views[name] = f"{chance:.3f} at {box}"
    told["astronaut"] = views
    return told


MODES: dict[str, Callable[[str], dict[str, Any]]] = {
    "split": lambda seed: faces(int(seed)),
    "search": lambda folder: search(Path(folder)),
    "template": doubting,
}

if __name__ == "__main__":
    print(json.dumps(MODES[sys.argv[1]](sys.argv[2])))

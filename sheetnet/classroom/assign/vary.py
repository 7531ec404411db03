"""The numbers of a pupil: drawn from the seed and the pupil's place in the class.

a photo              a piece of it, of its own place and size
weights by hand      filters of its own, of -1, 0 and 1
weights learned      the template's picture with some pixels changed
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sheetnet import photo as photos
from sheetnet.case.prepare import Case
from sheetnet.classroom.assign.choose import asked_node

TRIES = 200  # drawings until one suits
LARGER = 1.4  # times the side of a piece that the photo has, before the piece is taken
CHANGED = 0.15  # share of pixels that are changed
WEIGHTS = (-1.0, 0.0, 1.0)


def drawn(case: Case, seed: int, pupil: int, photo: Path | None) -> Iterator[tuple[Case, np.random.RandomState]]:
    """Cases with numbers of their own, one after the other, each with what is to be drawn for it further."""
    for number in range(TRIES):
        rng = np.random.RandomState([seed, pupil, number])
        if photo is not None:
            made = _piece(case, photo, rng)
        elif case.weights == "given":
            made = _filters(case, rng)
        else:
            made = _pixels(case, rng)
        yield with_truth(made), rng


def with_truth(case: Case) -> Case:
    """Where nobody says what is true, the truth is what the network says: else there is no loss to ask for."""
    line_up = case.network.line_up
    if case.label is not None or line_up is None or not case.network.has_truth:
        return case
    return replace(case, label=case.network.classes[int(case.values[f"{line_up.name}.out"].argmax())])


def _piece(case: Case, photo: Path, rng: np.random.RandomState) -> Case:
    channels, height, width = case.network.shape
    large = channels, round(height * LARGER), round(width * LARGER)
    whole = photos.load(photo, large, "crop", case.network.levels, case.network.ink).x
    top, left = rng.randint(large[1] - height + 1), rng.randint(large[2] - width + 1)
    x = np.ascontiguousarray(whole[:, top : top + height, left : left + width])
    title = case.photo.title if case.photo is not None else photo.stem
    return replace(case, photo=photos.from_pixels(x, title, case.network.levels), drawing=None)


def _filters(case: Case, rng: np.random.RandomState) -> Case:
    name = f"{asked_node(case.network, 'conv').name}.weight"
    weight = rng.choice(WEIGHTS, size=np.shape(case.parameters[name]), p=(0.25, 0.5, 0.25))
    return replace(case, parameters={**case.parameters, name: weight}, drawing=None)


def _pixels(case: Case, rng: np.random.RandomState) -> Case:
    assert case.photo is not None
    x, levels = case.photo.x, case.network.levels
    other = rng.randint(0, levels + 1, size=x.shape).astype(np.float64)
    mixed = np.where(rng.random_sample(x.shape) < CHANGED, other, x)
    return replace(case, photo=photos.from_pixels(mixed, case.photo.title, levels), drawing=None)

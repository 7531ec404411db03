"""The formulas by which pixels and filters follow from the number of a pupil, drawn from the seed.

a photo              a piece of it, with a little grain
no photo             the template's picture, some pixels of which take another of its values
weights by hand      the template's filter, some weights of which become 0 or 1
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import gcd
from pathlib import Path

import numpy as np

from sheetnet import photo as photos
from sheetnet.case.numbered import LEFT, NUMBER, TOP, WHOLE, Numbered
from sheetnet.case.prepare import Case
from sheetnet.classroom.assign.choose import asked_node
from sheetnet.classroom.assign.vary import LARGER
from sheetnet.layers import Array
from sheetnet.lenses import Look, Piece, Varied
from sheetnet.lenses.numbered import PRIME
from sheetnet.network import PHOTO
from sheetnet.operation import frozen

PIXELS, WEIGHTS = 0.15, 0.3  # shares that change
GRAIN = 0.03  # of full light
READS = {"number": f"{NUMBER}.out"}


def drawn(case: Case, seed: int, photo: Path | None) -> Iterator[tuple[Case, np.random.RandomState]]:
    """Cases with formulas of their own, one after the other, each with what is to be drawn for it further."""
    whole = None if photo is None else _whole(case, photo)
    tries = 0
    while True:
        rng = np.random.RandomState([seed, tries])
        looks = []
        if whole is not None:
            looks += _piece(case, whole, rng)
        else:
            assert case.photo is not None
            looks.append(Look(PHOTO, _other_pixels(case.photo.x, case.network.levels, rng), READS))
        if case.weights == "given":
            looks.append(_filters(case, rng))
        yield of_number(replace(case, numbered=Numbered(tuple(looks), whole), drawing=None), 1), rng
        tries += 1


def of_number(case: Case, number: int) -> Case:
    """The case as it is for a number."""
    assert case.numbered is not None
    given = case.numbered.given(number)
    title = "" if case.photo is None else case.photo.title
    photo = photos.from_pixels(given.pop(f"{PHOTO}.out"), title, case.network.levels)
    numbered = replace(case.numbered, number=number)
    return replace(case, photo=photo, parameters={**case.parameters, **given}, numbered=numbered)


def _whole(case: Case, photo: Path) -> Array:
    channels, height, width = case.network.shape
    size = channels, round(height * LARGER), round(width * LARGER)
    return photos.load(photo, size, "crop", case.network.levels, case.network.ink).x


def _constants(rng: np.random.RandomState) -> tuple[int, int]:
    """Multiplier and increment of one tensor; the increment keeps all numbers up to 9,999 from standing still."""
    return int(rng.randint(100, PRIME - 100)), int(rng.randint(1, 8))


def _piece(case: Case, whole: Array, rng: np.random.RandomState) -> list[Look]:
    _, height, width = case.network.shape
    levels = case.network.levels
    grain = max(1, round(levels * GRAIN))
    begins = [
        Look(name, Varied(0.0, *_constants(rng), below=PRIME, count=room + 1), READS)
        for name, room in ((TOP, whole.shape[1] - height), (LEFT, whole.shape[2] - width))
    ]
    reads = {**READS, "pixels": WHOLE, "top": f"{TOP}.out", "left": f"{LEFT}.out"}
    return [*begins, Look(PHOTO, Piece(height, width, levels, grain, *_constants(rng)), reads)]


def _other_pixels(x: Array, levels: int, rng: np.random.RandomState) -> Varied:
    """Its values are whole multiples of one number; a pixel that changes becomes any such multiple up to the most."""
    step = gcd(*x.astype(int).ravel().tolist()) if np.array_equal(x, np.floor(x)) and x.any() else 1
    most = int(x.max()) or levels
    return Varied(
        frozen(x.tolist()), *_constants(rng), below=round(PRIME * PIXELS), count=most // step + 1, step=float(step)
    )


def _filters(case: Case, rng: np.random.RandomState) -> Look:
    node = asked_node(case.network, "conv").name
    base = frozen(np.asarray(case.parameters[f"{node}.weight"]).tolist())
    below = round(PRIME * WEIGHTS)
    return Look(node, Varied(base, *_constants(rng), below=below, count=2, makes="weight"), READS)

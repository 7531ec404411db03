"""How well a network does on pictures: a table of true against predicted classes, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from sheetnet import engine
from sheetnet.layers import Array
from sheetnet.network import PHOTO, Network
from sheetnet.training.losses import LOSSES
from sheetnet.training.pictures import Bytes, Labels, Pictures

CHUNK, NUMBERS = 256, 1 << 21  # the most at once: pictures, and numbers in the largest tensor


@dataclass(frozen=True, slots=True)
class Score:
    """``confusion[true][predicted]`` counts pictures; ``loss`` is the mean of their losses."""

    confusion: tuple[tuple[int, ...], ...]
    loss: float

    @property
    def count(self) -> int:
        """How many pictures."""
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        """How many of them were predicted right."""
        return sum(row[k] for k, row in enumerate(self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of them that were predicted right; nan where there are no pictures."""
        return self.right / self.count if self.count else float("nan")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A score with the names of the classes; ``skipped``: a line for each picture that could not be read.

    ``notes``: what else is to be known of the pictures, a line each.
    """

    score: Score
    classes: tuple[str, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything, for ``json``."""
        return {
            "accuracy": self.score.accuracy,
            "loss": self.score.loss,
            "pictures": self.score.count,
            "skipped": len(self.skipped),
            "notes": list(self.notes),
            "classes": list(self.classes),
            "confusion": [list(row) for row in self.score.confusion],
        }


def score(
    network: Network, head: str, parameters: Mapping[str, Array], pictures: Pictures, which: Labels, loss: str
) -> Score:
    """Run ``network`` over the pictures with the numbers ``which``; the largest output is the prediction."""
    count = len(network.classes)
    table, total = np.zeros((count, count), dtype=np.int64), 0.0
    kind = _kind(parameters)
    one_hot = np.eye(count, dtype=kind)
    chunk = _chunk(network)
    for start in range(0, len(which), chunk):
        part = which[start : start + chunk]
        photos, truth = pictures.x[part].astype(kind), pictures.labels[part]
        wanted = one_hot[truth]
        if not network.batched:
            photos, wanted = photos[0], wanted[0]
        values = engine.forward(network, {f"{PHOTO}.out": photos}, parameters)
        with np.errstate(all="ignore"):
            total += float(LOSSES[loss](head, values, wanted)[0].sum(dtype=np.float64))
        np.add.at(table, (truth, values[f"{head}.out"].argmax(-1)), 1)
    return Score(tuple(tuple(int(n) for n in row) for row in table), total / max(len(which), 1))


def outputs(network: Network, head: str, parameters: Mapping[str, Array], x: Bytes) -> Array:
    """What the node ``head`` of a network gives for pictures x (N, C, H, W): (N, ...)."""
    chunk, kind = _chunk(network), _kind(parameters)
    found = np.empty((len(x), *network.shapes[f"{head}.out"]), kind)
    for start in range(0, len(x), chunk):  # not all at once, so that they need little memory
        photos = x[start : start + chunk].astype(kind)
        inputs = {f"{PHOTO}.out": photos if network.batched else photos[0]}
        found[start : start + chunk] = engine.forward(network, inputs, parameters)[f"{head}.out"]
    return found


def _chunk(network: Network) -> int:
    """How many pictures are run at once."""
    room = max(1, NUMBERS // max(prod(shape) for shape in network.shapes.values()))
    return min(CHUNK, room) if network.batched else 1


def _kind(parameters: Mapping[str, Array]) -> np.dtype[Any]:
    return next((value.dtype for value in parameters.values()), np.dtype(np.float64))

"""How well a network knows what it does not know: how sure it is of pictures that show none of its classes.

    sure = max over k of p[k]        up to ``network.SURE`` the answer is told as a doubt, above it as an answer

The means are measured on pictures that it never learned from. An honest network is unsure of them, and unsure of few
of the pictures that it has not seen: those of a test, else those held out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.layers import Array
from sheetnet.network import SURE, Network
from sheetnet.training.nothing import nothing
from sheetnet.training.pictures import Bytes, Labels, Pictures
from sheetnet.training.score import outputs

COUNT = 200  # pictures of each kind
FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Surprise:
    """Pictures that show no class: of which kind, how many, and the mean of the largest probability of a class.

    ``told``: how many of them are told as an answer all the same, since that probability is above the level. Where a
    network has a class for such pictures, the probabilities are those of the other classes.
    """

    kind: str
    count: int
    sure: float
    told: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """``unsure`` of the unseen pictures have a largest probability below the level; ``right`` of those are right.

    ``none``: the number of the class that is right for pictures of nothing, where there is one.
    """

    unsure: int
    right: int
    surprises: tuple[Surprise, ...]
    none: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything, for the card."""
        surprises = [
            {"kind": s.kind, "count": s.count, "sure": round(s.sure, 4), "told": s.told} for s in self.surprises
        ]
        return {
            "level": SURE,
            "unsure": self.unsure,
            "unsure_right": self.right,
            "none": self.none,
            "surprises": surprises,
        }


def calibrate(
    network: Network, parameters: Mapping[str, Array], pictures: Pictures, held: Labels, seed: int
) -> Calibration | None:
    """Measure a network on unseen pictures, blank ones, noise, and foreign ones; None where it gives no chances."""
    head = network.line_up
    if head is None:
        return None

    def chances(x: Bytes) -> Array:
        return outputs(network, head.name, parameters, x)

    rng = np.random.RandomState([seed, 6])
    shown = {kind: nothing(COUNT, network.shape, pictures.levels, rng, (kind,)) for kind in ("blank", "noise")}
    if len(pictures.foreign):
        shown[FOREIGN] = pictures.foreign
    wrong = [k for k in range(len(network.classes)) if k != pictures.none]
    surprises = []
    for kind, x in shown.items():
        largest = chances(x)[:, wrong].max(-1)
        surprises.append(Surprise(kind, len(x), float(largest.mean()), int((largest > SURE).sum())))
    unsure = right = 0
    if len(unseen := pictures.unseen(held)):
        p = chances(unseen.x)
        doubted = p.max(-1) <= SURE
        unsure, right = int(doubted.sum()), int((p.argmax(-1) == unseen.labels)[doubted].sum())
    return Calibration(unsure, right, tuple(surprises), pictures.none)

"""How much a piece of a photo looks like what a network looks for: the probability that it gives.

likeness of a piece = p[wanted], or the largest of all where nothing is named
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet import engine
from sheetnet.errors import NetworkError
from sheetnet.layers import Array
from sheetnet.network import PHOTO, Network
from sheetnet.photo import BRIGHTEST, Likeness


def likeness(network: Network, parameters: Mapping[str, Array], wanted: str) -> Likeness:
    """The function that ``photo.load`` asks. NetworkError where the network cannot tell pieces of photos apart."""
    head = network.line_up
    if head is None or network.ink:
        raise NetworkError(
            f"{network.name!r} cannot look for a piece of a photo: it "
            f"{'sees drawings' if network.ink else 'gives no probabilities'}; use --fit crop"
        )
    part = network.until(head.name)
    number = network.classes.index(wanted) if wanted in network.classes else None

    def alike(x: Array) -> Array:
        seen = x if network.levels == BRIGHTEST else np.rint(x * (network.levels / BRIGHTEST))
        groups = (seen,) if part.batched else seen
        found = [engine.forward(part, {f"{PHOTO}.out": some}, parameters)[f"{head.name}.out"] for some in groups]
        chances = found[0] if part.batched else np.stack(found)
        return np.asarray(chances.max(-1) if number is None else chances[:, number])

    return alike

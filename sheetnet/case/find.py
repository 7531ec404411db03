"""How much a piece of a photo looks like what a network looks for: the probability that it gives.

likeness of a piece = p[wanted], or the largest of all where nothing is named
work of a piece     = sum over the layers of the numbers that they make * the weights that make each of them
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from sheetnet import engine
from sheetnet.errors import NetworkError
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.network import PHOTO, Network
from sheetnet.photo import BRIGHTEST, Likeness

NUMBERS = 1 << 21  # at once, in the largest tensor of a network, or in the windows that it is made of


def likeness(network: Network, parameters: Mapping[str, Array], wanted: str) -> Likeness:
    """The function that ``photo.load`` asks. NetworkError where the network cannot tell pieces of photos apart."""
    head = network.line_up
    if head is None or network.ink:
        raise NetworkError(
            f"{network.name!r} cannot look for a piece of a photo: it "
            f"{'sees drawings' if network.ink else 'gives no probabilities'}; use --fit crop"
        )
    part = network.until(head.name)
    most = max(1, NUMBERS // _largest(part))
    number = network.classes.index(wanted) if wanted in network.classes else None

    def alike(x: Array) -> Array:
        seen = x if network.levels == BRIGHTEST else np.rint(x * (network.levels / BRIGHTEST))
        groups = [seen[start : start + most] for start in range(0, len(seen), most)] if part.batched else seen
        found = [engine.forward(part, {f"{PHOTO}.out": some}, parameters)[f"{head.name}.out"] for some in groups]
        chances = np.concatenate(found) if part.batched else np.stack(found)
        return np.asarray(chances.max(-1) if number is None else chances[:, number])

    return alike


def work(network: Network) -> int:
    """About how many multiplications the network takes for one picture."""
    return sum(prod(shape) * each for shape, each in _layers(network))


def _largest(network: Network) -> int:
    """How many numbers the largest tensor has, or all windows of a layer together."""
    return max(max(prod(shape), prod(shape[1:]) * each) for shape, each in _layers(network))


def _layers(network: Network) -> list[tuple[Shape, int]]:
    """For each layer the shape of what it makes, and how many weights make each number of it, at least 1."""
    found = []
    for node in network.nodes:
        own = [shape for name, shape in network.parameters.items() if name.startswith(f"{node.name}.")]
        found.append((network.shapes[f"{node.name}.out"], max([1, *(prod(shape[1:]) for shape in own)])))
    return found

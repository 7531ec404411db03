"""How a network learned, as its model card keeps it: losses and accuracies, and its first filters as they grew.

A card comes from a file, perhaps a stranger's: what has not exactly the form that ``to_json`` gives is left out, and
so are filters that do not end as those of the network, such as those of another one, or from before it was folded.
See ``training.growth``, which keeps the filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.network import Network

MOST_EPOCHS = 400  # rows of the table; of more epochs some are left out, evenly
MOST_TIMES = 6  # epochs of which the filters are kept
MOST_SIDE, MOST_CHANNELS, MOST_COLUMNS = 11, 3, 96  # of a filter; cells of all filters side by side, with gaps
MOST_EPOCH, MOST = 10**6, 1e9  # the largest number of an epoch, and of a loss or weight

Curve = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class History:
    """``epochs``: their numbers, ascending. ``loss``, ``accuracy``: in each, on the pictures that were learned from.

    ``held_loss``, ``held_accuracy``: at the end of each, on those held out; empty where there are none. ``best``: the
    epoch whose weights were kept, 0 where none is known. ``layer``: whose filters these are; ``filters``: the epoch,
    and the first filters (F, C, H, W) at its end; before the first one it is 0. ``foreign``: whether there are some
    that are not of this network, and so are left out.
    """

    epochs: tuple[int, ...]
    loss: Curve
    accuracy: Curve
    held_loss: Curve = ()
    held_accuracy: Curve = ()
    best: int = 0
    layer: str = ""
    filters: tuple[tuple[int, Array], ...] = ()
    foreign: bool = False

    def to_json(self) -> dict[str, Any]:
        """Everything, for the card; weights in the digits that float32 has."""
        return {
            "epochs": list(self.epochs),
            "loss": [round(value, 6) for value in self.loss],
            "accuracy": [round(value, 4) for value in self.accuracy],
            "held_loss": [round(value, 6) for value in self.held_loss],
            "held_accuracy": [round(value, 4) for value in self.held_accuracy],
            "layer": self.layer,
            "filters": [
                {"epoch": epoch, "weight": [float(f"{value:.6g}") for value in weight.ravel().tolist()]}
                for epoch, weight in self.filters
            ],
        }


def first_filters(network: Network) -> tuple[str, Shape] | None:
    """The first layer that learns, and the shape (F, C, H, W) of the filters that are kept; None without any."""
    name = next((full for full in network.learned if full.endswith(".weight")), "")
    shape = network.parameters.get(name, ())
    if len(shape) != 4 or shape[1] > MOST_CHANNELS or max(shape[2:]) > MOST_SIDE:
        return None
    filters, channels, height, width = shape
    most = max(1, MOST_COLUMNS // (channels * (width + 1) + 1))
    return name.removesuffix(".weight"), (min(filters, most), channels, height, width)


def history_of(card: Mapping[str, Any], network: Network, parameters: Mapping[str, Array]) -> History | None:
    """What a card says of how ``network`` learned; None where it says nothing of it that can be shown.

    ``parameters``: what the network has learned, with which its filters end.
    """
    told = card.get("history")
    if not isinstance(told, Mapping):
        return None
    epochs = told.get("epochs")
    if not isinstance(epochs, list) or not 1 <= len(epochs) <= MOST_EPOCHS or not _ascending(epochs, 1):
        return None
    loss, accuracy = _curve(told, "loss", epochs, MOST), _curve(told, "accuracy", epochs, 1)
    if not loss or not accuracy:
        return None
    held = _curve(told, "held_loss", epochs, MOST), _curve(told, "held_accuracy", epochs, 1)
    best, known = card.get("best_epoch"), first_filters(network)
    filters: tuple[tuple[int, Array], ...] = ()
    if known is not None and told.get("layer") == known[0]:
        learned = parameters[f"{known[0]}.weight"][: known[1][0]]
        filters = _filters(told.get("filters"), learned)
    return History(
        tuple(epochs),
        loss,
        accuracy,
        *(held if all(held) else ((), ())),
        best if type(best) is int and best in epochs else 0,
        known[0] if known and filters else "",
        filters,
        bool(told.get("filters")) and not filters,
    )


def _curve(told: Mapping[str, Any], key: str, epochs: list[int], most: float) -> Curve:
    """A number from 0 to ``most`` for each epoch; empty where it is anything else."""
    values = told.get(key)
    if not isinstance(values, list) or len(values) != len(epochs):
        return ()
    return tuple(map(float, values)) if all(_is_number(v) and 0 <= v <= most for v in values) else ()


def _filters(entries: Any, learned: Array) -> tuple[tuple[int, Array], ...]:
    """The filters of each epoch; none where one of them has another shape, or the last ones are not those learned."""
    if not isinstance(entries, list) or not len(entries) <= MOST_TIMES:
        return ()
    if not all(isinstance(one, Mapping) for one in entries) or not _ascending(
        [one.get("epoch") for one in entries], 0
    ):
        return ()
    found = []
    for one in entries:
        values = one.get("weight")
        if not isinstance(values, list) or len(values) != learned.size:
            return ()
        if not all(_is_number(v) and abs(v) <= MOST for v in values):
            return ()
        found.append((one["epoch"], np.array(values, dtype=np.float64).reshape(learned.shape)))
    return tuple(found) if found and np.allclose(found[-1][1], learned, rtol=1e-5, atol=1e-12) else ()


def _ascending(numbers: list[Any], least: int) -> bool:
    """Whether these are numbers of epochs, from ``least`` on, each larger than the one before."""
    whole = all(type(n) is int and least <= n <= MOST_EPOCH for n in numbers)
    return whole and all(a < b for a, b in pairwise(numbers))


def _is_number(value: Any) -> bool:
    return (type(value) is int and abs(value) <= MOST) or (type(value) is float and isfinite(value))

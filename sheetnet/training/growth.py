"""The first filters of a network while it learns: kept before the first epoch and after a few of the others.

    epochs 0, 1, 2, 5, 10, 20, 50, 100, ...   of which some are told, and the one whose weights were kept

Filters change fast at first and slowly later, so the epochs lie further and further apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from sheetnet.case.history import MOST_EPOCHS, MOST_TIMES, History, first_filters
from sheetnet.layers import Array
from sheetnet.network import Network
from sheetnet.training.progress import Progress

T = TypeVar("T")


class Growth:
    """Keeps what ``parameters``, which change while it looks, are at some epochs."""

    def __init__(self, network: Network, parameters: Mapping[str, Array]) -> None:
        self._known, self._parameters = first_filters(network), parameters
        self._kept: dict[int, Array] = {}
        self.look(0)

    def look(self, epoch: int) -> None:
        """Keep the filters if this is an epoch of which they are kept."""
        if self._known is not None and _is_due(epoch):
            self._kept[epoch] = self._now()

    def history(self, done: Sequence[Progress], best: int) -> History:
        """What was seen, when the parameters are those of the epoch ``best`` again."""
        told = _evenly(list(done), MOST_EPOCHS)
        if best and not any(one.epoch == best for one in told):
            told = sorted([*told[:-2], done[best - 1], told[-1]], key=lambda one: one.epoch)
        held = [one.held for one in told if one.held is not None]
        filters: list[tuple[int, Array]] = []
        if self._known is not None:
            before = [epoch for epoch in self._kept if epoch < best]
            filters = [(epoch, self._kept[epoch]) for epoch in _evenly(before, MOST_TIMES - 1)]
            filters.append((best, self._now()))
        return History(
            tuple(one.epoch for one in told),
            tuple(one.loss for one in told),
            tuple(one.accuracy for one in told),
            tuple(one.loss for one in held),
            tuple(one.accuracy for one in held),
            best,
            self._known[0] if self._known is not None else "",
            tuple(filters),
        )

    def _now(self) -> Array:
        assert self._known is not None
        layer, shape = self._known
        return np.array(self._parameters[f"{layer}.weight"][: shape[0]], dtype=np.float64)


def _is_due(epoch: int) -> bool:
    """Whether it is 0, or 1, 2 or 5 with zeros behind it."""
    return str(epoch)[0] in "0125" and not str(epoch)[1:].strip("0")


def _evenly(found: list[T], most: int) -> list[T]:
    """At most so many of them, the first and the last among these."""
    if len(found) <= most:
        return found
    return [found[k * (len(found) - 1) // (most - 1)] for k in range(most)]

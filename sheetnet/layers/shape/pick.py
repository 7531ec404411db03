"""Pick: along each axis, places are chosen, in any order and as often as wanted; or a 0 stands where none is.

out[i, j, ...] = x[places[0][i], places[1][j], ...], or 0 where one of these places is -1

A picture is made larger by choosing every row and column twice, turned round by choosing them from the last to the
first, and spread with zeros between by -1. Backwards, each number gets the sum of what came back from its copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.matching import Matched, total
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.line import ByLine
from sheetnet.layers.options import MOST_AXES, is_whole
from sheetnet.layers.pointwise import copies

MOST = 1 << 14  # places of an axis


@dataclass(frozen=True, slots=True)
class Pick(Layer):
    """x at ``places``: a list of places for each of the last axes; -1 gives a 0, and [] is all of an axis."""

    kind = "pick"
    role = "rearranges"
    signs = "kept"
    gives_back = ("x",)

    places: Any

    def __post_init__(self) -> None:
        lists = self.places if isinstance(self.places, list | tuple) else (None,)
        if not 1 <= len(lists) <= MOST_AXES or not all(_is_places(one) for one in lists):
            raise NetworkError(
                f"Pick: places is {shown(self.places)}; use whole numbers from -1 on, a list for each axis"
            )
        object.__setattr__(self, "places", tuple(tuple(one) for one in lists))

    def _full(self, shape: Shape) -> list[tuple[int, ...]]:
        """The places along every axis of x."""
        before = len(shape) - len(self.places)
        listed = [*[()] * before, *self.places]
        return [one or tuple(range(n)) for one, n in zip(listed, shape, strict=True)]

    def tensors(self, of: Shapes) -> Shapes:
        """As many as places are chosen, along each axis."""
        shape = of["x"]
        if len(shape) < len(self.places):
            raise NetworkError(f"Pick: the input {list(shape)} has fewer axes than places, {len(self.places)}")
        full = self._full(shape)
        for axis, (one, n) in enumerate(zip(full, shape, strict=True)):
            if max(one) >= n:
                raise NetworkError(f"Pick: axis {axis} of the input {list(shape)} has no place {max(one)}")
        return {"out": tuple(map(len, full))}

    def forward(self, v: Values) -> None:
        """Axis by axis; what is nowhere becomes 0."""
        out = v["x"]
        for axis, one in enumerate(self.places, -len(self.places)):
            if one:
                which = np.array(one)
                out = np.take(out, np.maximum(which, 0), axis)
                out = out * (which >= 0).reshape(-1, *[1] * (-axis - 1))
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """Axis by axis, each copy is added where it came from."""
        back = d["out"]
        for axis, one in enumerate(self.places, -len(self.places)):
            if one:
                moved = np.moveaxis(back, axis, 0)
                which = np.array(one)
                home = np.zeros((v["x"].shape[axis], *moved.shape[1:]))
                np.add.at(home, which[which >= 0], moved[which >= 0])
                back = np.moveaxis(home, 0, axis)
        d["x"] = back

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, or 0."""
        x = at["x"]
        full = self._full(x.shape)

        def rule(*index: int) -> str:
            chosen = [one[i] for one, i in zip(full, index, strict=True)]
            return "0" if min(chosen) < 0 else x[tuple(chosen)]

        line, last = copies(x), full[-1]

        def along(*lead: int) -> list[str]:
            chosen = [one[i] for one, i in zip(full, lead, strict=False)]
            if min(chosen, default=0) < 0:
                return ["0"] * len(last)
            found = line.along(*chosen)
            return ["0" if i < 0 else found[i] for i in last]

        return {"out": ByLine(rule, along)}

    def backward_cells(self, at: Blocks) -> Rules:
        """The sum of what came back from every copy; 0 where there is none."""
        dout = at["dout"]
        copied = Matched(dout)
        runs = [_runs(one, n) for one, n in zip(self._full(at["x"].shape), at["x"].shape, strict=True)]

        def rule(*index: int) -> str:
            parts = product(*(found[i] for found, i in zip(runs, index, strict=True)))
            found = [one for part in parts for one in copied(part)]
            return total("Pick", found) if found else "0"

        return {"dx": rule}


def _is_places(one: Any) -> bool:
    return isinstance(one, list | tuple) and len(one) <= MOST and all(is_whole(n) and n >= -1 for n in one)


def _runs(places: tuple[int, ...], count: int) -> list[list[slice]]:
    """For each of ``count`` elements of an axis, where its copies stand, as the fewest spans."""
    found: list[list[slice]] = [[] for _ in range(count)]
    for place, whence in enumerate(places):
        if whence < 0:
            continue
        if found[whence] and found[whence][-1].stop == place:
            found[whence][-1] = slice(found[whence][-1].start, place + 1)
        else:
            found[whence].append(slice(place, place + 1))
    return found

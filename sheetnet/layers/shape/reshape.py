"""Reshape: the same numbers in the same order, in a box of another shape.

out[i] = x[j] where i and j are the same place, counted row by row (the last axis fastest)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import prod
from typing import Any

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks, Shape
from sheetnet.layers.base import Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.line import ByLine
from sheetnet.layers.options import as_shape
from sheetnet.layers.pointwise import copies


@dataclass(frozen=True, slots=True)
class Reshape(Layer):
    """x of any shape as ``shape``, every size of which is known (no -1); as many numbers as before."""

    kind = "reshape"
    role = "rearranges"
    signs = "kept"
    gives_back = ("x",)

    shape: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", as_shape(self.shape, "Reshape: shape"))

    def tensors(self, of: Shapes) -> Shapes:
        """The shape that was asked for."""
        if prod(of["x"]) != prod(self.shape):
            counts = f"{prod(of['x'])} numbers, but {list(self.shape)} has {prod(self.shape)}"
            raise NetworkError(f"Reshape: the input {list(of['x'])} has {counts}; make the numbers equal")
        return {"out": self.shape}

    def batched(self, of: Shapes) -> bool:
        """Never: it cannot tell an axis of the batch from one of x. ``flatten`` can."""
        return False

    def forward(self, v: Values) -> None:
        """NumPy's reshape."""
        v["out"] = v["x"].reshape(self.shape)

    def backward(self, v: Values, d: Values) -> None:
        """The reshape back."""
        d["x"] = d["out"].reshape(v["x"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        return {"out": reshaped(at["x"], self.shape)}

    def backward_cells(self, at: Blocks) -> Rules:
        """The address of the element in what came back, nothing else."""
        return {"dx": reshaped(at["dout"], at["x"].shape)}


def reshaped(x: Block, shape: Shape) -> Rule:
    """The rule of a tensor of another shape that shows the same elements in the same order."""

    def rule(*i: int) -> str:
        return x[unravelled(ravelled(i, shape), x.shape)]

    if not x.shape or not shape:
        return rule
    shown, wide = copies(x), x.shape[-1]
    line = lru_cache(1)(lambda number: shown.along(*unravelled(number, x.shape[:-1])))

    def along(*lead: int) -> list[str]:
        start, count = ravelled((*lead, 0), shape), shape[-1]
        lines = [line(number) for number in range(start // wide, (start + count - 1) // wide + 1)]
        return list(chain.from_iterable(lines))[start % wide :][:count]

    return ByLine(rule, along)


def ravelled(index: Shape, shape: Shape) -> int:
    """The place of an element, counted row by row."""
    place = 0
    for k, size in zip(index, shape, strict=True):
        place = place * size + k
    return place


def unravelled(place: int, shape: Shape) -> Shape:
    """The index of the element at a place."""
    index: list[int] = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        index.append(rest)
    return tuple(reversed(index))

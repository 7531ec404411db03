"""Transpose: the axes change places, as when a table is turned so that its rows become columns.

out[i_0, i_1, ...] = x[j_0, j_1, ...]   with j[axes[k]] = i_k
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Block, Blocks
from sheetnet.layers.base import Layer, Rule, Rules, Shapes, Values
from sheetnet.layers.line import ByLine, Line
from sheetnet.layers.options import is_whole
from sheetnet.layers.pointwise import copies


@dataclass(frozen=True, slots=True)
class Transpose(Layer):
    """x with axis ``axes[k]`` in place k; ``axes`` names every axis of x once, from 0 on."""

    kind = "transpose"
    role = "rearranges"
    signs = "kept"
    gives_back = ("x",)

    axes: Any

    def __post_init__(self) -> None:
        axes = tuple(self.axes) if isinstance(self.axes, list | tuple) else (None,)
        if not all(map(is_whole, axes)) or sorted(axes) != list(range(len(axes))):
            raise NetworkError(f"Transpose: axes is {shown(self.axes)}; name every axis once, such as [0, 2, 1]")
        object.__setattr__(self, "axes", axes)

    def tensors(self, of: Shapes) -> Shapes:
        """The sizes change places."""
        if len(of["x"]) != len(self.axes):
            raise NetworkError(f"Transpose: the input {list(of['x'])} has not the {len(self.axes)} axes of axes")
        return {"out": tuple(of["x"][a] for a in self.axes)}

    def forward(self, v: Values) -> None:
        """NumPy's transpose, of the last axes."""
        lead = v["x"].ndim - len(self.axes)
        v["out"] = v["x"].transpose(*range(lead), *(lead + a for a in self.axes))

    def backward(self, v: Values, d: Values) -> None:
        """Back to their old places."""
        lead = d["out"].ndim - len(self.axes)
        d["x"] = d["out"].transpose(*range(lead), *(lead + int(a) for a in np.argsort(self.axes)))

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        return {"out": turned(at["x"], self.axes)}

    def backward_cells(self, at: Blocks) -> Rules:
        """The address of the element in what came back, nothing else."""
        return {"dx": turned(at["dout"], tuple(self.axes.index(a) for a in range(len(self.axes))))}


def turned(x: Block, axes: tuple[int, ...]) -> Rule:
    """The rule of a tensor that shows x with axis ``axes[k]`` in place k."""
    places = [axes.index(a) for a in range(len(axes))]

    def rule(*i: int) -> str:
        return x[tuple(i[k] for k in places)]

    if not places or places[-1] == len(places) - 1:  # lines stay lines
        shown = copies(x)
        return ByLine(rule, lambda *lead: shown.along(*(lead[k] for k in places[:-1])))
    step, count = x.step(axes[-1]), x.shape[axes[-1]]

    def along(*lead: int) -> list[str]:
        if step is None:
            return [rule(*lead, i) for i in range(count)]
        line = Line(count)
        first = x.place(*((*lead, 0)[k] for k in places))
        return line.formulas(line.address(first, step, "$" if x.absolute else ""))

    return ByLine(rule, along)

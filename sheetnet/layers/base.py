"""The contract of a layer: it is told twice, once in numbers and once in cells.

    forward        v["out"] = f(v["x"])            whole arrays, float64, leading batch axes allowed
    backward       d["x"] = d["out"] * df/dx        the same, for the gradients of any loss L: d[name] = dL/d(name)
    forward_cells  out[i] -> "formula of one cell"  text, no numbers but the layer's own options

Numbers never see an address, cells never see a value. Only ``proof`` compares the two.

Both halves, and the shapes, speak of the same names: the inputs (``reads``), the parameters (``params``) and the
tensors that the layer shows (``tensors``, the last of them "out").
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Blocks, Shape

Array = NDArray[np.float64]
Slope = Array | NDArray[np.bool_]  # true counts as 1
Shapes = Mapping[str, Shape]
# What a layer knows and tells, by name. A plain dict, or one that keeps a workbook's own numbers (see ``proof``),
# which is why ``forward`` reads back what it has told: v["exp"] = ...; v["sum"] = v["exp"].sum(-1).
Values = MutableMapping[str, Array]
# index -> formula, without the leading "=". A rule may have a method ``along(*lead)`` as well, which gives the
# formulas of a whole line at once, see ``line`` and ``window.Sliding``.
Rule = Callable[..., str]
Rules = dict[str, Rule]


class Layer(ABC):
    """One kind of step. Subclasses are frozen dataclasses whose fields are the options of the spec."""

    kind: ClassVar[str]
    reads: ClassVar[Mapping[str, str]] = {"x": "out"}  # own name of an input -> which tensor of that node it is
    # (a property where the options decide how many inputs there are: ask the instance)

    drawn: ClassVar[tuple[str, ...]] = ()  # parameters that start at random, see ``initial``

    @abstractmethod
    def tensors(self, of: Shapes) -> Shapes:
        """Shape of every visible tensor by name, in order of computation; the last is "out".

        ``of`` has the shapes of the inputs, without batch axis. NetworkError where they do not suit.
        """

    def params(self, of: Shapes) -> Shapes:
        """Shape of every parameter by name."""
        return {}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """The value of a parameter that nobody gave."""
        raise KeyError(name)

    def batched(self, of: Shapes) -> bool:
        """Whether the numbers are right with batch axes in front of the inputs, whose own shapes are ``of``.

        They are not where a layer counts its axes from the front, or lines up tensors of different ranks.
        """
        return True

    def padding_of(self, of: Shapes) -> tuple[int, int, int, int]:
        """Blank cells that the layer needs around its input: top, left, bottom, right."""
        return (0, 0, 0, 0)

    @abstractmethod
    def forward(self, v: Values) -> None:
        """Numbers: put every tensor into ``v``."""

    @abstractmethod
    def backward(self, v: Values, d: Values) -> None:
        """Numbers: put the gradient of every input and every parameter into ``d``.

        ``v`` holds what ``forward`` read and told. ``d`` holds the gradient of each tensor that another layer
        read: "out", or some of those that layers name in ``reads``; what is not there counts as 0. A gradient
        has the shape of its tensor; that of a parameter is summed over the batch. Where there is no derivative
        (a corner, a tie), the choice is PyTorch's.
        """

    @abstractmethod
    def forward_cells(self, at: Blocks) -> Rules:
        """Cells: for every tensor, the rule that gives the formula of each of its elements."""

    def options(self) -> dict[str, Any]:
        """The options that are not at their default, as the spec writes them."""
        pairs = ((f.name, getattr(self, f.name), f.default) for f in fields(self))  # type: ignore[arg-type]
        return {n: list(v) if isinstance(v, tuple) else v for n, v, default in pairs if v != default}

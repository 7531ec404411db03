"""The contract of a layer: it is told twice, once in numbers and once in cells.

    forward        v["out"] = f(v["x"])            whole arrays, float64, leading batch axes allowed
    backward       d["x"] = d["out"] * df/dx        the same, for the gradients of any loss L: d[name] = dL/d(name)
    forward_cells  out[i] -> "formula of one cell"  text, no numbers but the layer's own options

Numbers never see an address, cells never see a value. Only ``proof`` compares the two.

Both halves, and the shapes, speak of the same names: the inputs (``reads``), the parameters (``params``) and the
tensors that the layer shows (``tensors``, the last of them "out").
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from sheetnet.grid import Shape
from sheetnet.operation import Array, Operation, Rule, Rules, Shapes, Slope, Values

__all__ = ["Array", "Layer", "Rule", "Rules", "Shapes", "Slope", "Values"]


class Layer(Operation):
    """One kind of step. Subclasses are frozen dataclasses whose fields are the options of the spec."""

    reads: ClassVar[Mapping[str, str]] = {"x": "out"}  # own name of an input -> which tensor of that node it is
    # (a property where the options decide how many inputs there are: ask the instance)

    drawn: ClassVar[tuple[str, ...]] = ()  # parameters that start at random, see ``initial``

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
    def backward(self, v: Values, d: Values) -> None:
        """Numbers: put the gradient of every input and every parameter into ``d``.

        ``v`` holds what ``forward`` read and told. ``d`` holds the gradient of each tensor that another layer
        read: "out", or some of those that layers name in ``reads``; what is not there counts as 0. A gradient
        has the shape of its tensor; that of a parameter is summed over the batch. Where there is no derivative
        (a corner, a tie), the choice is PyTorch's.
        """

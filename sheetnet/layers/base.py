"""The contract of a layer: it is told twice, once in numbers and once in cells.

    forward         v["out"] = f(v["x"])            whole arrays, float64, leading batch axes allowed
    backward        d["x"] = d["out"] * df/dx        the same, for the gradients of any loss L: d[name] = dL/d(name)
    forward_cells   out[i] -> "formula of one cell"  text, no numbers but the layer's own options
    backward_cells  dx[i] -> "formula of one cell"   the same, where the layer has its gradient in cells

Numbers never see an address, cells never see a value. Only ``proof`` compares the two.

Both halves, and the shapes, speak of the same names: the inputs (``reads``), the parameters (``params``) and the
tensors that the layer shows (``tensors``, the last of them "out"). Backwards, "dx" is the gradient of "x", and so on.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, Shape
from sheetnet.operation import Array, Operation, Rule, Rules, Shapes, Slope, Values

__all__ = ["Array", "Gives", "Layer", "Role", "Rule", "Rules", "Shapes", "Signs", "Slope", "Values"]

TIED = 1e-12  # where a gradient jumps, numbers that differ by less are equal, absolute and relative to their size
Role = Literal["sees", "rearranges", "decides"]
Signs = Literal["any", "kept", "never"]
Gives = Literal["", "probabilities", "logarithms", "shares", "loss"]


class Layer(Operation):
    """One kind of step. Subclasses are frozen dataclasses whose fields are the options of the spec.

    What is true of a layer stands on the layer, and in no list of kinds elsewhere. Most facts have a default here,
    and a base class states them for its family; a layer states what is different. Where the options decide, a fact
    is a property: ask the instance.
    """

    # Own name of an input -> which tensor of the node that is read it is.
    reads: ClassVar[Mapping[str, str]] = {"x": "out"}

    # The role in the story: it sees features, rearranges numbers as they are, or decides. There is no default.
    role: ClassVar[Role]

    # Whether "out" holds numbers below 0: whatever comes in ("any"), only where an input does ("kept"), or "never".
    signs: ClassVar[Signs] = "any"

    # What "out" is, where that is more than numbers: a probability for each class, the logarithms of probabilities,
    # shares (each number alone lies between two bounds, so they are no logits), or the loss.
    gives: ClassVar[Gives] = ""

    # The parameters that training changes, and those of them that start at random, see ``initial``.
    learns: ClassVar[tuple[str, ...]] = ()
    starts_random: ClassVar[tuple[str, ...]] = ()

    # PyTorch's name of a parameter in a state dict -> its own name, where they differ; the weight comes first.
    torch_names: ClassVar[Mapping[str, str]] = {}

    # Which words tell the layer, where its options make it simpler than its kind: those of kinds.<kind>.<told_as>.
    told_as: ClassVar[str] = ""

    # The axis of "out" along which the filters of a convolution lie.
    filter_axis: ClassVar[int | None] = None

    # Whether one number is kept of each window, or of the whole map, so that maps grow smaller.
    pools: ClassVar[bool] = False

    # Whether each number of "out" is made of the number of x at the same place, so that a picture of x shows both.
    in_place: ClassVar[bool] = False

    # Whether "out" is one column of all elements of x, in row-major order: each comes from a map, a row, a column.
    unrolls: ClassVar[bool] = False

    # The sheets that show the layer from near, by the names that ``lesson`` has for them.
    near: ClassVar[tuple[str, ...]] = ()

    # The tensors of which an exercise asks elements, each with those of the same layer that are shown beside it. From
    # what is shown the answer must not follow without the arithmetic that is asked for.
    asked: ClassVar[Mapping[str, tuple[str, ...]]] = {"out": ()}

    # The inputs and parameters whose gradients the layer tells in cells, in order of computation. Where there are
    # none, it has no gradient in cells.
    gives_back: ClassVar[tuple[str, ...]] = ()

    # What is shown on the way there, see ``on_the_way`` -> the gradients for which it is needed.
    serves: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    # Whether the layer can be written to an ONNX file, come out of one, and be part of a network that is trained.
    exportable: ClassVar[bool] = True
    importable: ClassVar[bool] = True
    trainable: ClassVar[bool] = True

    def params(self, of: Shapes) -> Shapes:
        """Shape of every parameter by name."""
        return {}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """The value of a parameter that nobody gave."""
        raise KeyError(name)

    def batched(self, of: Shapes) -> bool:
        """Whether the numbers are right with batch axes in front of the inputs, whose own shapes are ``of``.

        They are not where a layer counts its axes from the front, or lines up tensors of different ranks. Such a
        layer is trained in no network, and an ONNX file with it takes one picture at a time.
        """
        return True

    def padding_of(self, of: Shapes) -> tuple[int, int, int, int]:
        """Blank cells that the layer needs around its input: top, left, bottom, right."""
        return (0, 0, 0, 0)

    # Backwards

    def on_the_way(self, of: Shapes) -> Shapes:
        """Shape of what the gradient in cells shows before the gradients themselves, such as a turned filter."""
        return {}

    def gradients(self, of: Shapes) -> Shapes:
        """Shape of everything that the gradient in cells writes, in order of computation; "dx" is that of "x".

        ``of``: the shapes of what the layer reads. NetworkError where it has no gradient in cells.
        """
        if not self.gives_back:
            raise NetworkError(
                f"{type(self).__name__} has no gradient in cells; use a layer that has one, or show the network "
                "forwards only"
            )
        known = {**of, **self.params(of)}
        return {**self.on_the_way(of), **{f"d{own}": known[own] for own in self.gives_back}}

    def backward_cells(self, at: Blocks) -> Rules:
        """Cells: for everything in ``gradients``, the rule that gives the formula of each of its elements.

        ``at`` holds what the layer read and told, the gradients that came back ("dout", "dlog"), and what is to be
        written. What is shown on the way is not there where nothing that is written needs it.
        """
        raise NotImplementedError(f"{self.kind}: its gradients are declared and not told")

    def shown_backward(self, v: Values, d: Values) -> None:
        """Numbers: put what is shown on the way into ``v``, before ``backward``.

        ``backward`` then reads it there, and not what it was made of: as its cells do.
        """

    @abstractmethod
    def backward(self, v: Values, d: Values) -> None:
        """Numbers: put the gradient of every input and every parameter into ``d``.

        ``v`` holds what ``forward`` read and told. ``d`` holds the gradient of each tensor that another layer
        read: "out", or some of those that layers name in ``reads``; what is not there counts as 0. A gradient
        has the shape of its tensor; that of a parameter is summed over the batch. Where there is no derivative
        (a corner, a tie), the choice is PyTorch's.
        """

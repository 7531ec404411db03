"""What an ONNX value is while the graph is read: computed on a sheet, an input, or a constant.

A value keeps the shape that ONNX gives it, while its tensor on the sheet may lack the batch axis and may have its
axes in another order. So a Transpose costs nothing until somebody needs it, and those that exporters put around
every convolution of a Keras model cancel each other:

    ONNX axis k (behind the batch axis) of a value = axis order[k] of its tensor
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Shape
from sheetnet.modelfile.onnx.reading.graph import Constant


@dataclass(frozen=True)
class Live:
    """A value that is computed: its tensor, its ONNX shape, the order of its axes, whether axis 0 is the batch.

    ``columns``: for a column that lies in another order than ONNX has it; ONNX element j is element columns[j] of the
    tensor, and ``before`` is the value that was flattened.
    """

    tensor: str
    shape: Shape
    order: tuple[int, ...]
    batch: bool = False
    kind: str = "float"
    columns: NDArray[np.intp] | None = None
    before: Live | None = None

    @property
    def inner(self) -> Shape:
        """The ONNX shape without the batch axis that is not on the sheet."""
        return self.shape[1:] if self.batch else self.shape

    @property
    def plain(self) -> bool:
        """Whether the tensor has its axes (and elements) in the order that ONNX has."""
        return self.order == tuple(range(len(self.order))) and self.columns is None


@dataclass(frozen=True)
class Outside:
    """An input of the graph that is not the photo. ``given``: its numbers, where somebody gave them."""

    name: str
    kind: str
    shape: Shape
    given: Constant | None


Value = Live | Outside | Constant | None  # None: an input that is left out

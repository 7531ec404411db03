"""What writers of layers share: the operators and constants so far, and the options of a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.errors import ModelFileError
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.package import package
from sheetnet.network import Network, Node


@dataclass
class Writer:
    """The operators and constants of an export so far. ``parameters``: the numbers of ``network``, by full name."""

    network: Network
    parameters: Mapping[str, Array]
    opset: int
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    @property
    def lead(self) -> int:
        """How many axes stand before those of the cells: 1 for the batch of a picture network, else 0."""
        return 1 if self.network.shape else 0

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Add an operator with one output, and give the output's name. An attribute that is None is left out."""
        known = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(package().helper.make_node(kind, list(inputs), [output], name=output, **known))
        return output

    def constant(self, name: str, value: Any, kind: Any = np.float32) -> str:
        """Add a constant of float32, or of whole numbers, and give its name."""
        with np.errstate(over="ignore"):
            numbers = np.ascontiguousarray(np.asarray(value, dtype=kind)).reshape(np.shape(value))
        if not np.isfinite(numbers).all():
            raise ModelFileError(f"{name} holds a number that is too large for float32, which .onnx files have here")
        self.constants.append(package().numpy_helper.from_array(numbers, name))
        return name

    def weight(self, node: Node, name: str) -> Array:
        """The numbers of a parameter."""
        return np.asarray(self.parameters[f"{node.name}.{name}"], dtype=np.float64)

    def of(self, node: Node, own: str = "x") -> Shape:
        """The shape of an input, without the batch axis."""
        return self.network.input_shapes(node)[own]

    def out(self, node: Node) -> Shape:
        """The shape of the output, without the batch axis."""
        return self.network.shapes[f"{node.name}.out"]

    def reshape(self, source: str, shape: Sequence[int], output: str) -> str:
        """Add a Reshape to a known shape, and give the name of its output."""
        return self.add("Reshape", [source, self.constant(f"{output}_shape", list(shape), np.int64)], output)


WriterOf = Callable[[Writer, Node, list[str]], None]  # writes the layer of a node, given the names of its inputs


def option(node: Node, key: str, default: Any) -> Any:
    """An option of a layer; the default where its kind has no such option, or where it is None."""
    value = getattr(node.layer, key, default)
    return default if value is None else value


def for_each_axis(value: Any, count: int) -> list[int]:
    """An option that is one number for all axes, or a list with one for each, as a list."""
    return [int(value)] * count if isinstance(value, int) else [int(n) for n in value]

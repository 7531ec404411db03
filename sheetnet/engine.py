"""Run a network in NumPy, float64: the reference that the cells are held against.

values[node.out] = layer(values[inputs of node], parameters of node), node after node.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.layers import Array, Values
from sheetnet.network import Network, Node


def forward(network: Network, inputs: Mapping[str, Array], parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Every tensor of the network by name, inputs and parameters included.

    ``inputs``: "photo.out" (..., C, H, W), 0 to 255, and "truth.out" (..., classes) where the network has a loss;
    leading axes are a batch. Numbers too large for float64 become inf or nan, without a warning: the caller
    compares or refuses them.
    """
    values = {**inputs, **parameters}
    for node in network.nodes:
        told = tell(network, node, values)
        values |= {f"{node.name}.{tensor}": told[tensor] for tensor in node.layer.tensors(network.input_shapes(node))}
    return values


def tell(network: Network, node: Node, values: Mapping[str, Array], into: Values | None = None) -> Values:
    """What one layer tells about ``values``; ``into`` collects it (a plain dict where not given)."""
    v: Values = {} if into is None else into
    v.update({own: values[full] for own, full in network.names(node).items() if full in values})
    with np.errstate(all="ignore"):
        node.layer.forward(v)
    return v


def one_hot(network: Network, label: str | None) -> Array:
    """The truth (classes,): 1 at ``label``, all zeros without one."""
    return np.array([float(name == label) for name in network.classes])

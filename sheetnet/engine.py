"""Run a network in NumPy, in float64, forward and backward: the numbers that the cells are compared with.

values[node.out] = layer(values[inputs of node], parameters of node), node after node;
gradients[tensor] = sum over the nodes that read it of what each layer gives back, from the last node to the first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.layers import Array, Values
from sheetnet.network import Network, Node


def forward(network: Network, inputs: Mapping[str, Array], parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Every tensor of the network by name, inputs and parameters included.

    ``inputs``: "photo.out" (..., C, H, W), from 0 on, and "truth.out" (..., classes) where the network has a loss;
    leading axes are a batch. Numbers too large for float64 become inf or nan, without a warning: the caller
    compares or refuses them.
    """
    values = {**inputs, **parameters}
    for node in network.nodes:
        own_values = tell(network, node, values)
        names = [(own, full) for own, full in network.names(node).items() if own not in node.layer.reads]
        values |= {full: own_values[own] for own, full in names if full in network.shapes}
    return values


def backward(
    network: Network, values: Mapping[str, Array], start: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """How much the loss grows with each number: the gradient of every tensor and parameter that leads to it, by name.

    ``values`` comes from ``forward``. ``start`` has the gradients that are known, by the name of a tensor; where not
    given, 1 for each picture's loss at the last layer that gives one, so that the losses of a batch add up. The
    gradient of a tensor has its shape, with the batch; that of a parameter is summed over the batch. Tensors that a
    layer shows for the reader alone (the exp of a softmax) have none, and neither has what does not lead to
    ``start``. NetworkError where there is neither a loss nor a ``start``, or where ``start`` has something that is no
    tensor.
    """
    given = _losses(network, values) if start is None else start
    gradients = {full: np.asarray(gradient) for full, gradient in given.items()}
    for full, gradient in gradients.items():
        if full not in network.shapes or gradient.shape != np.shape(values[full]):
            raise NetworkError(
                f"a gradient is given for {full!r}, which is no tensor of that shape; see network.shapes"
            )
    for node in reversed(network.nodes):
        names = network.names(node)
        reads = node.layer.reads
        d: Values = {own: gradients[full] for own, full in names.items() if own not in reads and full in gradients}
        if not d:
            continue
        with np.errstate(all="ignore"):
            node.layer.backward({own: values[full] for own, full in names.items()}, d)
        for own, full in names.items():
            if own in reads and own in d:
                gradients[full] = gradients[full] + d[own] if full in gradients else d[own]
            elif full in network.parameters:
                gradients[full] = d[own]
    return gradients


def _losses(network: Network, values: Mapping[str, Array]) -> dict[str, Array]:
    loss = network.loss
    if loss is None:
        raise NetworkError(f"{network.name!r} has no loss; add a crossentropy layer, or say where gradients start")
    return {f"{loss.name}.out": np.ones_like(values[f"{loss.name}.out"])}


def tell(network: Network, node: Node, values: Mapping[str, Array], into: Values | None = None) -> Values:
    """Run one layer on what it reads of ``values``; the result has its numbers by the layer's own names.

    ``into`` collects them; a plain dict does where it is not given.
    """
    v: Values = {} if into is None else into
    v.update({own: values[full] for own, full in network.names(node).items() if full in values})
    with np.errstate(all="ignore"):
        node.layer.forward(v)
    return v


def one_hot(network: Network, label: str | None) -> Array:
    """The truth (classes,): 1 at ``label``, all zeros without one."""
    return np.array([float(name == label) for name in network.classes])

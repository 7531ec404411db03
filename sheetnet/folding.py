"""Fold batchnorm into the convolution before it: the same numbers in fewer layers.

weight'[o] = weight[o] * s[o],   bias'[o] = (bias[o] - mean[o]) * s[o] + shift[o]

with s = scale / sqrt(variance + epsilon), and shift the bias of the batchnorm. Source: Jacob et al., arXiv
1712.05877, section 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.layers import Array
from sheetnet.layers.batchnorm import BatchNorm
from sheetnet.network import Network, Node, Parameters


def fold(network: Network, parameters: Mapping[str, Array]) -> tuple[Network, Parameters]:
    """The network without the batchnorms that a convolution can take over, and its parameters.

    A convolution takes over a batchnorm of its filters if no other layer reads the convolution. It keeps its name,
    and what read the batchnorm reads the convolution instead. ``parameters`` are all those of ``network``; they are
    not changed. NetworkError where numbers would grow too large.
    """
    kept = dict(parameters)
    for node, norm in foldable(network):
        scale, shift, mean, variance = (
            kept.pop(f"{norm.name}.{own}") for own in ("scale", "bias", "mean", "variance")
        )
        weight, bias = f"{node.name}.weight", f"{node.name}.bias"
        with np.errstate(all="ignore"):  # what is not finite is refused below
            slope = scale / np.sqrt(variance + norm.layer.epsilon)  # type: ignore[attr-defined]
            kept[weight] = kept[weight] * slope.reshape(-1, *(1,) * (kept[weight].ndim - 1))
            kept[bias] = (kept[bias] - mean) * slope + shift
        if not (np.isfinite(kept[weight]).all() and np.isfinite(kept[bias]).all()):
            raise NetworkError(f"{norm.name}: its numbers cannot be folded into {node.name}; leave --fold out")
    return folded(network), kept


def folded(network: Network) -> Network:
    """The folded network alone, where there are no parameters yet."""
    taken = {norm.name: node.name for node, norm in foldable(network)}
    nodes = tuple(
        replace(node, inputs=tuple(taken.get(name, name) for name in node.inputs))
        for node in network.nodes
        if node.name not in taken
    )
    return replace(network, nodes=nodes)


def foldable(network: Network) -> list[tuple[Node, Node]]:
    """Each convolution that can take over a batchnorm, together with that batchnorm."""
    readers: dict[str, list[Node]] = {}
    for node in network.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    pairs = []
    for node in network.nodes:
        reader, rank = readers.get(node.name, []), len(network.shapes[f"{node.name}.out"])
        norm = reader[0].layer if len(reader) == 1 else None
        if isinstance(norm, BatchNorm) and node.layer.filter_axis == norm.axis % rank:
            pairs.append((node, reader[0]))
    return pairs

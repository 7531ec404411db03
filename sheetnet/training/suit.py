"""A network for other classes: the same but for its last dense layers, which get one unit per class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sheetnet.errors import NetworkError, TrainingError
from sheetnet.layers import Array
from sheetnet.layers.dense import Dense
from sheetnet.network import Network, Parameters


def suited(network: Network, classes: tuple[str, ...]) -> Network:
    """``network`` with other classes; every dense layer whose numbers become probabilities gets one unit for each."""
    if network.classes == classes:
        return network
    heads = {node.inputs[0] for node in network.nodes if node.layer.gives == "probabilities"}
    nodes = [
        replace(node, layer=Dense(len(classes))) if node.name in heads and isinstance(node.layer, Dense) else node
        for node in network.nodes
    ]
    try:
        return replace(network, classes=classes, nodes=tuple(nodes))
    except NetworkError as error:
        raise TrainingError(f"{network.name!r} cannot be made for {len(classes)} classes: {error}") from error


def refuse_untrainable(network: Network) -> None:
    """TrainingError where a layer cannot be trained, or takes one picture at a time: training takes several."""
    for node in network.nodes:
        kind = node.layer.kind
        if not node.layer.trainable:
            raise TrainingError(f"{node.name}: a {kind} cannot be trained; train the network without it")
        if not node.layer.batched(network.input_shapes(node)):
            raise TrainingError(
                f"{node.name}: this {kind} takes one picture at a time, and training takes several. Count its axes "
                "from the last one (-1), or put a flatten in place of a reshape"
            )


def untrained(network: Network, given: Mapping[str, Array]) -> Parameters:
    """The given parameters that do not learn, such as the numbers of a rescale: the others start anew."""
    return {name: value for name, value in given.items() if name not in network.learned}


def fitting(network: Network, given: Mapping[str, Array]) -> Parameters:
    """Those of the given parameters that have the shapes of the network: the others start anew."""
    shapes = network.parameters
    return {name: value for name, value in given.items() if name not in shapes or shapes[name] == value.shape}

"""A network for other classes: the same but for its last dense layers, which get one unit per class.

A unit belongs to its class, whatever its place: weights that were learned for one class are never another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sheetnet import names
from sheetnet.errors import NetworkError, TrainingError
from sheetnet.layers import Array
from sheetnet.layers.dense import Dense
from sheetnet.network import Network, Parameters
from sheetnet.training.listing import MOST_NAMED, short


def suited(network: Network, classes: tuple[str, ...]) -> Network:
    """``network`` with other classes; every dense layer whose numbers become probabilities gets one unit for each."""
    if network.classes == classes:
        return network
    heads = _heads(network)
    nodes = [replace(node, layer=Dense(len(classes))) if node.name in heads else node for node in network.nodes]
    try:
        return replace(network, classes=classes, nodes=tuple(nodes))
    except NetworkError as error:
        raise TrainingError(f"{network.name!r} cannot be made for {len(classes)} classes: {error}") from error


def _heads(network: Network) -> list[str]:
    """The dense layers that have a unit for each class."""
    before = {node.inputs[0] for node in network.nodes if node.layer.gives == "probabilities"}
    return [node.name for node in network.nodes if node.name in before and isinstance(node.layer, Dense)]


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


def carried(old: Network, given: Mapping[str, Array], new: Network, seed: int) -> tuple[Parameters, tuple[str, ...]]:
    """The parameters of a network as another one begins with them, and what is to be said of its classes.

    ``new``: the same network with other classes. A class that both know by its name keeps its unit; the units of the
    others are made from ``seed``. TrainingError where no layer has a unit for each class.
    """
    places = {names.key(name): number for number, name in enumerate(old.classes)}
    if [places.get(names.key(name)) for name in new.classes] == list(range(len(old.classes))):
        return dict(given), ()
    if not (heads := _heads(old)):
        some = ", ".join(map(short, old.classes[:MOST_NAMED]))
        raise TrainingError(
            f"{old.name!r}: no dense layer has a unit for each class ({some}), so none can be made for others; train "
            "with the classes of the model, or without --start"
        )
    parameters = {f"{head}.{name}" for head in heads for name in ("weight", "bias")}
    values = {name: value for name, value in given.items() if name not in parameters}
    made = new.fill(values, seed)
    for name in parameters:
        values[name] = made[name].copy()
        for row, called in enumerate(new.classes):
            if (place := places.get(names.key(called))) is not None:
                values[name][row] = given[name][place]
    return values, _told(old.classes, new.classes)


def _told(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """Which classes keep their units, which get new ones, and which are there no more, in one line."""
    before, now = set(map(names.key, old)), set(map(names.key, new))
    parts = (
        ("kept from the model", [name for name in new if names.key(name) in before]),
        ("begun anew", [name for name in new if names.key(name) not in before]),
        ("left out", [name for name in old if names.key(name) not in now]),
    )
    said = []
    for what, some in parts:
        more = f" and {len(some) - MOST_NAMED:,} more" if len(some) > MOST_NAMED else ""
        said += [f"{what}: {', '.join(map(short, some[:MOST_NAMED]))}{more}"] if some else []
    return (f"classes {'; '.join(said)}",)

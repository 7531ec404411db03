"""What is right, given what a pupil has written so far: the network runs, and takes the pupil's numbers on its way.

For each cell that is asked for: the number that follows from the pupil's own earlier ones. Without any of these it is
the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sheetnet import engine
from sheetnet.classroom.assign.item import Item
from sheetnet.layers import Array
from sheetnet.network import Network, Node
from sheetnet.steps import OwnFirst

GRADIENT = "grad."


def followed(
    network: Network, given: Mapping[str, Array], items: Sequence[Item], own: Mapping[int, float]
) -> dict[int, float]:
    """What each item should be: its number -> its value. ``own``: the numbers of the pupil that are taken."""
    values: dict[str, Array] = dict(given)
    found: dict[int, float] = {}
    for node in network.nodes:
        _run(network, node, values, items, own, found)
    gradients = [one for one in items if one.full.startswith(GRADIENT)]
    if gradients:
        made = engine.backward(network, values)
        found |= {one.number: float(made[weight_of(one.full)][one.index]) for one in gradients}
    return found


def _run(
    network: Network,
    node: Node,
    values: dict[str, Array],
    items: Sequence[Item],
    own: Mapping[int, float],
    found: dict[int, float],
) -> None:
    """Run one layer, tensor by tensor: what a pupil has written of one counts for the next."""
    names = network.names(node)
    known = {name: values[full] for name, full in names.items() if full in values}
    tensors = list(node.layer.tensors(network.input_shapes(node)))
    here = [one for one in items if one.full.rpartition(".")[0] == node.name]
    for name in tensors:
        computed = np.array(_forward(node, known)[name], dtype=np.float64)
        for one in here:
            if one.full == f"{node.name}.{name}":
                found[one.number] = float(computed[one.index])
                computed[one.index] = own.get(one.number, computed[one.index])
        known[name] = computed
    log = getattr(node.layer, "log", None)
    if log in tensors and log != "out" and any(one.full == f"{node.name}.out" and one.number in own for one in here):
        with np.errstate(all="ignore"):  # the loss reads it, and a pupil has no other probability than this one
            known[log] = np.log(known["out"])
    values |= {f"{node.name}.{name}": known[name] for name in tensors}


def _forward(node: Node, known: Mapping[str, Array]) -> Mapping[str, Array]:
    v = OwnFirst(known)
    with np.errstate(all="ignore"):
        node.layer.forward(v)
    return v.computed


def weight_of(full: str) -> str:
    """The weight whose gradient it is: "grad.conv.weights.dweight" -> "conv.weight"."""
    name, _, own = full.removeprefix(GRADIENT).rpartition(".")
    return f"{name.removesuffix('.weights')}.{own.removeprefix('d')}"

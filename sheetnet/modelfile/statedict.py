"""The weights of a PyTorch model, poured into a network whose tensors have the same shapes.

    "layer1.0.conv1.weight" [16, 16, 3, 3]  ->  the convolution of that name, or the only one that it can mean

A state dict in a .safetensors file is sorted by name, so the order of its layers is lost. A module goes to the layer
of the same name; else to the only one of its shape; else, where several have one shape, in the order of the numbers
in their names (conv.0, conv.2, ...). A normalization follows the convolution beside it. What fits in more than one
way is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.network import Network, Node, Parameters

_LEAVES = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
_FILLED = {"bias": 0.0, "scale": 1.0}  # what PyTorch leaves out: layers without a bias, norms without a scale
_SHOWN = 12
Modules = dict[str, dict[str, Array]]
Key = tuple[str, tuple[int, ...]]


def fitted(network: Network, tensors: Mapping[str, Array], path: Path) -> Parameters:
    """The parameters of ``network`` in a file: under its own names, or those of a PyTorch model.

    ModelFileError lists what is only in the file and what is only in the network.
    """
    if set(tensors) <= {*network.parameters, *network.outside} or not any(_leaf(name) for name in tensors):
        return dict(tensors)
    modules: Modules = {}
    for name, value in tensors.items():
        before, _, leaf = name.rpartition(".")
        modules.setdefault(before if leaf in _LEAVES else name, {})[leaf] = value
    nodes = {node.name: node for node in network.nodes if _names(node)}
    pairs = _pairs(network, modules, nodes)
    spare = sorted(set(modules) - set(pairs.values()))
    bare = [name for name in nodes if name not in pairs]
    if spare or bare:
        raise ModelFileError(
            f"{path}: does not fit {network.name!r}. Left over in the file: {_list_modules(modules, spare)}. "
            f"Left over in the network: {_list_nodes(network, bare)}. Names or shapes must agree"
        )
    given: Parameters = {}
    for node_name, module in pairs.items():
        for leaf, own in _names(nodes[node_name]).items():
            full = f"{node_name}.{own}"
            found = modules[module]
            shape = network.parameters[full]
            given[full] = found[leaf].reshape(shape) if leaf in found else np.full(shape, _FILLED.get(own, 0.0))
    return given


def _leaf(name: str) -> bool:
    return name.rpartition(".")[2] in _LEAVES


def _names(node: Node) -> Mapping[str, str]:
    """PyTorch's name of each parameter that a state dict can hold -> the layer's own."""
    return node.layer.torch_names or {own: own for own in node.layer.learns}


def _normalizes(node: Node) -> bool:
    return "running_mean" in _names(node)


def _node_key(network: Network, node: Node) -> Key:
    """What a module must have to be poured into a node: whether it normalizes, and the shape of its weight."""
    weight = next(iter(_names(node).values()))
    shape = network.parameters[f"{node.name}.{weight}"]
    if _normalizes(node):
        return "norm", shape
    return ("weight", shape) if weight == "weight" else ("slope", tuple(n for n in shape if n != 1))


def _module_key(module: Mapping[str, Array]) -> Key:
    if "running_mean" in module:
        return "norm", module["running_mean"].shape
    shape = module["weight"].shape if "weight" in module else (-1,)
    return ("weight", shape) if len(shape) > 1 else ("slope", tuple(n for n in shape if n != 1))


def _pairs(network: Network, modules: Modules, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Node -> module; what cannot be told is left out."""
    node_keys = {name: _node_key(network, node) for name, node in nodes.items()}
    keys = {name: _module_key(module) for name, module in modules.items()}
    pairs: dict[str, str] = {}
    plain = {re.sub("[^a-z0-9]", "", name.lower()): name for name in modules}
    for name in nodes:
        module = plain.get(re.sub("[^a-z0-9]", "", name.lower()))
        if module is not None and keys[module] == node_keys[name]:
            pairs[name] = module
    _by_shape(pairs, node_keys, keys, norms=False)
    beside = _beside(keys)
    for name, node in nodes.items():
        if _normalizes(node) and name not in pairs and node.inputs[0] in pairs:
            module = beside.get(pairs[node.inputs[0]])
            if module is not None and keys[module] == node_keys[name] and module not in pairs.values():
                pairs[name] = module
    _by_shape(pairs, node_keys, keys, norms=True)
    return pairs


def _by_shape(pairs: dict[str, str], node_keys: Mapping[str, Key], keys: Mapping[str, Key], norms: bool) -> None:
    """Those of one shape, in order, if there is only one order."""
    for key in {key for key in node_keys.values() if (key[0] == "norm") == norms}:
        nodes = [name for name, own in node_keys.items() if own == key and name not in pairs]
        found = sorted(
            (name for name, own in keys.items() if own == key and name not in pairs.values()), key=_numbers
        )
        alike = {re.sub(r"\d+", "#", name) for name in found}
        if len(nodes) == len(found) and (len(found) == 1 or len(alike) == 1):
            pairs.update(zip(nodes, found, strict=True))


def _numbers(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts conv.2 before conv.10."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part)


def _beside(keys: Mapping[str, Key]) -> dict[str, str]:
    """Convolution -> normalization: within one parent, the first to the first, where there are as many."""
    parents: dict[str, tuple[list[str], list[str]]] = {}
    for name in sorted(keys, key=_numbers):
        lists = parents.setdefault(name.rpartition(".")[0], ([], []))
        if keys[name][0] == "norm":
            lists[1].append(name)
        elif keys[name][0] == "weight" and len(keys[name][1]) > 2:
            lists[0].append(name)
    return {
        one: norm
        for convs, norms in parents.values()
        if len(convs) == len(norms)
        for one, norm in zip(convs, norms, strict=True)
    }


def _list_modules(modules: Modules, names: list[str]) -> str:
    told = [
        f"{name}.{leaf} {list(value.shape)}"
        for name in names
        for leaf, value in modules[name].items()
        if leaf != "num_batches_tracked"
    ]
    return _cut(told)


def _list_nodes(network: Network, names: list[str]) -> str:
    told = [f"{full} {list(s)}" for full, s in network.parameters.items() if full.partition(".")[0] in names]
    return _cut(told)


def _cut(told: list[str]) -> str:
    more = len(told) - _SHOWN
    return ", ".join(told[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])) or "nothing"

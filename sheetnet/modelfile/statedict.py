"""The weights of a PyTorch model, poured into a network whose tensors have the same shapes.

    "layer1.0.conv1.weight" [16, 16, 3, 3]  ->  the convolution of that name, or the only one that it can mean

A state dict in a .safetensors file is sorted by name, so the order of its layers is lost. A module goes to the layer
of the same name; else to the only one of its shape; else, where several have one shape, in the order of the numbers
in their names (conv.0, conv.2, ...). A normalization follows the convolution beside it. Where more than one way fits,
none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path

import numpy as np

from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.network import Network, Node, Parameters

_LEAVES = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
_FILLED = {"bias": 0.0, "scale": 1.0}  # what PyTorch leaves out: layers without a bias, norms without a scale
_SHOWN = 12
Modules = dict[str, dict[str, Array]]  # name of a module -> the last part of a tensor's name -> its numbers
Key = tuple[str, tuple[int, ...]]  # what a module and a layer must share: the role of a parameter, and its shape


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
    bare = {name: None for name in nodes if name not in pairs}
    if spare or bare:
        raise ModelFileError(
            f"{path}: does not fit {network.name!r}. Left over in the file: {_list_modules(modules, spare)}. "
            f"Left over in the network: {_list_nodes(network, bare.keys())}. Names or shapes must agree"
        )
    given: Parameters = {}
    for name, module in pairs.items():
        for leaf, own in _names(nodes[name]).items():
            shape = network.parameters[f"{name}.{own}"]
            value = modules[module].get(leaf, np.full(shape, _FILLED.get(own, 0.0)))
            if value.size != prod(shape):
                raise ModelFileError(f"{path}: {module}.{leaf} is {list(value.shape)}; {name} needs {list(shape)}")
            given[f"{name}.{own}"] = value.reshape(shape)
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
    """What a node must have to take a module."""
    if "running_mean" in module:
        return "norm", module["running_mean"].shape
    shape = module["weight"].shape if "weight" in module else (-1,)
    return ("weight", shape) if len(shape) > 1 else ("slope", tuple(n for n in shape if n != 1))


def _pairs(network: Network, modules: Modules, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Node -> module; a node is left out where more than one module would do, or none."""
    node_keys = {name: _node_key(network, node) for name, node in nodes.items()}
    keys = {name: _module_key(module) for name, module in modules.items()}
    pairs: dict[str, str] = {}
    by_letters = {_letters(name): name for name in modules}
    for name in nodes:
        module = by_letters.get(_letters(name))
        if module is not None and keys[module] == node_keys[name]:
            pairs[name] = module
    of_each = _of_each(keys)
    _by_shape(pairs, node_keys, of_each, norms=False)
    beside = _beside(keys)
    taken = set(pairs.values())
    for name, node in nodes.items():
        if _normalizes(node) and name not in pairs and node.inputs[0] in pairs:
            module = beside.get(pairs[node.inputs[0]])
            if module is not None and keys[module] == node_keys[name] and module not in taken:
                pairs[name] = module
                taken.add(module)
    _by_shape(pairs, node_keys, of_each, norms=True)
    return pairs


def _letters(name: str) -> str:
    """Letters and digits alone: layer1.0.conv1 and layer1_0_conv1 are the same name."""
    return re.sub("[^a-z0-9]", "", name.lower())


def _of_each(keys: Mapping[str, Key]) -> dict[Key, list[str]]:
    """The names that have a key, for each key."""
    found: dict[Key, list[str]] = {}
    for name, key in keys.items():
        found.setdefault(key, []).append(name)
    return found


def _by_shape(
    pairs: dict[str, str], node_keys: Mapping[str, Key], modules: Mapping[Key, list[str]], norms: bool
) -> None:
    """Pair nodes and modules of one shape in their order, where there is only one order."""
    taken = set(pairs.values())
    for key, named in _of_each(node_keys).items():
        if (key[0] == "norm") != norms:
            continue
        nodes = [name for name in named if name not in pairs]
        found = sorted((name for name in modules.get(key, ()) if name not in taken), key=_numbers)
        alike = {re.sub(r"\d+", "#", name) for name in found}
        if len(nodes) == len(found) and (len(found) == 1 or len(alike) == 1):
            pairs.update(zip(nodes, found, strict=True))


def _numbers(name: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts conv.2 before conv.10: of two numbers, the one with fewer digits comes first."""
    parts = [part.lstrip("0") if part.isdecimal() else part for part in re.findall(r"\d+|\D+", name)]
    return tuple((len(part) if part.isdecimal() or not part else -1, part) for part in parts)


def _beside(keys: Mapping[str, Key]) -> dict[str, str]:
    """Convolution -> normalization: within one parent, the first to the first, where there are as many of each."""
    parents: dict[str, tuple[list[str], list[str]]] = {}
    for name in sorted(keys, key=_numbers):
        convs, norms = parents.setdefault(name.rpartition(".")[0], ([], []))
        if keys[name][0] == "norm":
            norms.append(name)
        elif keys[name][0] == "weight" and len(keys[name][1]) > 2:
            convs.append(name)
    return {
        conv: norm
        for convs, norms in parents.values()
        if len(convs) == len(norms)
        for conv, norm in zip(convs, norms, strict=True)
    }


def _list_modules(modules: Modules, names: list[str]) -> str:
    return _listed(
        [
            f"{name[:80]}.{leaf[:80]} {list(value.shape)}"
            for name in names
            for leaf, value in modules[name].items()
            if leaf != "num_batches_tracked"
        ]
    )


def _list_nodes(network: Network, names: Collection[str]) -> str:
    return _listed([f"{full} {list(s)}" for full, s in network.parameters.items() if full.partition(".")[0] in names])


def _listed(items: list[str]) -> str:
    """The first items, and how many more there are."""
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN] + ([f"and {more} more"] if more > 0 else [])) or "nothing"

"""Work is linear in the number of layers: twice as many layers make twice as many calls, not four times."""

from __future__ import annotations

import cProfile
import json
import pstats
import random
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import save_file

from sheetnet.layers.arithmetic.add import Add
from sheetnet.layers.relu import ReLU
from sheetnet.layout import shortcut
from sheetnet.lesson.inspect import inspect
from sheetnet.network import PHOTO, Network, Node

pytestmark = pytest.mark.thorough

HEAD: dict[str, Any] = {"name": "x", "classes": ["a", "b"], "input": {"shape": [3, 8, 8]}}
COLUMN = [{"name": "flat", "kind": "flatten"}, {"name": "dense", "kind": "dense", "units": 2}]


def convolutions(count: int) -> list[dict[str, Any]]:
    return [{"name": f"c{k}", "kind": "conv2d", "filters": 2, "size": 1} for k in range(count)]


def additions(count: int) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = [{"name": "r0", "kind": "relu"}]
    for k in range(count // 2):
        layers.append({"name": f"c{k}", "kind": "conv2d", "filters": 3, "size": 1, "inputs": [f"r{k}"]})
        layers.append({"name": f"r{k + 1}", "kind": "add", "inputs": [f"c{k}", f"r{k}"]})
    return layers


def columns(count: int) -> list[dict[str, Any]]:
    return [*COLUMN, *({"name": f"r{k}", "kind": "relu"} for k in range(count))]


def softmaxes(count: int) -> list[dict[str, Any]]:
    return [*COLUMN, *({"name": f"s{k}", "kind": "softmax"} for k in range(count))]


def calls(path: Path, layers: list[dict[str, Any]]) -> int:
    """How many calls of functions it takes to inspect a network."""
    save_file({}, path, metadata={"sheetnet": json.dumps(HEAD | {"layers": layers})})
    profile = cProfile.Profile()
    profile.runcall(inspect, str(path))
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("make", [convolutions, additions, columns, softmaxes], ids=lambda make: make.__name__)
def test_twice_as_many_layers_are_inspected_with_twice_as_many_calls(tmp_path, make):
    calls(tmp_path / "m.safetensors", make(41))  # what is imported or read once is not counted
    few, many = (calls(tmp_path / "m.safetensors", make(count)) for count in (100, 200))
    assert many < 2.3 * few


def before(network: Network, name: str) -> set[str]:
    """A layer and all that leads to it."""
    found: set[str] = set()
    waiting = [name]
    inputs = {node.name: node.inputs for node in network.nodes}
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += inputs.get(one, ())
    return found


def test_the_shortcut_of_an_addition_is_the_way_with_fewer_layers_of_its_own():
    rng = random.Random(5)
    seen = set()
    for _ in range(300):
        names, nodes = [PHOTO], []
        for k in range(rng.randrange(3, 20)):
            layer = rng.choice([Add(), ReLU(), ReLU()])
            nodes.append(Node(f"n{k}", layer, tuple(rng.choice(names[-4:]) for _ in layer.reads)))
            names.append(f"n{k}")
        network = Network("x", ("a",), (1, 2, 2), tuple(nodes))
        for node in network.nodes:
            if not isinstance(node.layer, Add):
                continue
            first, second = (before(network, name) for name in node.inputs)
            own = list(node.layer.reads)
            alone, beside = len(first - second), len(second - first)
            wanted = None if alone == beside else tuple(own) if alone > beside else (own[1], own[0])
            assert shortcut(network, node) == wanted
            seen.add(wanted)
    assert len(seen) == 3

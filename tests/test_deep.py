"""The networks of the benchmarks: their specs are valid, their formulas short; LeNet-5 is built and proven."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import cache
from math import prod
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.layout import formula_count, is_deep
from sheetnet.layout.titles import layout_check

LONGEST = 200  # characters of a formula in rows


@cache
def networks() -> ModuleType:
    """benchmarks/networks/make.py"""
    spec = importlib.util.spec_from_file_location("make", ROOT / "benchmarks" / "networks" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_networks_are_those_of_their_papers() -> None:
    counts = {}
    for name in networks().SPECS:
        network, parameters = networks().load(name)
        heavy = [node.name for node in network.nodes if f"{node.name}.weight" in network.parameters]
        learned = [full for full in parameters if full.endswith((".weight", ".bias"))]
        counts[name] = len(heavy), sum(parameters[full].size for full in learned if full.partition(".")[0] in heavy)
    # LeNet-5: 6*(25+1) + 16*(6*25+1) + 120*(400+1) + 84*(120+1) + 10*(84+1); TinyVGG: 10*(27+1) + 3*10*(90+1) + dense
    assert counts["lenet5"] == (5, 61706)
    assert counts["tinyvgg"] == (5, 280 + 3 * 910 + 10 * (13 * 13 * 10 + 1))
    assert counts["resnet20"][0] == 20 + 2, "19 convolutions, a dense layer, two convolutions on shortcuts"
    network, _ = networks().load("resnet20")
    assert network.shapes["relu33.out"] == (64, 8, 8)
    assert network.shapes["relu23.out"] == (32, 16, 16)


@pytest.mark.parametrize("name", ["lenet5", "lenet5 in rows", "tinyvgg", "resnet20", "resnet20-folded"])
def test_the_formulas_of_a_deep_network_are_short_in_rows(name: str) -> None:
    network, parameters = networks().load(name.removesuffix(" in rows"))
    network = replace(network, layout="rows") if name.endswith("rows") else network
    plan = layout_check(network)
    assert formula_count(network) < 1_500_000
    longest = 0
    for node in network.nodes:
        for own, rule in node.layer.forward_cells(plan.seen(node)).items():
            shape = network.shapes[f"{node.name}.{own}"]
            for place in {0, prod(shape) // 2, prod(shape) - 1}:
                index = tuple(int(i) for i in np.unravel_index(place, shape))
                longest = max(longest, len(rule(*index)))
    assert longest <= (LONGEST if network.layout == "rows" else 8192)  # a layer in rows may read one in planes
    assert is_deep(network) == name.startswith("resnet20")
    assert set(parameters) == set(network.parameters)


def test_lenet5_is_built_and_proven(tmp_path: Path) -> None:
    network, parameters = networks().load("lenet5")
    modelfile.save(tmp_path / "lenet5.safetensors", network, parameters)
    built = sheetnet.build(SAMPLES / "coffee.png", tmp_path / "x.xlsx", model=tmp_path / "lenet5.safetensors")
    assert built.report is not None
    assert built.report.proven


def test_numbers_keep_their_size_from_layer_to_layer() -> None:
    network, parameters = networks().load("resnet20")
    rng = np.random.RandomState(1)
    inputs = {"photo.out": np.floor(rng.uniform(0, 256, network.shape)), "truth.out": engine.one_hot(network, None)}
    values = engine.forward(network, inputs, parameters)
    for node in network.nodes:
        if node.layer.kind == "add":
            assert 0.1 < np.abs(values[f"{node.name}.out"]).mean() < 10

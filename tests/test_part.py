"""Less of a network: its first part alone (--until), and batchnorm folded into convolutions (--fold)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from click.testing import CliRunner, Result

import sheetnet
from sheetnet import engine
from sheetnet.case import template
from sheetnet.case.prepare import prepare
from sheetnet.case.request import Request
from sheetnet.cli import main
from sheetnet.errors import NetworkError
from sheetnet.folding import fold, foldable, folded
from sheetnet.layout.titles import layout_check
from sheetnet.network import Network
from sheetnet.workbook.read import read

CAT = Path(__file__).resolve().parents[1] / "samples" / "chelsea.png"


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def spec(*layers: dict[str, Any], shape: tuple[int, ...] = (3, 6, 6)) -> Network:
    return Network.from_spec(
        {"name": "x", "classes": ["a", "b"], "input": {"shape": list(shape)}, "layers": list(layers)}
    )


# The first part


@pytest.mark.parametrize("seed", [None, 5])
def test_a_part_has_the_weights_and_the_numbers_of_the_whole(seed: int | None) -> None:
    whole, part = prepare(Request(CAT, seed=seed)), prepare(Request(CAT, seed=seed, until="pool1"))
    assert [node.name for node in part.network.nodes][-1] == "pool1"
    assert part.part == len(whole.network.nodes) > len(part.network.nodes)
    for name, value in part.parameters.items():
        np.testing.assert_array_equal(value, whole.parameters[name])
    assert part.photo is not None
    inputs = {"photo.out": part.photo.x}
    all_of_it = inputs | {"truth.out": engine.one_hot(whole.network, None)}
    one = engine.forward(part.network, inputs, part.parameters)
    other = engine.forward(whole.network, all_of_it, whole.parameters)
    np.testing.assert_array_equal(one["pool1.out"], other["pool1.out"])


def test_a_part_leaves_out_what_it_does_not_need() -> None:
    network = zoo.network("branches")
    for node in network.nodes:
        part = network.until(node.name)
        assert part.nodes[-1].name == node.name
        needed = {name for one in part.nodes for name in one.inputs} | {node.name}
        assert {one.name for one in part.nodes} <= needed


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_of_a_part_is_proven_says_so_and_speaks_of_nothing_that_is_not_there(
    tmp_path: Path, language: Any
) -> None:
    path = tmp_path / "part.xlsx"
    built = sheetnet.build(CAT, path, until="conv2", language=language)
    assert built.report is not None
    assert built.report.proven
    contents = read(path.read_bytes(), str(path))
    said = " ".join(str(cell.value) for cell in contents.cells[contents.sheets[0]].values())
    assert ("Only a part" if language == "en" else "这只是一部分") in said
    assert ("probabilit" if language == "en" else "概率") not in said
    assert ("the answer?" if language == "en" else "答案变了吗") not in said


def test_a_layer_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(NetworkError, match=r"has no layer 'conv9'; it has rescale, conv1"):
        prepare(Request(CAT, until="conv9"))


def test_what_the_refusal_of_a_large_network_advises_fits() -> None:
    network = template.load("detective").network.resized(500, 500)
    with pytest.raises(NetworkError, match="formulas; a workbook takes 1,500,000") as refusal:
        layout_check(network)
    last = str(refusal.value).split("--until ")[1].rstrip(".")
    nodes = [node.name for node in network.nodes]
    layout_check(network.until(last))
    with pytest.raises(NetworkError, match="a workbook takes"):
        layout_check(network.until(nodes[nodes.index(last) + 1]))


# Folding


@pytest.mark.parametrize("name", ["normalized and averaged, in planes", "normalized and averaged, in rows"])
def test_a_folded_network_gives_the_same_numbers_in_fewer_layers(name: str) -> None:
    case = zoo.case(name)
    network, parameters = fold(case.network, case.parameters)
    assert len(network.nodes) == len(case.network.nodes) - len(foldable(case.network)) < len(case.network.nodes)
    assert network == folded(case.network)
    assert set(parameters) == set(network.parameters)
    assert not foldable(network)
    assert case.photo is not None
    inputs = {"photo.out": case.photo.x, "truth.out": engine.one_hot(network, case.label)}
    before = engine.forward(case.network, inputs, case.parameters)
    after = engine.forward(network, inputs, parameters)
    taken = {norm.name: node.name for node, norm in foldable(case.network)}
    for node in case.network.nodes:
        if node.name not in taken.values():  # those hold now what their batchnorm held
            same = f"{taken.get(node.name, node.name)}.out"
            np.testing.assert_allclose(after[same], before[f"{node.name}.out"], rtol=1e-9, atol=1e-9, err_msg=same)


def test_groups_are_folded_filter_by_filter() -> None:
    conv = {"name": "conv", "kind": "conv2d", "filters": 6, "size": 3, "groups": 3, "dilation": 2}
    network = spec(conv, {"name": "norm", "kind": "batchnorm"})
    rng = np.random.RandomState(1)
    given = {name: rng.uniform(0.5, 2, shape) for name, shape in network.parameters.items()}
    x = {"photo.out": rng.standard_normal(network.shape)}
    one, parameters = fold(network, given)
    want = engine.forward(network, x, given)["norm.out"]
    np.testing.assert_allclose(engine.forward(one, x, parameters)["conv.out"], want, rtol=1e-12)


def test_a_convolution_that_somebody_else_reads_keeps_its_batchnorm() -> None:
    conv = {"name": "conv", "kind": "conv2d", "filters": 2, "size": 1}
    norm = {"name": "norm", "kind": "batchnorm"}
    both = {"name": "both", "kind": "add", "inputs": ["conv", "norm"]}
    assert len(foldable(spec(conv, norm))) == 1
    assert foldable(spec(conv, norm, both)) == []
    assert foldable(spec(norm, conv)) == []
    assert folded(spec(conv, norm, both)) == spec(conv, norm, both)


# The command


def test_the_command_inspects_and_builds_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    whole, part = run("inspect", "detective"), run("inspect", "detective", "--until", "relu1")
    assert whole.exit_code == part.exit_code == 0
    assert "pool1" in whole.output
    assert "pool1" not in part.output
    case = zoo.case("normalized and averaged, in planes")
    from sheetnet import modelfile

    network = replace(case.network, name="normal")
    modelfile.save(tmp_path / "m.safetensors", network, case.parameters)
    plain, fewer = run("inspect", "m.safetensors"), run("inspect", "m.safetensors", "--fold")
    assert (plain.output.count("batchnorm"), fewer.output.count("batchnorm")) == (3, 2)
    assert run("convert", "m.safetensors", "m.onnx", "--fold").exit_code == 0
    assert run("inspect", "m.onnx").output.count("batchnorm") == 2
    built = run("build", CAT, "-m", "m.safetensors", "--fold", "--until", "relu", "-o", "m.xlsx")
    assert built.exit_code == 0, built.output
    assert "proven" in built.output
    assert run("build", CAT, "--until", "nothing", "-o", "n.xlsx").exit_code == 2
    assert not (tmp_path / "n.xlsx").exists()

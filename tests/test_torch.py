"""The third oracle: what PyTorch says (tests/torch_cases, made by make_cases.py), against numbers and cells."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from functools import cache
from math import prod
from pathlib import Path

import numpy as np
import pytest
from each import each

from sheetnet import engine
from sheetnet.case.prepare import Case
from sheetnet.layers import LAYERS
from sheetnet.lesson.build import make_book
from sheetnet.limits import timed
from sheetnet.network import Network
from sheetnet.photo import from_pixels
from sheetnet.proof.found import Findings, as_numbers
from sheetnet.recalc import EMBEDDED
from sheetnet.workbook.book import Line
from sheetnet.workbook.write import save

FOLDER = Path(__file__).parent / "torch_cases"
NETWORKS = sorted(path.stem for path in FOLDER.glob("network-*.npz"))
BACKWARDS = sorted(path.stem for path in FOLDER.glob("backward-*.npz"))
KINDS = {layer.kind: layer for layer in LAYERS}
MOST_BYTES = 500_000


@cache
def arrays_of(name: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        arrays = {key: file[key] for key in file.files}
    if "index" not in arrays:
        return arrays
    numbers, found = arrays["numbers"], {}  # all in one, see general.py
    for key, shape in json.loads(str(arrays["index"])).items():
        if isinstance(shape, str):
            found[key] = np.array(shape)
        else:
            found[key], numbers = numbers[: prod(shape)].reshape(shape), numbers[prod(shape) :]
    assert not len(numbers)
    return found


def part_of(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key.removeprefix(prefix): value for key, value in arrays.items() if key.startswith(prefix)}


OTHERS = ["optimizers", "training"]  # of what is no layer and no network
FILES = [path.stem for path in sorted(FOLDER.glob("*.npz")) if path.stem not in [*NETWORKS, *BACKWARDS, *OTHERS]]


def cases_of(name: str) -> dict[str, dict[str, np.ndarray]]:
    """The cases of a file, by number."""
    arrays = arrays_of(name)
    return {str(number): part_of(arrays, f"{number}.") for number in range(sum(k.endswith(".spec") for k in arrays))}


@pytest.mark.parametrize("name", FILES)
def test_a_layer_says_what_pytorch_says(name):
    def check(arrays: dict[str, np.ndarray]) -> None:
        spec = json.loads(str(arrays["spec"]))
        layer = KINDS[spec["kind"]](**spec["options"])
        given, expected = part_of(arrays, "in."), part_of(arrays, "tensor.")
        declared = layer.tensors({own: value.shape for own, value in given.items()})
        assert {name: tuple(shape) for name, shape in declared.items()} == {n: v.shape for n, v in expected.items()}
        v = given | part_of(arrays, "param.")
        layer.forward(v)
        for name, value in expected.items():
            np.testing.assert_allclose(v[name], value, rtol=1e-12, atol=1e-14, err_msg=f"{name} {spec}")

    each(cases_of(name), check)


@pytest.mark.parametrize("name", FILES)
def test_a_layer_gives_the_gradients_that_pytorch_gives(name):
    def check(arrays: dict[str, np.ndarray]) -> None:
        spec = json.loads(str(arrays["spec"]))
        layer = KINDS[spec["kind"]](**spec["options"])
        v = part_of(arrays, "in.") | part_of(arrays, "param.")
        layer.forward(v)
        d = part_of(arrays, "back.")
        layer.backward(v, d)
        expected = part_of(arrays, "grad.")
        assert set(expected) == (set(layer.reads) | set(part_of(arrays, "param."))) - {"truth", "target"}
        for name, value in expected.items():
            np.testing.assert_allclose(d[name], value, rtol=1e-12, atol=1e-12, err_msg=f"{name} {spec}")

    each(cases_of(name), check)


@pytest.mark.parametrize("name", BACKWARDS)
def test_a_whole_network_gives_the_gradients_that_pytorch_gives(name):
    arrays = arrays_of(name)
    network = Network.from_spec(json.loads(str(arrays["spec"])))
    inputs = {"photo.out": arrays["photos"], "truth.out": arrays["truths"]}
    values = engine.forward(network, inputs, part_of(arrays, "param."))
    losses = [f"{node.name}.out" for node in network.nodes if node.layer.kind == "crossentropy"]
    gradients = engine.backward(network, values, {loss: np.ones(len(arrays["photos"])) for loss in losses})
    expected = part_of(arrays, "grad.")
    assert set(expected) == {"photo.out", *network.parameters}
    for full, value in expected.items():
        scale = np.abs(value).max()
        np.testing.assert_allclose(gradients[full], value, rtol=1e-11, atol=1e-13 * scale, err_msg=full)


def network_of(name: str) -> tuple[Network, str | None, dict[str, np.ndarray]]:
    arrays = arrays_of(name)
    spec = json.loads(str(arrays["spec"]))
    return Network.from_spec(spec["network"]), spec["label"], arrays


@pytest.mark.parametrize("name", NETWORKS)
def test_a_whole_network_says_what_pytorch_says(name):
    network, label, arrays = network_of(name)
    inputs = {"photo.out": arrays["photo"], "truth.out": engine.one_hot(network, label)}
    values = engine.forward(network, inputs, part_of(arrays, "param."))
    expected = part_of(arrays, "tensor.")
    assert set(values) == set(expected) | set(inputs) | set(network.parameters)
    for tensor, value in expected.items():
        np.testing.assert_allclose(values[tensor], value, rtol=1e-12, atol=1e-14, err_msg=tensor)


@pytest.mark.parametrize("layout", ["planes", "rows", "auto"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_cells_of_a_workbook_say_what_pytorch_says(tmp_path, name, layout):
    network, label, arrays = network_of(name)
    network = replace(network, layout=layout)
    parameters = network.fill(part_of(arrays, "param."), 0)
    prose = {"title": name, "summary": "", "lead": ""}
    book = make_book(Case(network, parameters, from_pixels(arrays["photo"], name), label, prose))
    for sheet in book.sheets:  # the stored values of the formulas are spoilt, so only the formulas can be right
        for entries in sheet.rows.values():
            for entry in entries:
                if isinstance(entry, Line) and entry.formulas is not None:
                    entry.values = np.full_like(entry.values, -77.0)
                elif not isinstance(entry, Line) and entry.formula is not None and isinstance(entry.value, float):
                    entry.value = -77.0
    path = tmp_path / f"{name}.xlsx"
    save(book, path)
    findings = Findings(path, timed(60))
    assert np.all(findings.values(findings.plan.blocks["flat.out"]) == -77)
    expected = part_of(arrays, "tensor.")
    computed = set(network.shapes) - set(network.inputs)
    assert computed == set(expected)
    for tensor in computed:
        block = findings.plan.blocks[tensor]
        assert all(findings.cell(block.cell(*i)).formula for i in np.ndindex(*block.shape)), tensor
    findings.calculate(EMBEDDED, [])
    for tensor in computed:
        block = findings.plan.blocks[tensor]
        np.testing.assert_allclose(
            as_numbers(findings.values(block)),
            expected[tensor],
            rtol=1e-9,
            atol=1e-9,
            err_msg=f"{tensor} in {layout}",
        )
    for parameter, value in part_of(arrays, "param.").items():
        found = findings.values(findings.plan.blocks[parameter])
        np.testing.assert_array_equal(found, value, err_msg=parameter)
    assert any(tensor.startswith("conv") and len(findings.plan.blocks[tensor].steps) == 3 for tensor in computed) == (
        layout == "rows" or (layout == "auto" and any(s[0] > 8 for s in network.shapes.values() if len(s) == 3))
    )


def test_every_layer_was_asked_about():
    asked = {name for name in (path.stem for path in FOLDER.glob("*.npz")) if name not in NETWORKS + BACKWARDS}
    assert {layer.kind for layer in LAYERS} <= asked


def test_the_files_are_small_and_hold_no_pickle():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.npz")) < MOST_BYTES
    for path in FOLDER.glob("*.npz"):
        assert all(value.dtype.kind in "fU" for value in arrays_of(path.stem).values()), path.name


def test_the_maker_owes_nothing_to_sheetnet():
    for maker in FOLDER.glob("*.py"):
        tree = ast.parse(maker.read_text(encoding="utf-8"))
        imported = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        imported += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
        assert not [name for name in imported if name.startswith("sheetnet")]

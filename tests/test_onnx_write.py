"""ONNX out: what is written passes the checker, runs in onnxruntime, and reads back to the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import zoo

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.case import template
from sheetnet.errors import ModelFileError, WorkbookError
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.writing import write
from sheetnet.network import Network, Parameters

CASES = Path(__file__).parent / "onnx_cases"
EXPORTS = sorted(path.name for path in CASES.glob("*.onnx"))


def photo_of(network: Network) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, network.shape).astype(np.float64)


def numbers(network: Network, parameters: Parameters, photo: np.ndarray) -> np.ndarray:
    truth = {"truth.out": np.zeros(len(network.classes))} if network.has_truth else {}
    values = engine.forward(network, {"photo.out": photo} | truth, parameters)
    assert network.line_up is not None
    return values[f"{network.line_up.name}.out"]


@pytest.mark.parametrize("name", ["detective", *EXPORTS])
def test_an_export_runs_in_onnxruntime_and_reads_back_to_the_same_numbers(name: str) -> None:
    if name == "detective":
        base = template.load(name)
        network, parameters = base.network, base.network.fill(base.given, 1)
    else:
        found = models.load(CASES / name)
        network, parameters = found.network, found.parameters
    data, notes = write.to_bytes(network, parameters)
    assert data == write.to_bytes(network, parameters)[0]
    assert any("loss" in note for note in notes)
    photo = photo_of(network)
    want = numbers(network, parameters, photo)
    session = onnxruntime.InferenceSession(data)
    (got,) = session.run(None, {"photo": photo[None].astype(np.float32)})
    np.testing.assert_allclose(got[0], want, rtol=0, atol=1e-6 * float(np.abs(want).max()) * 10)
    back = models.imported(models.parse(data, "back.onnx"), "back.onnx", classes=network.classes)
    np.testing.assert_allclose(numbers(back.network, back.parameters, photo), want, rtol=1e-6)
    assert back.network.nodes[0].layer.kind == network.nodes[0].layer.kind


def test_a_model_is_converted_there_and_back(tmp_path: Path) -> None:
    base = template.load("detective")
    start = tmp_path / "a.safetensors"
    parameters = base.network.fill(base.given, 1)
    modelfile.save(start, base.network, parameters)
    sheetnet.convert(start, tmp_path / "b.onnx")
    sheetnet.convert(tmp_path / "b.onnx", tmp_path / "c.safetensors")
    network, weights = modelfile.load(tmp_path / "c.safetensors")
    assert network is not None
    photo = photo_of(network)
    np.testing.assert_allclose(
        numbers(network, network.fill(weights, 0), photo), numbers(base.network, parameters, photo), rtol=1e-5
    )
    with pytest.raises(WorkbookError, match="exists and may hold"):
        sheetnet.convert(start, tmp_path / "b.onnx")
    with pytest.raises(ModelFileError, match="convert reads and writes"):
        sheetnet.convert(start, tmp_path / "b.txt")


@pytest.mark.parametrize(
    "name",
    [
        "normalized and averaged, in planes",
        "normalized and averaged, in rows",
        "dilated and in groups, in planes",
        "dilated and in groups, in rows",
    ],
)
def test_windows_that_hang_over_run_elsewhere_as_they_do_here(name: str) -> None:
    case = zoo.case(name)
    assert case.photo is not None
    x = case.photo.x / 255
    rounded = [node.name for node in case.network.nodes if getattr(node.layer, "ceil", False)]
    assert rounded
    for node in rounded:
        part = case.network.until(node)
        parameters = {key: case.parameters[key] for key in part.parameters}
        want = engine.forward(part, {"photo.out": x}, parameters)[f"{node}.out"]
        session = onnxruntime.InferenceSession(write.to_bytes(part, parameters)[0])
        (got,) = session.run(None, {"photo": x[None].astype(np.float32)})
        np.testing.assert_allclose(got[0], want, rtol=1e-5, atol=1e-5 * float(np.abs(want).max()), err_msg=node)

"""Models as users export them, all the way: photo, workbook, engine, and the numbers of onnxruntime in the cells.

LibreOffice has recalculated some of them together with all other workbooks, see ``conftest``; ``test_proof`` proves
those.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import zoo
from conftest import EXPORTS, SAMPLES
from onnx import TensorProto, helper

import sheetnet
from sheetnet.case.prepare import Case
from sheetnet.errors import ModelFileError
from sheetnet.layers import Array
from sheetnet.lesson.build import write
from sheetnet.modelfile import onnx as models
from sheetnet.network import PHOTO, Network
from sheetnet.photo import from_pixels
from sheetnet.proof.found import Findings, as_numbers
from sheetnet.recalc import EMBEDDED, STORED

CASES = Path(__file__).parent / "onnx_cases"
EVERY = sorted(path.name for path in CASES.glob("*.onnx"))


def compare(workbook: Path, model: str, engine: str) -> None:
    """What the model makes of the pixels in the workbook, in onnxruntime and in the workbook's cells."""
    findings = Findings(workbook, time.monotonic() + 60)
    findings.calculate(engine, [])
    blocks, found = findings.plan.blocks, models.load(CASES / model)
    ((_, tensor),) = found.outputs.items()
    got = as_numbers(findings.values(blocks[tensor]))
    session = onnxruntime.InferenceSession(CASES / model)
    (seen,) = session.get_inputs()
    pixels: Array = as_numbers(findings.values(blocks[f"{PHOTO}.out"]))
    rescaled = any("rescales pixels itself" in note for note in found.notes)
    x = (pixels if rescaled else pixels / 255)[None]
    (want,) = session.run(None, {seen.name: (x if seen.shape[1] in (1, 3) else x.transpose(0, 2, 3, 1)).astype("f4")})
    assert want.size > 1
    np.testing.assert_allclose(got, want[0], rtol=1e-5, atol=1e-5)
    last = findings.plan.network.line_up
    assert last is not None
    shares = as_numbers(findings.values(blocks[f"{last.name}.out"]))
    assert shares.argmax() == want.argmax()
    assert abs(shares.sum() - 1) < 1e-9


@pytest.mark.thorough
@pytest.mark.parametrize("name", EVERY)
def test_the_workbook_of_an_export_is_proven_and_shows_the_numbers_of_onnxruntime(
    name: str, made: dict[str, Path], tmp_path: Path
) -> None:
    path = made.get(name)
    if path is None:
        path = tmp_path / "made.xlsx"
        sheetnet.build(SAMPLES / "chelsea.png", path, model=CASES / name, label="class 2", engine=None)
    report = sheetnet.verify(path)
    assert report.proven, "\n".join(report.lines())
    compare(path, name, EMBEDDED)


@pytest.mark.thorough
@pytest.mark.parametrize("name", EXPORTS)
def test_libreoffice_shows_the_numbers_of_onnxruntime_too(
    name: str, by_engine: Callable[[str, str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "resaved.xlsx"
    path.write_bytes(by_engine("libreoffice", name))
    compare(path, name, STORED)


@pytest.mark.parametrize("shape", [(1, 4, 8, 8), (1, 2, 3, 3, 3), (1, 784)], ids=str)
def test_a_model_that_takes_no_photo_says_what_it_takes_instead(shape: tuple[int, ...], tmp_path: Path) -> None:
    kind = TensorProto.FLOAT
    ends = [helper.make_tensor_value_info(name, kind, shape) for name in ("seen", "out")]
    relu = helper.make_graph([helper.make_node("Relu", ["seen"], ["out"])], "g", ends[:1], ends[1:])
    onnx.save(helper.make_model(relu, opset_imports=[helper.make_opsetid("", 17)]), tmp_path / "model.onnx")
    with pytest.raises(ModelFileError, match=r"takes no photo.*1 or 3 channels, and has seen") as error:
        sheetnet.build(SAMPLES / "chelsea.png", tmp_path / "x.xlsx", model=tmp_path / "model.onnx")
    assert str(list(shape)) in str(error.value)


def test_windows_with_padding_read_blank_cells_around_grids_and_prelu_may_have_a_slope_for_each_channel(
    tmp_path: Path,
) -> None:
    layers = [
        zoo.layer("rescale"),
        zoo.layer("softmax", name="shares", axis=0),  # more than one tensor of rank 3: it lies in a grid
        zoo.conv("conv1", 2, 3, padding=[3, 1, 2, 0]),
        zoo.layer("prelu", name="leak1", shape=[2, 1, 1]),
        zoo.conv("conv2", 9, 3, padding="same"),
        zoo.layer("prelu", name="leak2", shape=[9, 1, 1]),
        zoo.pool("pool1", 3, stride=2, padding=1),
        zoo.layer("prelu", name="leak3", shape=[9, 4, 3]),
        zoo.layer("avgpool2d", name="pool2", size=2, padding=1),
        zoo.layer("prelu", name="leak4", shape=[3, 1]),
        zoo.conv("conv3", 3, 3, padding=2),
        *zoo.HEAD,
    ]
    net = Network.from_spec(
        {"name": "padded", "classes": ["Ann", "Bob", "Cid"], "input": {"shape": [3, 5, 6]}, "layers": layers}
    )
    parameters = {key: value + 0.25 for key, value in net.fill({}, 3).items()}
    photo = from_pixels(np.random.RandomState(3).randint(0, 256, net.shape).astype(np.float64), "padded", net.levels)
    path = tmp_path / "padded.xlsx"
    write(Case(net, parameters, photo, "Cid", {"title": "padded", "lead": "", "summary": ""}), path)
    for engine in (EMBEDDED, STORED):
        report = sheetnet.verify(path, engine=engine)
        assert report.proven, "\n".join(report.lines())
    findings = Findings(path, time.monotonic() + 60)
    assert findings.plan.margins["shares.out"] == (3, 1, 2, 0)

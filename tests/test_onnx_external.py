"""Weights beside the model: read where they lie in its own folder, refused in one line where they lead away."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import sheetnet
from sheetnet import modelfile
from sheetnet.errors import ModelFileError
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.reading.external import Beside

DATA = "m.onnx.data"


def with_weights(folder: Path, *, size: int = 0) -> Path:
    """A small network whose weights lie beside it, as PyTorch's exporter writes it."""
    rng = np.random.default_rng(2)
    weights = {"w": rng.standard_normal((2, 1, 3, 3)), "b": rng.standard_normal(2), "d": rng.standard_normal((32, 3))}
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"]),
        helper.make_node("Flatten", ["c"], ["f"]),
        helper.make_node("MatMul", ["f", "d"], ["out"]),
    ]
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 6, 6])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 3])],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in weights.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "whole.onnx")
    onnx.save(model, folder / "m.onnx", save_as_external_data=True, location=DATA, size_threshold=size)
    return folder / "m.onnx"


def changed(path: Path, **told: str) -> Path:
    """The same model, which says something else of where its first weight lies."""
    model = onnx.load(path, load_external_data=False)
    weight = model.graph.initializer[0]
    kept = {entry.key: entry.value for entry in weight.external_data} | told
    del weight.external_data[:]
    for key, value in kept.items():
        if value:
            weight.external_data.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    return path


def said(path: Path) -> str:
    with pytest.raises(ModelFileError) as error:
        models.load(path)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("size", [0, 50])
def test_weights_beside_the_model_are_those_of_the_same_model_in_one_file(tmp_path: Path, size: int) -> None:
    found, whole = (models.load(with_weights(tmp_path, size=size)), models.load(tmp_path / "whole.onnx"))
    assert found.parameters.keys() == whole.parameters.keys()
    for name, value in whole.parameters.items():
        np.testing.assert_array_equal(found.parameters[name], value)


def test_inspect_and_convert_read_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_weights(tmp_path)
    monkeypatch.chdir(tmp_path)
    from sheetnet.lesson.summary import inspect

    assert inspect("m.onnx").parameters > 100
    sheetnet.convert("m.onnx", "m.safetensors")
    assert modelfile.open_model(tmp_path / "m.safetensors").network is not None


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    path = with_weights(tmp_path)
    (tmp_path / DATA).unlink()
    assert f"weight 'w': its numbers are kept in another file, {DATA!r}, which is missing" in said(path)


@pytest.mark.parametrize(
    "location",
    ["../m.onnx.data", "/dev/zero", "..", ".", "sub/m.onnx.data", "a\\b", "c:b", "", "./m.onnx.data", "a\0b"],
)
def test_what_is_no_plain_file_name_is_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "sub").mkdir()
    path = with_weights(tmp_path / "sub")
    (tmp_path / DATA).write_bytes((tmp_path / "sub" / DATA).read_bytes())
    assert "no plain file name" in said(changed(path, location=location))


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    path = with_weights(tmp_path)
    (tmp_path / DATA).rename(tmp_path / "elsewhere")
    (tmp_path / DATA).symlink_to(tmp_path / "elsewhere")
    assert "a link" in said(path)
    (tmp_path / DATA).unlink()
    os.link(tmp_path / "elsewhere", tmp_path / DATA)
    assert "hard link" in said(path)
    (tmp_path / DATA).unlink()
    os.mkfifo(tmp_path / DATA)
    assert "no regular file" in said(path)
    (tmp_path / DATA).unlink()
    (tmp_path / DATA).mkdir()
    assert "cannot be read (Is a directory)" in said(path)


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"offset": "100000"}, "end behind its"),
        ({"length": "100000"}, "end behind its"),
        ({"offset": "100000", "length": ""}, "end behind its"),
        ({"length": "400"}, "more than its shape says"),
        ({"length": "8"}, "do not match its shape"),
        ({"offset": "-4"}, "no whole number"),
        ({"length": "9" * 30}, "no whole number"),
        ({"offset": "٣"}, "no whole number"),
    ],
)
def test_a_part_that_does_not_fit_the_file_or_the_shape_is_refused(
    tmp_path: Path, told: dict[str, str], what: str
) -> None:
    assert what in said(changed(with_weights(tmp_path), **told))


def test_a_file_that_is_too_long_is_refused_and_not_read_to_its_end(tmp_path: Path) -> None:
    path = with_weights(tmp_path)
    os.truncate(tmp_path / DATA, 1 << 40)  # sparse: it takes no room
    assert "more than 128 MB of weights" in said(path)


def test_a_file_is_read_once_however_many_weights_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_weights(tmp_path)
    model = onnx.load(path, load_external_data=False)
    first = model.graph.initializer[0]
    for number in range(5000):
        model.graph.initializer.add().CopyFrom(first)
        model.graph.initializer[-1].name = f"again{number}"
    opened: list[object] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given) or real(*given))
    models.check(model, "m.onnx", tmp_path)
    assert len(opened) == 1


def test_weights_that_are_named_a_million_times_are_too_many(tmp_path: Path) -> None:
    big = np.zeros(1 << 22, np.float32)
    model = onnx.load(with_weights(tmp_path), load_external_data=False)
    (tmp_path / DATA).write_bytes(big.tobytes())
    for number in range(20):
        one = model.graph.initializer.add(name=f"again{number}", data_type=1, dims=[1 << 22])
        one.data_location = TensorProto.EXTERNAL
        one.external_data.add(key="location", value=DATA)
    with pytest.raises(ModelFileError, match="more than"):
        models.check(model, "m.onnx", tmp_path)


def test_a_model_in_memory_has_no_folder(tmp_path: Path) -> None:
    path = with_weights(tmp_path)
    with pytest.raises(ModelFileError, match="give the model as a file"):
        models.parse(path.read_bytes(), "m.onnx")
    assert Beside(None)

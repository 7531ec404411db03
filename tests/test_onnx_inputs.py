"""Whatever form a model wants its picture in, it is the same picture; of a batch of a fixed size, one is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

import sheetnet
from sheetnet import engine, modelfile
from sheetnet.errors import ModelFileError, SheetnetError
from sheetnet.modelfile import onnx as models

Node = tuple[Any, ...]


def node(kind: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], name=f"{output}_node", **attributes)


def model(nodes: list[onnx.NodeProto], shape: list[Any], **constants: Any) -> onnx.ModelProto:
    """A model of float32 that reads x and gives out."""
    weights = [
        numpy_helper.from_array(np.asarray(v, np.int64 if np.asarray(v).dtype.kind == "i" else np.float32), name)
        for name, v in constants.items()
    ]
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        weights,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).standard_normal(shape).astype(np.float32)


def read(made: onnx.ModelProto, **options: Any) -> models.Imported:
    return models.imported(
        models.check(made, "m.onnx"), "m.onnx", picture=True, front=models.Preprocessing(scale=1), **options
    )


def gives(found: models.Imported, photo: np.ndarray) -> np.ndarray:
    values = {"photo.out": photo.astype(np.float64), "truth.out": np.zeros(len(found.network.classes))}
    return engine.forward(found.network, values, found.parameters)[found.outputs["out"]]


def run(made: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    return np.asarray(onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"x": x})[0])


def close(got: np.ndarray, want: np.ndarray) -> None:
    np.testing.assert_allclose(got.reshape(-1), want.reshape(-1), rtol=1e-5, atol=1e-5)


def dense(count: int, before: str, shape: list[int]) -> tuple[list[onnx.NodeProto], dict[str, Any]]:
    """A reshape to a row, and a dense layer."""
    nodes = [node("Reshape", f"{before} s", "r"), node("MatMul", "r w", "out")]
    return nodes, {"s": np.array(shape), "w": draw(count, 3)}


@pytest.mark.parametrize(
    ("shape", "sides", "picture"),
    [
        (["N", 6, 5], (1, 6, 5), (0, 1, 2)),
        ([1, 6, 5], (1, 6, 5), (0, 1, 2)),
        ([3, 6, 5], (3, 6, 5), (0, 1, 2)),
        ([6, 5, 3], (3, 6, 5), (2, 0, 1)),
        ([6, 5, 1], (1, 6, 5), (2, 0, 1)),
        (["N", 6, 5, 1], (1, 6, 5), (2, 0, 1)),
        (["N", 6, 5, 3], (3, 6, 5), (2, 0, 1)),
    ],
)
def test_an_input_of_three_or_four_axes_is_a_picture(shape: list[Any], sides: tuple[int, ...], picture: Any) -> None:
    numbers = [1 if isinstance(n, str) else n for n in shape]
    nodes, constants = dense(int(np.prod(numbers)), "x", [1, -1])
    made = model(nodes, shape, **constants)
    found, x = read(made), draw(*numbers)
    assert found.network.shape == sides
    close(gives(found, (x[0] if len(shape) == 4 else x).transpose(picture)), run(made, x))


def test_a_picture_without_a_channel_axis_may_be_given_one_for_a_convolution() -> None:
    nodes = [node("Unsqueeze", "x a", "u"), node("Conv", "u k", "c"), node("Flatten", "c", "f")]
    made = model(
        [*nodes, node("MatMul", "f w", "out")], ["N", 5, 5], a=np.array([1]), k=draw(2, 1, 3, 3), w=draw(18, 3)
    )
    found, x = read(made), draw(1, 5, 5)
    assert [one.layer.kind for one in found.network.nodes][:3] == ["conv2d", "flatten", "dense"]
    close(gives(found, x), run(made, x))


@pytest.mark.parametrize(
    ("asked", "sides", "order"),
    [
        ([6, 8], (1, 6, 8), (0, 1, 2)),
        ([1, 6, 8], (1, 6, 8), (0, 1, 2)),
        ([3, 4, 4], (3, 4, 4), (0, 1, 2)),
        ([4, 4, 3], (3, 4, 4), (1, 2, 0)),
    ],
)
@pytest.mark.parametrize("batch", ["N", 1, 4])
def test_a_row_is_the_picture_that_somebody_says_it_is(batch: Any, asked: Any, sides: Any, order: Any) -> None:
    made = model([node("Gemm", "x w", "out")], [batch, 48], w=draw(48, 3))
    found, photo = read(made, sizes={"": asked}), draw(*sides)
    assert found.network.shape == sides
    row = photo.transpose(order).reshape(1, 48)
    close(gives(found, photo), run(made, np.repeat(row, 4 if batch == 4 else 1, 0))[0])


def test_a_row_asks_once_which_picture_it_is(tmp_path: Path) -> None:
    Image.fromarray(np.arange(3600, dtype=np.uint32).astype(np.uint8).reshape(60, 60)).save(tmp_path / "p.png")
    onnx.save(model([node("Gemm", "x w", "out")], ["N", 48], w=draw(48, 3)), tmp_path / "m.onnx")
    with pytest.raises(SheetnetError, match="say which picture its 48 numbers are, such as --input-shape 3,4,4"):
        sheetnet.build(tmp_path / "p.png", tmp_path / "o.xlsx", model=tmp_path / "m.onnx")
    how = modelfile.Reading(input_shape="6,8")
    built = sheetnet.build(tmp_path / "p.png", tmp_path / "o.xlsx", model=tmp_path / "m.onnx", reading=how)
    assert built.report is not None
    assert built.report.proven


def test_a_row_is_not_a_picture_of_another_size() -> None:
    with pytest.raises(ModelFileError, match="--input-shape"):
        read(model([node("Gemm", "x w", "out")], ["N", 48], w=draw(48, 3)), sizes={"": [5, 5]})


@pytest.mark.parametrize("shape", [[4, -1], [4, 72], [0, -1], [-1, 72]])
def test_a_batch_of_a_fixed_size_is_brought_to_one(shape: list[int]) -> None:
    nodes, constants = dense(72, "c", shape)
    made = model([node("Conv", "x k", "c"), *nodes], [4, 3, 8, 8], k=draw(2, 3, 3, 3), **constants)
    found, x = read(made), draw(4, 3, 8, 8)
    assert "4 pictures at once: read as one" in found.notes
    close(gives(found, x[0]), run(made, x)[0])


def test_rows_and_pictures_in_grey_may_have_a_batch_of_a_fixed_size_too() -> None:
    nodes, constants = dense(30, "x", [8, 30])
    made, x = model(nodes, [8, 6, 5], **constants), draw(8, 6, 5)
    close(gives(read(made), x[:1]), run(made, x)[0])


@pytest.mark.parametrize(
    "mixing",
    [
        node("Softmax", "f", "g", axis=0),
        node("ReduceMean", "f", "g", axes=[0]),
        node("Transpose", "f", "g", perm=[1, 0]),
        node("Concat", "f f", "g", axis=0),
        node("Gather", "f zero", "g", axis=0),
        node("Slice", "f zero one zero", "g"),
        node("Unsqueeze", "f zero", "g"),
    ],
)
def test_a_model_that_works_along_its_batch_is_refused(mixing: onnx.NodeProto) -> None:
    made = model([node("Flatten", "x", "f"), mixing, node("Relu", "g", "out")], [4, 1, 4, 4], zero=[0], one=[1])
    with pytest.raises(ModelFileError, match="works along the 4 pictures"):
        read(made)


def test_evaluate_takes_an_onnx_file(tmp_path: Path) -> None:
    """Bright or dark: the mean decides."""
    weight = np.stack([np.full(16, 1.0), np.full(16, -1.0)], 1)
    nodes = [node("Reshape", "x s", "r"), node("Gemm", "r w c", "out")]
    onnx.save(model(nodes, ["N", 4, 4], s=np.array([-1, 16]), w=weight, c=[-8.0, 8.0]), tmp_path / "m.onnx")
    (tmp_path / "names.txt").write_text("bright\ndark\n", encoding="utf-8")
    for name, value in (("bright", 250), ("dark", 5)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("L", (9, 9), value).save(tmp_path / "pictures" / name / "a.png")
    how = modelfile.Reading(classes=tmp_path / "names.txt")
    assert sheetnet.evaluate(tmp_path / "m.onnx", tmp_path / "pictures", reading=how).score.accuracy == 1

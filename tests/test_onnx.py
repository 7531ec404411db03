"""ONNX in: exports that users make, the ways constants and shapes are written, and what is refused and how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from each import each
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from sheetnet import engine, modelfile
from sheetnet.errors import ModelFileError
from sheetnet.folding import fold
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.reading.constants import COMPUTED
from sheetnet.modelfile.onnx.reading.operators import TABLE

CASES = Path(__file__).parent / "onnx_cases"
EXPORTS = sorted(path.name for path in CASES.glob("*.onnx"))
RNG = np.random.default_rng(7)


def graph(
    nodes: list[Any],
    constants: dict[str, Any] | None = None,
    shape: Any = (1, 3, 4, 4),
    opset: int = 17,
    out: str = "out",
    kind: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    weights = [
        numpy_helper.from_array(np.asarray(value, dtype=getattr(value, "dtype", np.float32)), name)
        for name, value in (constants or {}).items()
    ]
    inputs = [helper.make_tensor_value_info("x", kind, shape)]
    made = helper.make_graph(
        nodes, "g", inputs, [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)], weights
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def node(kind: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), output.split(), name=f"{output}_node", **attributes)


def draw(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def read(model: onnx.ModelProto, **options: Any) -> models.Imported:
    if options.get("picture", True):
        options.setdefault("front", models.Preprocessing(scale=1))
    return models.imported(models.check(model, "m.onnx"), "m.onnx", **options)


def run(found: models.Imported, photo: np.ndarray) -> dict[str, np.ndarray]:
    values = {"photo.out": photo.astype(np.float64), "truth.out": np.zeros(len(found.network.classes))}
    return engine.forward(found.network, values, found.parameters)


def same(model: onnx.ModelProto, *, last: bool = False, **options: Any) -> models.Imported:
    """Import, and hold the first output against onnxruntime."""
    found = read(model, **options)
    (shape,) = (tuple(d.dim_value or 1 for d in i.type.tensor_type.shape.dim) for i in model.graph.input)
    x = draw(*shape)
    (want, *_) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})
    got = run(found, x[0].transpose(2, 0, 1) if last else x[0])[found.outputs[model.graph.output[0].name]]
    np.testing.assert_allclose(got.reshape(want.shape), want, rtol=1e-5, atol=1e-6)
    return found


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_as_users_make_them_gives_the_numbers_of_onnxruntime(name: str) -> None:
    found = models.load(CASES / name, front=models.Preprocessing(scale=1))
    session = onnxruntime.InferenceSession(CASES / name)
    shape = [n if isinstance(n, int) else 1 for n in session.get_inputs()[0].shape]
    x = np.random.default_rng(1).uniform(0, 1, shape).astype(np.float32)
    (want,) = session.run(None, {session.get_inputs()[0].name: x})
    photo = x[0].transpose(2, 0, 1) if shape[3] == 3 else x[0]
    ((_, tensor),) = found.outputs.items()
    np.testing.assert_allclose(run(found, photo)[tensor], want[0], rtol=1e-5, atol=1e-6)
    assert found.network.nodes[-1].layer.kind == "crossentropy"
    moved = [n.layer for n in found.network.nodes if n.layer.kind in ("transpose", "identity")]
    assert not [one for one in moved if len(getattr(one, "axes", ())) < 5]  # with 5 it makes pixels of channels


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.npz")))
@pytest.mark.parametrize("exporter", ["legacy", "dynamo"])
def test_both_exporters_give_the_numbers_of_pytorch(name: str, exporter: str) -> None:
    found = models.load(CASES / f"{name}-{exporter}.onnx", front=models.Preprocessing(scale=1))
    with np.load(CASES / f"{name}.npz") as case:
        ((_, tensor),) = found.outputs.items()
        np.testing.assert_allclose(run(found, case["x"][0])[tensor], case["out"][0], rtol=1e-5, atol=1e-6)


def test_layers_have_readable_names() -> None:
    names = [n.name for n in models.load(CASES / "resnet-b-dynamo.onnx").network.nodes]
    assert {"conv1", "layer1_0_conv1", "layer2_0_shortcut_0", "linear"} <= set(names)
    assert {"conv2d", "dense"} <= {n.name for n in models.load(CASES / "keras.onnx").network.nodes}


def test_weights_may_be_constants_inputs_with_a_default_or_computed() -> None:
    weight, bias = draw(2, 3, 3, 3), draw(2)
    plain = graph([node("Conv", "x w b", "out")], {"w": weight, "b": bias})
    as_node = graph(
        [node("Constant", "", "w", value=numpy_helper.from_array(weight)), node("Conv", "x w b", "out")], {"b": bias}
    )
    turned = graph(
        [node("Transpose", "v", "w", perm=[1, 0, 2, 3]), node("Conv", "x w b", "out")],
        {"v": weight.transpose(1, 0, 2, 3), "b": bias},
    )
    for model in (plain, as_node, turned):
        assert (
            np.array_equal(same(model).parameters["out_node.weight"], weight.astype(np.float64)) or model is not plain
        )


def test_numbers_for_inputs_become_weights_where_weights_are_needed() -> None:
    model = graph([node("Conv", "x w", "out")], shape=(1, 1, 4, 4))
    model.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, (2, 1, 3, 3)))
    given = {"x": draw(1, 1, 4, 4), "w": draw(2, 1, 3, 3)}
    found = read(model, picture=False, values=given)
    assert found.inputs["x"] == "x.out"
    assert found.inputs["w"].endswith(".weight")
    (want,) = ReferenceEvaluator(model).run(None, given)
    got = engine.forward(found.network, {}, found.parameters)[found.outputs["out"]]
    np.testing.assert_allclose(got, want, rtol=1e-5)
    with pytest.raises(ModelFileError, match="the weight of a convolution must be a constant"):
        read(model, picture=False)


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_softmax_of_old_opsets_takes_all_axes_from_one_on(axis: int) -> None:
    same(graph([node("Softmax", "x", "out", axis=axis)], opset=11))


def test_addition_in_opset_6_stands_at_an_axis() -> None:
    model = graph([node("Add", "x c", "out", broadcast=1, axis=1)], {"c": np.arange(3, dtype=np.float32)}, opset=6)
    found = read(model)
    x = draw(3, 4, 4)
    np.testing.assert_allclose(run(found, x)[found.outputs["out"]], x + np.arange(3)[:, None, None], rtol=1e-6)


def test_shape_arithmetic_is_folded() -> None:
    nodes = [
        node("Shape", "x", "s"), node("Gather", "s zero", "n", axis=0), node("Unsqueeze", "n zero1", "n1"),
        node("Concat", "n1 minus", "t", axis=0), node("Reshape", "x t", "f"), node("MatMul", "f w", "d"),
        node("Add", "d b", "out"),
    ]  # fmt: skip
    constants = {"zero": np.array(0), "zero1": np.array([0]), "minus": np.array([-1]), "w": draw(48, 2), "b": draw(2)}
    found = same(graph(nodes, constants))
    assert [n.layer.kind for n in found.network.nodes] == ["flatten", "dense", "softmax", "crossentropy"]


def test_gelu_spelled_out_is_one_layer() -> None:
    nodes = [
        node("Div", "x r", "a"), node("Erf", "a", "e"), node("Add", "e one", "p"),
        node("Mul", "x p", "m"), node("Mul", "m half", "out"),
    ]  # fmt: skip
    found = same(graph(nodes, {"r": np.float32(np.sqrt(2)), "one": np.float32(1), "half": np.float32(0.5)}))
    assert [n.layer.kind for n in found.network.nodes] == ["gelu"]


def test_what_arithmetic_repeats_by_itself_needs_no_expand() -> None:
    nodes = [
        node("GlobalAveragePool", "x", "m"), node("Sigmoid", "m", "g"),
        node("Shape", "x", "s"), node("Expand", "g s", "e"), node("Mul", "x e", "out"),
    ]  # fmt: skip
    found = same(graph(nodes))
    assert [n.layer.kind for n in found.network.nodes] == ["globalavgpool", "sigmoid", "mul"]
    assert not found.network.extra
    alone = same(graph([*nodes[:2], node("Expand", "g size", "out")], {"size": np.array([1, 3, 2, 5])}))
    assert alone.network.shapes[alone.outputs["out"]] == (3, 2, 5)
    refused = graph([node("Expand", "x size", "out")], {"size": np.array([1, 3, 2, 5])})
    with pytest.raises(ModelFileError, match=r"'out_node'.*cannot expand \[1, 3, 4, 4\]"):
        read(refused)


def test_a_batch_normalization_of_a_column_takes_its_only_axis() -> None:
    norm = {name: np.abs(draw(5)) + 0.5 for name in ("s", "o", "m", "v")}
    nodes = [
        node("Flatten", "x", "f"), node("MatMul", "f w", "d"),
        node("BatchNormalization", "d s o m v", "n"), node("Relu", "n", "out"),
    ]  # fmt: skip
    found = same(graph(nodes, {"w": draw(48, 5), **norm}))
    assert "batchnorm" in [n.layer.kind for n in found.network.nodes]


def test_a_batch_normalization_is_a_step_of_its_own_or_folded_on_request() -> None:
    norm = {name: np.abs(draw(2)) + 0.5 for name in ("s", "o", "m", "v")}
    model = graph(
        [node("Conv", "x w", "c"), node("BatchNormalization", "c s o m v", "out")], {"w": draw(2, 3, 3, 3), **norm}
    )
    assert [n.layer.kind for n in same(model).network.nodes] == ["conv2d", "batchnorm"]
    found = same(model)
    network, parameters = fold(found.network, found.parameters)
    assert [n.layer.kind for n in network.nodes] == ["conv2d"]
    x = draw(3, 4, 4)
    got = run(replace(found, network=network, parameters=parameters), x)[f"{network.nodes[0].name}.out"]
    (want, *_) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x[None]})
    np.testing.assert_allclose(got, want[0], rtol=1e-5, atol=1e-6)


def test_channels_that_come_last_need_no_transposes() -> None:
    nodes = [
        node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "c"),
        node("Transpose", "c", "b", perm=[0, 2, 3, 1]),
        node("Mul", "b per_channel", "m"), node("Reshape", "m flat", "f"), node("MatMul", "f d", "out"),
    ]  # fmt: skip
    constants = {"w": draw(2, 3, 3, 3), "per_channel": draw(2), "flat": np.array([1, 8]), "d": draw(8, 3)}
    found = same(graph(nodes, constants, shape=(1, 4, 4, 3)), last=True)
    assert [n.layer.kind for n in found.network.nodes][:4] == ["conv2d", "mul", "flatten", "dense"]
    nodes[-1:] = [node("Relu", "f", "r"), node("MatMul", "r d", "out")]  # now the order of the column shows
    same(graph(nodes, constants, shape=(1, 4, 4, 3)), last=True)


def test_preprocessing_stands_in_front() -> None:
    model = graph([node("Relu", "x", "out")])
    x = RNG.integers(0, 256, (3, 4, 4)).astype(np.float64)
    front = models.Preprocessing([0.1, 0.2, 0.3], [0.5, 0.6, 0.7], 255.0, "bgr")
    found = read(model, front=front)
    want = (x[::-1] / 255 - np.array([0.1, 0.2, 0.3])[:, None, None]) / np.array([0.5, 0.6, 0.7])[:, None, None]
    np.testing.assert_allclose(run(found, x)[found.outputs["out"]], np.maximum(want, 0), rtol=1e-12)
    grey = read(model, front=models.Preprocessing(channels="grey"))
    assert grey.network.shape == (1, 4, 4)
    np.testing.assert_allclose(run(grey, x[:1])[grey.outputs["out"]], np.repeat(x[:1] / 255, 3, 0), rtol=1e-12)
    assert any("divided by 255" in note for note in grey.notes)


def test_a_model_that_takes_bytes_takes_pixels_as_they_are() -> None:
    nodes = [node("Cast", "x", "f", to=1), node("Div", "f most", "d"), node("Relu", "d", "out")]
    model = graph(nodes, {"most": np.float32(255)}, kind=TensorProto.UINT8)
    found = models.imported(models.check(model, "m.onnx"), "m.onnx")
    x = RNG.integers(0, 256, (3, 4, 4))
    np.testing.assert_allclose(run(found, x)[found.outputs["out"]], x / 255, rtol=1e-12)
    assert "the model takes whole numbers: pixels stay 0 to 255" in found.notes
    assert [n.layer.kind for n in found.network.nodes] == ["div", "relu"]


def test_symbolic_sizes_are_asked_for_by_name_and_given() -> None:
    model = graph([node("Relu", "x", "out")], shape=("batch", 3, "height", "width"))
    with pytest.raises(ModelFileError, match=r"'x' \[batch, 3, height, width\].*--input-shape"):
        read(model)
    assert read(model, sizes={"": [3, 5, 6]}).network.shape == (3, 5, 6)
    assert read(model, sizes={"x": [1, 3, 5, 6]}).network.shape == (3, 5, 6)
    with pytest.raises(ModelFileError, match="--input-shape"):
        read(model, sizes={"": [4, 5, 6]})


def test_everything_that_cannot_be_imported_is_told_at_once() -> None:
    nodes = [
        node("Hardmax", "x", "a"), node("Relu", "a", "b"),
        helper.make_node("Fancy", ["b"], ["c"], name="mine", domain="my.own"),
        node("MaxPool", "c", "d", kernel_shape=[2, 2], secret=1), node("Erf", "d", "a2"),
        node("Hardmax", "a2", "out"),
    ]  # fmt: skip
    with pytest.raises(ModelFileError) as error:
        read(graph(nodes))
    text = str(error.value)
    assert "5 nodes" in text
    assert "Fancy ('mine'): the domain 'my.own' is not known" in text
    assert text.count("there is no layer for it") == 1  # said once for all that it is said of
    for part in ("Hardmax ('a_node', 'out_node')", "Erf ('a2_node')", "MaxPool ('d_node')", "'secret'"):
        assert part in text
    assert "\n" not in text


def _bad(what: str) -> onnx.ModelProto:
    model = graph([node("Relu", "x", "a"), node("Relu", "a", "out")], {"w": draw(2)})
    g = model.graph
    if what == "cycle":
        g.node[0].input[0] = "out"
    elif what == "missing":
        g.node[1].input[0] = "nowhere"
    elif what == "twice":
        g.node[1].output[0] = "a"
        g.output[0].name = "a"
    elif what == "external":
        g.initializer[0].data_location = TensorProto.EXTERNAL
    elif what == "huge":
        g.initializer[0].dims[:] = [1 << 40, 1 << 20]
    elif what == "short":
        g.initializer[0].dims[:] = [5]
    elif what == "opset":
        model.opset_import[0].version = 5
    elif what == "later":
        model.opset_import[0].version = 999
    elif what == "subgraph":
        g.node[0].CopyFrom(helper.make_node("If", ["x"], ["a"], name="if", then_branch=g, else_branch=g))
    elif what == "integers":
        g.input[0].type.tensor_type.elem_type = TensorProto.INT32
    elif what == "wide":
        g.input[0].type.tensor_type.shape.dim[2].dim_value = 1 << 40
    elif what == "empty":
        g.input[0].type.tensor_type.shape.dim[2].dim_value = 0
    return model


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("cycle", "a cycle"),
        ("missing", "which nothing makes"),
        ("twice", "made twice"),
        ("external", "another file"),
        ("huge", "is not possible"),
        ("short", "do not match"),
        ("opset", "opset 5"),
        ("later", "opset 999"),
        ("subgraph", "control flow"),
        ("integers", "whole numbers"),
        ("wide", "shape"),
        ("empty", "shape"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_in_one_line(what: str, said: str) -> None:
    with pytest.raises(ModelFileError, match=said) as error:
        read(_bad(what))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", sorted({*TABLE, *COMPUTED, "Erf", "Constant", "Hardmax"}))
def test_an_operator_with_inputs_that_do_not_fit_it_is_refused_and_nothing_worse(kind: str) -> None:
    def check(inputs: list[str]) -> None:
        odd = helper.make_node(kind, inputs, ["a"], name="odd")
        erf = helper.make_node("Erf", inputs, ["e"], name="erf")
        with pytest.raises(ModelFileError, match=r"Erf \(('odd', )?'erf'\): there is no layer for it") as error:
            read(graph([odd, node("Mul", "a a", "m"), erf, node("Mul", "m e", "out")]))
        assert "\n" not in str(error.value)

    each(((str(inputs), inputs) for inputs in ([], [""], ["x", ""], ["", "x"], ["x"] * 6)), check)


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = (CASES / "tinyvgg-dynamo.onnx").read_bytes()
    for length in range(0, len(whole) - 1, 97):
        (tmp_path / "cut.onnx").write_bytes(whole[:length])
        with pytest.raises(ModelFileError):
            models.load(tmp_path / "cut.onnx")


def test_more_than_one_picture_is_no_picture_network() -> None:
    model = graph([node("Add", "x y", "out")])
    model.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 3, 4, 4)))
    with pytest.raises(ModelFileError, match="takes no picture"):
        read(model, picture=True)
    assert read(model, front=None).network.shape == ()


def test_labels_are_read_one_per_line_and_must_fit(tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("\ufeffcat\ndog\n\nbird \nfish\n", encoding="utf-8")
    how = modelfile.Reading(classes=labels)
    found = modelfile.open_model(CASES / "tinyvgg-legacy.onnx", how)
    network, notes = found.network, found.notes
    assert network is not None
    assert network.classes == ("cat", "dog", "bird", "fish")
    assert any("255" in note for note in notes)
    labels.write_text("cat\ndog\n", encoding="utf-8")
    with pytest.raises(ModelFileError, match="2 names, the model tells 4"):
        modelfile.open_model(CASES / "tinyvgg-legacy.onnx", how)
    labels.write_text("cat\ncat\n", encoding="utf-8")
    with pytest.raises(ModelFileError, match="twice"):
        modelfile.open_model(CASES / "tinyvgg-legacy.onnx", how)


@pytest.mark.parametrize(
    "how",
    [
        {"mean": "a"},
        {"std": "0"},
        {"scale": 0.0},
        {"input_shape": "3,x"},
        {"mean": "1,2"},
        {"input_shape": "q:3,4,4"},
    ],
)
def test_wrong_options_are_told(how: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError):
        modelfile.open_model(CASES / "tinyvgg-legacy.onnx", modelfile.Reading(**how))

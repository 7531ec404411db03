"""Operators of picture networks in the wild, against onnxruntime; and what is left out with a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from PIL import Image
from test_onnx_inputs import close, draw, gives, model, node, read, run

import sheetnet
from sheetnet import engine
from sheetnet.errors import ModelFileError

WINDOWS = [0, 2, 3, 3, 4, 5], [0, 1, 2, 2, 3, 4, 5, 6, 7]  # rows and columns of uneven windows
END = [node("GlobalAveragePool", "y", "p"), node("Flatten", "p", "out")]


def ways() -> list[Any]:
    """Operators between a picture x (1, 3, 6, 8) and y: their nodes, and their constants."""
    one = node
    scale, bias = draw(3), draw(3)[::-1].copy()
    found: dict[str, tuple[list[onnx.NodeProto], dict[str, Any]]] = {
        "abs, sqrt and log": (
            [one("Abs", "x", "a"), one("Sqrt", "a", "b"), one("Add", "b c", "d"), one("Log", "d", "y")],
            {"c": 1.5},
        ),
        "neg and exp": ([one("Neg", "x", "a"), one("Exp", "a", "y")], {}),
        "a square": ([one("Pow", "x two", "y")], {"two": 2.0}),
        "a whole exponent": ([one("Pow", "x three", "y")], {"three": np.array(3)}),
        "one by a number": ([one("Exp", "x", "a"), one("Reciprocal", "a", "y")], {}),
        "a power for each channel": ([one("Exp", "x", "a"), one("Pow", "a e", "y")], {"e": scale.reshape(3, 1, 1)}),
        "divided by its length": (
            [one("ReduceL2", "x", "a", axes=[1]), one("Clip", "a c", "b"), one("Div", "x b", "y")],
            {"c": 0.5},
        ),
        "the logarithm of all exponentials": (
            [one("ReduceLogSumExp", "x", "a", axes=[2]), one("Add", "x a", "y")],
            {},
        ),
        "lrn": ([one("LRN", "x", "y", size=3, alpha=0.5, beta=0.75, bias=2.0)], {}),
        "instance norm": ([one("InstanceNormalization", "x s b", "y", epsilon=0.01)], {"s": scale, "b": bias}),
        "layer norm": ([one("LayerNormalization", "x s b", "y")], {"s": draw(8), "b": draw(8)}),
        "layer norm over all": ([one("LayerNormalization", "x s", "y", axis=1)], {"s": draw(3, 6, 8)}),
        "transposed convolution": (
            [one("ConvTranspose", "x k b", "y", strides=[2, 3], pads=[1, 0, 1, 2], output_padding=[1, 2])],
            {"k": draw(3, 2, 3, 2), "b": draw(2)},
        ),
        "transposed convolution in groups, dilated": (
            [one("ConvTranspose", "x k", "y", group=3, dilations=[2, 1], pads=[3, 1, 3, 1])],
            {"k": draw(3, 2, 3, 3)},
        ),
        "transposed convolution, same": (
            [one("ConvTranspose", "x k", "y", strides=[2, 2], auto_pad="SAME_UPPER")],
            {"k": draw(3, 2, 3, 3)},
        ),
        "transposed convolution that cuts off much": (
            [one("ConvTranspose", "x k", "y", strides=[3, 3], pads=[4, 4, 4, 4])],
            {"k": draw(3, 2, 3, 3)},
        ),
        "nearest": (
            [one("Resize", "x none f", "y", coordinate_transformation_mode="asymmetric", nearest_mode="floor")],
            {"none": np.zeros(0, np.float32), "f": [1.0, 1.0, 2.0, 3.0]},
        ),
        "nearest, smaller": (
            [one("Resize", "x none f", "y")],
            {"none": np.zeros(0, np.float32), "f": [1.0, 1.0, 0.5, 0.4]},
        ),
        "linear": (
            [one("Resize", "x none f", "y", mode="linear", coordinate_transformation_mode="half_pixel")],
            {"none": np.zeros(0, np.float32), "f": [1.0, 1.0, 2.0, 2.0]},
        ),
        "linear, corners": (
            [one("Resize", "x none none s", "y", mode="linear", coordinate_transformation_mode="align_corners")],
            {"none": np.zeros(0, np.float32), "s": np.array([1, 3, 9, 5])},
        ),
        "cubic": (
            [one("Resize", "x none f", "y", mode="cubic")],
            {"none": np.zeros(0, np.float32), "f": [1.0, 1.0, 2.0, 1.5]},
        ),
        "depth to space": (
            [one("Conv", "x k", "a"), one("DepthToSpace", "a", "y", blocksize=2)],
            {"k": draw(8, 3, 1, 1)},
        ),
        "depth to space, channels first": (
            [one("Conv", "x k", "a"), one("DepthToSpace", "a", "y", blocksize=2, mode="CRD")],
            {"k": draw(8, 3, 1, 1)},
        ),
        "space to depth": ([one("SpaceToDepth", "x", "y", blocksize=2)], {}),
        "every second row, backwards": (
            [one("Slice", "x s e a t", "y")],
            {"s": np.array([-1]), "e": np.array([-100]), "a": np.array([2]), "t": np.array([-2])},
        ),
        "every second channel": (
            [one("Slice", "x s e a t", "y")],
            {"s": np.array([0]), "e": np.array([3]), "a": np.array([1]), "t": np.array([2])},
        ),
        "chosen columns": ([one("Gather", "x i", "y", axis=3)], {"i": np.array([7, 0, 0, -2])}),
        "columns in windows": (
            [one("Gather", "x i", "g", axis=3), one("ReduceMean", "g", "y", axes=[4], keepdims=0)],
            {"i": np.array([[0, 1, 2], [2, 3, 4], [5, 6, 7]])},
        ),
        "rows and columns in windows": (
            [
                one("Transpose", "x", "t", perm=[2, 3, 0, 1]),
                one("GatherND", "t i", "g"),
                one("Transpose", "g", "u", perm=[4, 5, 0, 1, 2, 3]),
                one("ReduceMean", "u", "y", axes=[3, 5], keepdims=0),
            ],
            {"i": np.stack(np.broadcast_arrays(*np.ix_(*WINDOWS)), -1).reshape(2, 3, 3, 3, 2)},
        ),
        "softplus as PyTorch has it": (
            [one("Softplus", "x", "s"), one("Greater", "x c", "g"), one("Where", "g x s", "y")],
            {"c": 20.0},
        ),
        "a sum": ([one("ReduceSum", "x a", "r"), one("Mul", "x r", "y")], {"a": np.array([3])}),
        "expand": (
            [one("ReduceMean", "x", "r", axes=[2]), one("Expand", "r s", "e"), one("Mul", "e x", "y")],
            {"s": np.array([1, 3, 6, 8])},
        ),
        "where": ([one("Where", "c x z", "y")], {"c": draw(6, 8) > 0, "z": np.full((6, 8), -np.inf)}),
    }
    found["where"] = ([one("Where", "c x z", "y")], {"c": draw(6, 8) > 0, "z": draw(3, 6, 8)})
    return [pytest.param(nodes, constants, id=name) for name, (nodes, constants) in found.items()]


def made_of(nodes: list[onnx.NodeProto], constants: dict[str, Any]) -> onnx.ModelProto:
    made = model([*nodes, *END], [1, 3, 6, 8], **{k: v for k, v in constants.items() if np.asarray(v).dtype != bool})
    for name, value in constants.items():
        if np.asarray(value).dtype == bool:
            made.graph.initializer.append(numpy_helper.from_array(value, name))
    return made


WHERE = [(), (8,), (3, 1, 1), (1, 1, 6, 1), (1, 3, 6, 8)]  # shapes that broadcast to that of x


@pytest.mark.parametrize("other", WHERE)
@pytest.mark.parametrize("condition", WHERE)
@pytest.mark.parametrize("axes", [[], [2, 3], [1]])
def test_where_has_the_shape_to_which_all_three_broadcast(
    axes: list[int], condition: tuple[int, ...], other: tuple[int, ...]
) -> None:
    """The chosen value is a picture, or its means over some axes; what else there is, numbers or zeros."""
    start = [node("ReduceMean", "x", "m", axes=axes)] if axes else [node("Identity", "x", "m")]
    which = {
        "every second": np.arange(np.prod(condition, dtype=int)).reshape(condition) % 2 == 0,
        "all": np.full(condition, True),
    }
    for choice, numbers in ((which[k], value) for k in which for value in (draw(*other), np.zeros(other))):
        for inputs in ("c m z", "c z m"):
            nodes = [*start, node("Where", inputs, "w"), node("Add", "w x", "y")]
            made, x = made_of(nodes, {"c": choice, "z": numbers}), draw(1, 3, 6, 8)
            close(gives(read(made), x[0]), run(made, x))
        shape = np.broadcast_shapes(condition, other, [1 if k in axes else n for k, n in enumerate((1, 3, 6, 8))])
        alone = [*start, node("Where", "c m z", "y")]
        if shape == (1, 3, 6, 8):
            made, x = made_of(alone, {"c": choice, "z": numbers}), draw(1, 3, 6, 8)
            close(gives(read(made), x[0]), run(made, x))


@pytest.mark.parametrize(("nodes", "constants"), ways())
def test_an_operator_gives_the_numbers_of_onnxruntime(nodes: list[onnx.NodeProto], constants: dict[str, Any]) -> None:
    made, x = made_of(nodes, constants), draw(1, 3, 6, 8)
    close(gives(read(made), x[0]), run(made, x))


def test_group_normalization_has_a_number_for_each_channel_since_opset_21() -> None:
    for opset, count in ((18, 2), (21, 4)):
        nodes = [node("Conv", "x k", "a"), node("GroupNormalization", "a s b", "y", num_groups=2), *END]
        made = model(nodes, [1, 3, 6, 8], k=draw(4, 3, 1, 1), s=draw(count), b=draw(count))
        made.opset_import[0].version = opset
        made.ir_version = 10
        found, x = read(made), draw(1, 3, 6, 8)
        want = ReferenceEvaluator(made).run(None, {"x": x})[0]
        close(gives(found, x[0]), want)


@pytest.mark.parametrize("end", ["ArgMax", "ZipMap"])
def test_the_choice_at_the_end_is_left_out_with_a_word(end: str) -> None:
    x = draw(1, 1, 4, 4)
    nodes = [node("Flatten", "x", "f"), node("Gemm", "f w", "g"), node("Softmax", "g", "s")]
    whole = model([*nodes[:2], node("Softmax", "g", "out")], [1, 1, 4, 4], w=draw(16, 3))
    if end == "ArgMax":
        last = [node("ArgMax", "s", "a", axis=1, keepdims=0), node("Cast", "a", "out", to=TensorProto.INT32)]
    else:
        zipped = helper.make_node("ZipMap", ["s"], ["out"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2])
        label = [
            node("ArgMax", "s", "a", axis=1),
            helper.make_node("LabelEncoder", ["a"], ["l"], domain="ai.onnx.ml"),
        ]
        last = [*label, zipped]
    made = model([*nodes, *last], [1, 1, 4, 4], w=draw(16, 3))
    if end == "ZipMap":
        made.graph.output.append(helper.make_tensor_value_info("l", TensorProto.INT64, None))
        made.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    found = read(made)
    assert found.network.line_up is not None
    assert any(f"{end}" in one and "left out" in one for one in found.notes)
    values = engine.forward(
        found.network, {"photo.out": x[0].astype(float), "truth.out": np.zeros(3)}, found.parameters
    )
    close(values[f"{found.network.line_up.name}.out"], run(whole, x))


def test_an_argmax_in_the_middle_is_refused() -> None:
    nodes = [node("ArgMax", "x", "a", axis=1), node("Cast", "a", "c", to=1), node("Relu", "c", "out")]
    with pytest.raises(ModelFileError, match="ArgMax"):
        read(model(nodes, [1, 3, 4, 4]))


def test_weights_of_bfloat16_are_read() -> None:
    made = model([node("Conv", "x k", "y"), *END], [1, 3, 6, 8])
    kernel = np.round(draw(2, 3, 3, 3) * 8) / 8  # short enough for 8 bits
    weight = helper.make_tensor("k16", TensorProto.BFLOAT16, kernel.shape, kernel.reshape(-1))
    made.graph.initializer.append(weight)
    made.graph.node.insert(0, node("Cast", "k16", "k", to=TensorProto.FLOAT))
    plain, x = model([node("Conv", "x k", "y"), *END], [1, 3, 6, 8], k=kernel), draw(1, 3, 6, 8)
    close(gives(read(made), x[0]), run(plain, x))


@pytest.mark.parametrize("each", [False, True])
def test_constant_weights_of_eight_bits_are_read(each: bool) -> None:
    whole = np.random.default_rng(3).integers(-128, 128, (4, 3, 3, 3)).astype(np.int8)
    scale = draw(4) ** 2 if each else np.float32(0.01)
    zero = np.arange(4).astype(np.int8) if each else np.int8(3)
    nodes = [node("DequantizeLinear", "q s z", "k", **({"axis": 0} if each else {})), node("Conv", "x k", "y"), *END]
    made, x = model(nodes, [1, 3, 6, 8], s=scale), draw(1, 3, 6, 8)
    made.graph.initializer.extend(
        [numpy_helper.from_array(whole, "q"), numpy_helper.from_array(np.asarray(zero), "z")]
    )
    close(gives(read(made), x[0]), run(made, x))


def test_a_network_of_many_of_them_is_built_and_proven(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x k", "a"), node("InstanceNormalization", "a s b", "i"), node("Mish", "i", "m"),
        node("Resize", "m none f", "r", mode="linear"), node("LRN", "r", "l", size=3),
        node("ConvTranspose", "l t", "c", strides=[2, 2]), node("SpaceToDepth", "c", "d", blocksize=2),
        node("Abs", "d", "n"), node("GlobalAveragePool", "n", "p"), node("Flatten", "p", "q"),
        node("LayerNormalization", "q g", "o"), node("Softmax", "o", "out"), node("ArgMax", "out", "best", axis=1),
    ]  # fmt: skip
    constants = {"k": draw(2, 3, 3, 3), "s": draw(2), "b": draw(2), "none": np.zeros(0, np.float32)}
    constants |= {"f": [1.0, 1.0, 2.0, 2.0], "t": draw(2, 1, 2, 2), "g": draw(4)}
    made = model(nodes, [1, 3, 6, 6], **constants)
    made.opset_import[0].version = 18
    onnx.save(made, tmp_path / "m.onnx")
    pixels = np.random.default_rng(1).integers(0, 256, (30, 30, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    built = sheetnet.build(tmp_path / "p.png", tmp_path / "o.xlsx", model=tmp_path / "m.onnx")
    assert built.report is not None
    assert built.report.proven
    again = tmp_path / "again.onnx"
    sheetnet.convert(tmp_path / "m.onnx", again)
    photo = np.asarray(draw(1, 3, 6, 6) * 50)
    first = onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"x": photo / 255})[0]
    close(onnxruntime.InferenceSession(again).run(None, {"photo": photo})[0], np.asarray(first))

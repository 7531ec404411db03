"""Hostile .onnx files, put together with the package onnx; see ``models``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hostile.kinds import READ, REFUSED, Kind, adder

INT, FLOAT = TensorProto.INT64, TensorProto.FLOAT
Node = Callable[..., Any]
node = helper.make_node
KINDS: dict[str, Kind] = {}
kind = adder(KINDS)


def save(folder: Path, nodes: list[Any], weights: dict[str, Any] | None = None, **more: Any) -> Path:
    """A model that reads x, a picture of 3x8x8, and gives y."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **more)
    path = folder / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def softmax(folder: Path) -> Path:
    """A sound model of two classes."""
    weights = {"w": np.ones((192, 2), np.float32)}
    return save(folder, [node("Flatten", ["x"], ["f"]), node("MatMul", ["f", "w"], ["y"])], weights)


def chain(folder: Path, first: Any, weights: dict[str, Any], kind: str, count: int, **attributes: Any) -> Path:
    """A constant, and ``count`` operators that each make as large a one of it."""
    nodes = [first]
    nodes += [node(kind, [f"k{n}"] * (2 if kind == "Add" else 1), [f"k{n + 1}"], **attributes) for n in range(count)]
    return save(folder, [*nodes, node("Add", ["x", f"k{count}"], ["y"])], weights)


def repeated(folder: Path, count: int) -> Path:
    """One weight that many layers read, each of which keeps it in its own cells."""
    nodes = [node("Flatten", ["x"], ["f"]), node("MatMul", ["f", "w"], ["h0"])]
    nodes += [node("MatMul", [f"h{n}", "v"], [f"h{n + 1}"]) for n in range(count)]
    nodes.append(node("Relu", [f"h{count}"], ["y"]))
    return save(folder, nodes, {"w": np.ones((192, 1000), "f2"), "v": np.ones((1000, 1000), "f2")})


def varint(value: int) -> bytes:
    """A whole number as the format writes it."""
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def field(number: int, data: bytes) -> bytes:
    """A field with a length."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def raw(folder: Path, graph: bytes) -> Path:
    """A file whose graph has these bytes: 1 is a node, 5 a weight, 11 an input, 12 an output."""
    opset = field(8, b"\x10\x11")
    path = folder / "m.onnx"
    path.write_bytes(b"\x08\x08" + opset + field(7, graph))
    return path


def nested(folder: Path, depth: int) -> Path:
    """If in If in If."""
    body = helper.make_graph([node("Identity", ["x"], ["z"])], "b", [], [])
    for level in range(depth):
        body = helper.make_graph([node("If", ["c"], [f"z{level}"], then_branch=body, else_branch=body)], "b", [], [])
    inner = node("If", ["c"], ["y"], then_branch=body, else_branch=body)
    return save(folder, [inner], {"c": np.array(True)})


def functions(folder: Path, depth: int, width: int, weight: int) -> Path:
    """Functions that call each other ``width`` times, ``depth`` deep; the last has a constant of so many numbers."""
    constant = node("Constant", [], ["k"], value=numpy_helper.from_array(np.ones(weight, np.float32)))
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    made = [helper.make_function("own", "f0", ["a"], ["b"], [constant, node("Identity", ["a"], ["b"])], opset)]
    for level in range(1, depth):
        calls = [node(f"f{level - 1}", ["a"], [f"b{n}"], domain="own") for n in range(width)]
        made.append(helper.make_function("own", f"f{level}", ["a"], ["b0"], calls, opset))
    call = node(f"f{depth - 1}", ["x"], ["y"], domain="own")
    graph = helper.make_graph(
        [call],
        "g",
        [helper.make_tensor_value_info("x", FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", FLOAT, None)],
    )
    model = helper.make_model(graph, functions=made, opset_imports=opset)
    path = folder / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def outside(folder: Path, location: str) -> Path:
    """A model whose weight lies in another file."""
    path = softmax(folder)
    model = onnx.load(path)
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    path.write_bytes(model.SerializeToString())
    return path


def doubling(folder: Path, times: int) -> Path:
    """A constant that is joined to itself again and again."""
    nodes = [node("Concat", [f"k{n}"] * 2, [f"k{n + 1}"], axis=0) for n in range(times)]
    return save(folder, [*nodes, node("Add", ["x", f"k{times}"], ["y"])], {"k0": np.ones(64, np.float32)})


def row(folder: Path, operator: str, count: int) -> Path:
    """So many operators, one behind the other."""
    names = ["x", *(f"a{k}" for k in range(1, count)), "y"]
    return save(folder, [node(operator, [names[k]], [names[k + 1]]) for k in range(count)])


# Constants that grow: x + operator(constants)

LARGE = "constant that is too large"
ONES = np.ones((1 << 12, 1), np.float32)


def whole(*values: int) -> Any:
    """Whole numbers as ONNX has them for shapes."""
    return np.array(values, dtype=np.int64)


for _name, _operator, _says, _given in (
    ("fill", "ConstantOfShape", LARGE, [whole(1 << 40)]),
    ("fill-overflow", "ConstantOfShape", LARGE, [whole(*[1 << 62] * 4)]),
    ("expand", "Expand", LARGE, [ONES, whole(1 << 12, 1 << 30)]),
    ("tile", "Tile", LARGE, [ONES, whole(1 << 20, 9)]),
    ("range", "Range", LARGE, [np.int64(0), np.int64(1 << 60), np.int64(1)]),
    ("range-of-tiny-steps", "Range", LARGE, [np.float64(0), np.float64(1), np.float64(1e-300)]),
    ("gather", "Gather", LARGE, [ONES.T, np.zeros((1 << 14, 1), np.int64)]),
    ("broadcast", "Add", LARGE, [ONES, ONES.T]),
    ("where", "Where", LARGE, [np.array(True), ONES, ONES.T]),
    ("matmul", "MatMul", "do not broadcast", [ONES, ONES.T]),
    ("pad", "Pad", "pads", [ONES, whole(0, 0, 1 << 40, 1 << 40)]),
    ("resize", "Resize", "do not fit its input", [ONES, ONES[:0, 0], ONES[:0, 0], whole(1 << 20, 1 << 40)]),
    ("resize-by", "Resize", LARGE, [ONES, ONES[:0, 0], np.array([9e5, 9e5], np.float32)]),
    ("upsample", "Upsample", LARGE, [ONES, np.array([9e5, 9e5], np.float32)]),
    ("spread", "ConvTranspose", "1 to 3 axes", [ONES, ONES]),
    ("one-hot", "OneHot", "no layer for it", [whole(1), whole(1 << 40), whole(0, 1)]),
):

    def _grown(folder: Path, operator: str = _operator, given: list[Any] = _given) -> Path:
        names = [f"c{k}" for k in range(len(given))]
        nodes = [node(operator, names, ["k"]), node("Add", ["x", "k"], ["y"])]
        return save(folder, nodes, dict(zip(names, given, strict=True)))

    kind(f"onnx-{_name}", REFUSED, _says)(_grown)

FILL = node("ConstantOfShape", ["s"], ["k0"])
SIZE = {"s": whole(1 << 22)}
for _name, _outcome, _says, _make in (
    ("sums", REFUSED, LARGE, lambda f: chain(f, FILL, SIZE, "Add", 60)),
    ("casts", REFUSED, "numbers", lambda f: chain(f, FILL, SIZE, "Cast", 60, to=TensorProto.DOUBLE)),
    ("joined-to-itself", REFUSED, LARGE, lambda f: doubling(f, 40)),
    ("weight-read-often", REFUSED, "numbers", lambda f: repeated(f, 60)),
    ("empty-nodes", REFUSED, "too many parts", lambda f: raw(f, b"\x0a\x00" * 1_500_000)),
    ("packed-numbers", REFUSED, "too many parts", lambda f: raw(f, field(5, field(7, b"\x01" * (60 << 20))))),
    (
        "shape-without-numbers",
        REFUSED,
        "numbers",
        lambda f: raw(f, field(5, b"\x08" + varint(1 << 24)) + field(12, b"")),
    ),
    ("nodes-30000", REFUSED, "30,000 nodes", lambda f: row(f, "Relu", 30_000)),
    ("layers-15000", REFUSED, "use up to", lambda f: row(f, "Relu", 15_000)),
    ("layers-4000", REFUSED, "a workbook takes", lambda f: row(f, "Relu", 4_000)),
    ("unknown-15000", REFUSED, "and 14980 more", lambda f: row(f, "Det", 15_000)),
    ("identities", READ, "", lambda f: row(f, "Identity", 15_000)),
    ("if-in-if", REFUSED, "control flow", lambda f: nested(f, 10)),
    ("functions-wide", REFUSED, "functions", lambda f: functions(f, 12, 10, 1)),
    ("functions-heavy", REFUSED, "functions", lambda f: functions(f, 4, 10, 200_000)),
    ("functions-deep", REFUSED, "nested too deeply", lambda f: functions(f, 80, 1, 1)),
    ("outside", REFUSED, "another file", lambda f: outside(f, "m.onnx.data")),
    ("outside-device", REFUSED, "another file", lambda f: outside(f, "/dev/zero")),
    ("outside-above", REFUSED, "another file", lambda f: outside(f, "../../etc/passwd")),
):
    kind(f"onnx-{_name}", _outcome, _says)(_make)


@kind("onnx-of-2-GB", REFUSED, "larger than")
def _sparse(folder: Path) -> Path:
    with (folder / "m.onnx").open("wb") as file:
        file.truncate((2 << 30) + 1)
    return folder / "m.onnx"

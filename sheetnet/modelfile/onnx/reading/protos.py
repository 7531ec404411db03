"""Messages of the file format -> plain values: constants, operators with their attributes, inputs."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetnet.errors import ModelFileError, shown
from sheetnet.modelfile.onnx.package import package
from sheetnet.modelfile.onnx.reading.external import Beside
from sheetnet.modelfile.onnx.reading.graph import MAX_ELEMENTS, MOST_AXES, Constant, Input, Op, Refused, Room
from sheetnet.modelfile.onnx.reading.refusals import CUT

if TYPE_CHECKING:
    import onnx


def constants_of(graph: onnx.GraphProto, path: str, room: Room, beside: Beside) -> dict[str, Constant]:
    """The weights of the model, by name. ModelFileError where they are missing, are damaged, or are too many."""
    constants: dict[str, Constant] = {}
    for one in graph.initializer:
        if one.name in constants:
            raise ModelFileError(f"{path}: two weights are called {shown(one.name)}; export it again")
        try:
            constants[one.name] = _array(one, room, beside)
        except Refused as error:
            raise ModelFileError(f"{path}: weight {shown(one.name)}: {error}") from error
    return constants


def _array(tensor: onnx.TensorProto, room: Room, beside: Beside) -> Constant:
    """The numbers of a tensor. Refused where they are none, fewer than its shape says, or too many."""
    from onnx import numpy_helper

    dims = tuple(tensor.dims)
    if len(dims) > MOST_AXES or any(n < 0 for n in dims) or prod(dims) > MAX_ELEMENTS:
        raise Refused(f"shape {shown(list(dims))} is not possible here; export the model again")
    room.take(prod(dims))
    tensor = beside.whole(tensor)
    try:
        values = np.asarray(numpy_helper.to_array(tensor))
    except Exception as error:  # the kinds differ between versions of onnx
        raise Refused("its numbers do not match its shape and type; export the model again") from error
    if values.shape != dims:
        raise Refused("its numbers do not match its shape; export the model again")
    if values.dtype.kind in "iufb":
        return values
    if values.dtype.kind != "V":  # texts and complex numbers
        raise Refused("holds no plain numbers; export the model with float32")
    try:
        return values.astype(np.float32)  # bfloat16 and its kin, which are no types of NumPy itself
    except (TypeError, ValueError) as error:
        raise Refused("holds no plain numbers; export the model with float32") from error


def op_of(node: onnx.NodeProto, number: int, refused: list[tuple[Op, str]], room: Room, beside: Beside) -> Op:
    """An operator with plain attributes. One that cannot be imported whatever it reads goes into ``refused``."""
    proto = package().AttributeProto
    name = node.name or (node.output[0] if node.output and node.output[0] else f"number {number + 1}")
    attributes: dict[str, Any] = {}
    bare = Op(name, node.op_type, tuple(node.input), tuple(node.output), attributes)
    if node.domain not in ("", "ai.onnx"):
        refused.append((bare, f"the domain {shown(node.domain)} is not known; {CUT}"))
        return bare
    for one in node.attribute:
        if one.type in (proto.GRAPH, proto.GRAPHS):
            refused.append((bare, f"control flow is not supported; {CUT}"))
        elif one.type == proto.TENSOR:
            try:
                attributes[one.name] = _array(one.t, room, beside)
            except Refused as error:
                refused.append((bare, f"attribute {shown(one.name)}: {error}"))
        elif one.type == proto.FLOAT:
            attributes[one.name] = _as_written(one.f)
        elif one.type == proto.FLOATS:
            attributes[one.name] = [_as_written(n) for n in one.floats]
        elif one.type == proto.INT:
            attributes[one.name] = int(one.i)
        elif one.type == proto.INTS:
            attributes[one.name] = [int(n) for n in one.ints]
        elif one.type == proto.STRING:
            attributes[one.name] = one.s.decode("utf-8", "replace")
        else:
            refused.append((bare, f"the attribute {shown(one.name)} is of a kind that is not supported; {CUT}"))
    return bare


def _as_written(value: float) -> float:
    """The number of an attribute as its author wrote it: 0.2, and not the float32 0.20000000298023224."""
    return float(str(np.float32(value)))


def input_of(one: onnx.ValueInfoProto, path: str) -> Input:
    """An input of the graph. ModelFileError where it is no tensor of plain numbers."""
    kinds = package().TensorProto
    if not one.type.HasField("tensor_type"):
        raise ModelFileError(
            f"{path}: the input {shown(one.name)} is no tensor; only tensors can be laid out in cells"
        )
    kind = one.type.tensor_type.elem_type
    floats = (kinds.FLOAT, kinds.DOUBLE, kinds.FLOAT16, kinds.BFLOAT16)
    ints = (kinds.INT8, kinds.INT16, kinds.INT32, kinds.INT64, kinds.UINT8, kinds.UINT16, kinds.UINT32, kinds.UINT64)
    if kind not in (*floats, *ints, kinds.BOOL):
        raise ModelFileError(f"{path}: the input {shown(one.name)} holds no plain numbers; export it with float32")
    what = "float" if kind in floats else "int" if kind in ints else "bool"
    if not one.type.tensor_type.HasField("shape"):
        return Input(one.name, what, None)
    shape = tuple(
        int(size.dim_value) if size.HasField("dim_value") else size.dim_param or "?"
        for size in one.type.tensor_type.shape.dim
    )
    return Input(one.name, what, shape)

"""Network -> an .onnx file that other programs run: float32, one operator per layer wherever ONNX has it.

    photo (1, C, H, W), 0 to 255  ->  what the layers give that no other layer reads, without the loss

Cells have no batch axis. In the file every tensor of a picture network has one: of any size where every layer takes a
batch, else of size 1. Extra tensors with known numbers become constants, the others inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheetnet.errors import ModelFileError
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.modelfile.onnx.package import package
from sheetnet.modelfile.onnx.writing.writer import Writer
from sheetnet.modelfile.onnx.writing.writers import WRITERS, since
from sheetnet.network import PHOTO, TRUTH, Network
from sheetnet.target import replacing

if TYPE_CHECKING:
    import onnx

OPSET, IR = 17, 8
OPSET_LATER, IR_LATER = 20, 9  # where a layer needs an operator or a meaning of later years


def to_bytes(network: Network, parameters: Mapping[str, Array]) -> tuple[bytes, list[str]]:
    """The bytes of the file, and remarks on what is not in it. ModelFileError where a layer has no counterpart."""
    model, notes = to_model(network, parameters)
    return model.SerializeToString(deterministic=True), notes


def save(path: Path, network: Network, parameters: Mapping[str, Array]) -> list[str]:
    """Write an .onnx file over what is there, and give remarks; the same inputs give the same bytes."""
    data, notes = to_bytes(network, parameters)
    with replacing(path, force=True, suffix=".onnx") as out:
        out.write(data)
    return notes


def to_model(network: Network, parameters: Mapping[str, Array]) -> tuple[onnx.ModelProto, list[str]]:
    """The model in memory, which ONNX's own checker has passed, and remarks on what is not in it."""
    onnx = package()
    later = any(since(node.layer.kind) > OPSET for node in network.nodes)
    w = Writer(network, parameters, OPSET_LATER if later else OPSET)
    notes: list[str] = []
    left_out: set[str] = set()
    for node in network.nodes:
        kind = node.layer.kind
        if node.layer.gives == "loss" and not node.layer.exportable:
            left_out.add(node.name)
            notes.append(f"{node.name}: the loss is left out; it needs a true class")
            continue
        if left_out.intersection(node.inputs) or not node.layer.exportable:
            raise ModelFileError(f"{node.name}: a {kind} has no counterpart in ONNX; remove it before the conversion")
        WRITERS[kind](w, node, list(node.inputs))
    inputs = _inputs(w)
    read = {name for node in network.nodes if node.name not in left_out for name in node.inputs}
    leaves = [n.name for n in network.nodes if n.name not in read and n.name not in left_out]
    batch: list[int | str] = [_batch(network)] if network.shape else []
    make = onnx.helper.make_tensor_value_info
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        w.nodes,
        network.name,
        [make(name, floats, [*batch, *shape]) for name, shape in inputs.items()],
        [make(name, floats, [*batch, *network.shapes[f"{name}.out"]]) for name in leaves],
        w.constants,
    )
    model = onnx.helper.make_model(
        graph,
        producer_name="sheetnet",
        opset_imports=[onnx.helper.make_opsetid("", w.opset)],
        ir_version=IR_LATER if later else IR,
    )
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError, RuntimeError) as error:
        raise ModelFileError(
            f"{network.name!r}: makes no valid ONNX model: {' '.join(str(error).split())[:200]}"
        ) from error
    return model, notes


def _batch(network: Network) -> int | str:
    """The size of the batch axis: a name, which stands for any size, or 1."""
    return "batch" if not network.extra and network.batched else 1


def _inputs(w: Writer) -> dict[str, Shape]:
    """Name and shape of each input; extra tensors with known numbers become constants."""
    inputs: dict[str, Shape] = {PHOTO: w.network.shape} if w.network.shape else {}
    read = {name for node in w.network.nodes if node.layer.exportable for name in node.inputs}
    known = [name for name, _ in w.network.extra if f"{name}.out" in w.parameters]
    if not inputs and len(known) == len(w.network.extra):  # something has to go in
        known = known[1:]
    for name, shape in w.network.extra:
        if name not in read or name == TRUTH:
            continue
        if name in known:
            value = np.asarray(w.parameters[f"{name}.out"])
            w.constant(name, value[None] if w.lead else value)
        else:
            inputs[name] = shape
    return inputs

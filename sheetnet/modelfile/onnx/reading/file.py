"""A file -> its graph. A file from a stranger may say anything, so what is read here is checked here.

Checked are the format, the size, the version, that each name is made once, and that there is no cycle. Operators that
cannot be imported whatever they read are noted, and refused together with the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.errors import ModelFileError, shown
from sheetnet.files import contents
from sheetnet.modelfile.onnx.package import package
from sheetnet.modelfile.onnx.reading.external import Beside
from sheetnet.modelfile.onnx.reading.graph import Graph, Op, Room
from sheetnet.modelfile.onnx.reading.order import check_names, ordered
from sheetnet.modelfile.onnx.reading.protos import constants_of, input_of, op_of
from sheetnet.modelfile.onnx.reading.wire import refuse_swollen
from sheetnet.modelfile.safetensors import MAX_FILE

if TYPE_CHECKING:
    import onnx

OLDEST = 6  # opset; in older ones the same names mean other things
MAX_OPERATORS = 20_000


def read(path: Path) -> Graph:
    """Read the graph of a file. ModelFileError says what is wrong with it."""
    data = contents(path, MAX_FILE, ModelFileError, "give an .onnx file of a small network")
    return parse(data, str(path), path.parent)


def parse(data: bytes, path: str, folder: Path | None = None) -> Graph:
    """Read the graph of a file's bytes; ``path`` is for messages. ``folder``: where weights beside it would lie."""
    onnx = package()
    refuse_swollen(data, onnx.ModelProto.DESCRIPTOR, path)
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # what protobuf raises differs between its versions
        raise ModelFileError(f"{path}: not a readable .onnx file, or cut short; export it again") from error
    if not model.graph.node and not model.graph.output:
        raise ModelFileError(f"{path}: not a readable .onnx file: it has no graph; export it again")
    return check(model, path, folder)


def check(model: onnx.ModelProto, path: str, folder: Path | None = None) -> Graph:
    """Check a model in memory, and read its graph; ``path`` and ``folder`` as for ``parse``."""
    model = _inlined(model, path)
    opset = _opset(model, path)
    graph = model.graph
    if len(graph.node) > MAX_OPERATORS:
        raise ModelFileError(f"{path}: {len(graph.node):,} nodes; a workbook can have up to {MAX_OPERATORS:,}")
    if graph.sparse_initializer:
        names = ", ".join(shown(s.values.name) for s in graph.sparse_initializer[:5])
        raise ModelFileError(f"{path}: sparse weights ({names}); save the model with dense weights")
    room, beside = Room(), Beside(folder)
    constants = constants_of(graph, path, room, beside)
    refused: list[tuple[Op, str]] = []
    ops = tuple(op_of(node, number, refused, room, beside) for number, node in enumerate(graph.node))
    inputs = tuple(input_of(one, path) for one in graph.input if one.name not in constants)
    outputs = tuple(one.name for one in graph.output)
    check_names(path, inputs, outputs, constants, ops)
    name = "".join(c for c in graph.name if c.isprintable())[:60] or "model"
    return Graph(name, opset, inputs, outputs, constants, ordered(path, ops, outputs), tuple(refused), room)


def _opset(model: onnx.ModelProto, path: str) -> int:
    newest = package().defs.onnx_opset_version()
    found = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if not found:
        raise ModelFileError(f"{path}: does not say its opset; export it again")
    if not OLDEST <= found[0] <= newest:
        way = "update the package onnx" if found[0] > newest else "convert it with onnx.version_converter"
        raise ModelFileError(f"{path}: opset {found[0]}; {OLDEST} to {newest} can be read: {way}")
    return int(found[0])


def _inlined(model: onnx.ModelProto, path: str) -> onnx.ModelProto:
    """Put the bodies of the model's own functions in place of their calls."""
    if not model.functions:
        return model
    bodies = {(f.domain, f.name): f for f in model.functions}
    size: dict[tuple[str, str], int] = {}
    room: dict[tuple[str, str], int] = {}

    def count(key: tuple[str, str], depth: int) -> int:  # how many nodes a call becomes; ``depth`` ends a loop
        if depth > 50:
            raise ModelFileError(
                f"{path}: the function {shown(key[1])} calls itself, or is nested too deeply; export it again"
            )
        if key not in size:
            calls = [(n.domain, n.op_type) for n in bodies[key].node]
            size[key] = sum(count(c, depth + 1) if c in bodies else 1 for c in calls)
            room[key] = bodies[key].ByteSize() + sum(room[c] for c in calls if c in bodies)
        return size[key]

    total = sum(count((n.domain, n.op_type), 0) if (n.domain, n.op_type) in bodies else 1 for n in model.graph.node)
    if max(total, *(count(key, 0) for key in bodies)) > MAX_OPERATORS:
        raise ModelFileError(f"{path}: its functions make more than {MAX_OPERATORS:,} nodes; export a smaller model")
    if sum(room.get((n.domain, n.op_type), 0) for n in model.graph.node) > MAX_FILE:
        raise ModelFileError(f"{path}: its functions, put in place, make more than {MAX_FILE >> 20} MB")
    try:
        from onnx import inliner

        return inliner.inline_local_functions(model)
    except (ImportError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"{path}: its functions cannot be put in place; export it without functions") from error

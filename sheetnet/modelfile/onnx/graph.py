"""A file -> its graph: operators in an order in which they can be computed, and the constants they read.

A file from a stranger may say anything. What is read here is checked here: the format, the size, the domain and
version of every operator, names, cycles. ``Refusals`` collects what cannot be imported, so that one message lists
it all.

    value(output of an operator) = operator(values(inputs)),   inputs before outputs
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import ModelFileError, shown
from sheetnet.modelfile.safetensors import MAX_FILE

if TYPE_CHECKING:
    import onnx

OLDEST = 6  # opset; the ones before it say other things by the same names
MAX_OPERATORS = 20_000
MAX_ELEMENTS = 1 << 27  # of one constant
Constant = NDArray[Any]
_CUT = "replace it in the model, or cut the model before it with onnx.utils.extract_model"


@dataclass(frozen=True, slots=True)
class Op:
    """One operator. ``inputs`` has "" where an input is left out; ``attributes`` holds plain values and arrays."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def get(self, key: str, default: Any) -> Any:
        """An attribute, or its default."""
        return self.attributes.get(key, default)


@dataclass(frozen=True, slots=True)
class Input:
    """What comes from outside: "float", "int" or "bool", and its shape, with names for sizes that are not known."""

    name: str
    kind: str
    shape: tuple[int | str, ...] | None


@dataclass(frozen=True)
class Graph:
    """A checked graph; ``ops`` are in an order in which they can be computed.

    ``refused``: what was seen of the operators alone that cannot be imported, for the message that lists it all.
    """

    name: str
    opset: int
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Constant]
    ops: tuple[Op, ...]
    refused: tuple[tuple[Op, str], ...] = ()


@dataclass
class Refusals:
    """What cannot be imported and why, collected until all is seen."""

    path: str
    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, op: Op, why: str) -> None:
        """One operator that is not supported."""
        self.found.setdefault((op.kind, why), []).append(op.name)

    def check(self) -> None:
        """ModelFileError that lists all; nothing where there is none."""
        if not self.found:
            return
        count = sum(map(len, self.found.values()))
        told: dict[str, list[str]] = {}
        for (kind, why), names in self.found.items():
            told.setdefault(why, []).append(f"{kind} ({', '.join(shown(name) for name in names)})")
        items = [f"{', '.join(kinds)}: {why}" for why, kinds in told.items()]
        nodes = "1 node" if count == 1 else f"{count} nodes"
        raise ModelFileError(f"{self.path}: {nodes} cannot be imported: {'; '.join(items)}")


class Refused(Exception):  # noqa: N818  never leaves this package
    """An operator that cannot be imported; becomes a line of ``Refusals``."""


def read(path: Path) -> Graph:
    """The graph of a file. ModelFileError says what is wrong with it."""
    try:
        if not path.is_file():
            raise ModelFileError(f"{path}: no such file; give an .onnx file")
        if path.stat().st_size > MAX_FILE:
            raise ModelFileError(f"{path}: larger than {MAX_FILE >> 20} MB; such a network fits in no workbook")
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from error


def parse(data: bytes, path: str) -> Graph:
    """The graph of a file's bytes; ``path`` is for messages."""
    onnx = package()
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # whatever protobuf raises: its kind differs between versions
        raise ModelFileError(f"{path}: not a readable .onnx file, or cut short; export it again") from error
    if not model.graph.node and not model.graph.output:
        raise ModelFileError(f"{path}: not a readable .onnx file: it has no graph; export it again")
    return check(model, path)


def check(model: onnx.ModelProto, path: str) -> Graph:
    """The graph of a model in memory."""
    model = _inlined(model, path)
    opset = _opset(model, path)
    graph = model.graph
    if len(graph.node) > MAX_OPERATORS:
        raise ModelFileError(f"{path}: {len(graph.node):,} nodes; a workbook is made of up to {MAX_OPERATORS:,}")
    if graph.sparse_initializer:
        names = ", ".join(shown(s.values.name) for s in graph.sparse_initializer[:5])
        raise ModelFileError(f"{path}: sparse weights ({names}); save the model with dense weights")
    constants = _constants(graph, path)
    refused: list[tuple[Op, str]] = []
    ops = tuple(_op(node, number, refused) for number, node in enumerate(graph.node))
    inputs = tuple(_input(one, path) for one in graph.input if one.name not in constants)
    outputs = tuple(one.name for one in graph.output)
    _check_names(path, inputs, outputs, constants, ops)
    name = "".join(c for c in graph.name if c.isprintable())[:60] or "model"
    return Graph(name, opset, inputs, outputs, constants, _ordered(path, ops, outputs), tuple(refused))


def package() -> Any:
    """The package onnx; ModelFileError says how to install it."""
    try:
        import onnx
    except ImportError as error:
        raise ModelFileError(".onnx files need the package onnx: pip install 'sheetnet[onnx]'") from error
    return onnx


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

    def count(key: tuple[str, str], depth: int) -> int:  # how many nodes a call becomes; a loop never ends
        if depth > 50:
            raise ModelFileError(f"{path}: the function {shown(key[1])} calls itself, or is nested too deeply")
        if key not in size:
            calls = [(n.domain, n.op_type) for n in bodies[key].node]
            size[key] = sum(count(c, depth + 1) if c in bodies else 1 for c in calls)
        return size[key]

    total = sum(count((n.domain, n.op_type), 0) if (n.domain, n.op_type) in bodies else 1 for n in model.graph.node)
    if max(total, *(count(key, 0) for key in bodies)) > MAX_OPERATORS:
        raise ModelFileError(f"{path}: its functions make more than {MAX_OPERATORS:,} nodes")
    try:
        from onnx import inliner

        return inliner.inline_local_functions(model)
    except (ImportError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"{path}: its functions cannot be put in place; export it without functions") from error


def _constants(graph: onnx.GraphProto, path: str) -> dict[str, Constant]:
    constants: dict[str, Constant] = {}
    outside = [one.name for one in graph.initializer if is_external(one)]
    if outside:
        raise ModelFileError(
            f"{path}: keeps weights in another file ({', '.join(shown(n) for n in outside)}); save it in one file: "
            "onnx.save(onnx.load(model), new, save_as_external_data=False)"
        )
    for one in graph.initializer:
        if one.name in constants:
            raise ModelFileError(f"{path}: two weights are called {shown(one.name)}; export it again")
        try:
            constants[one.name] = array(one)
        except Refused as error:
            raise ModelFileError(f"{path}: weight {shown(one.name)}: {error}") from error
    return constants


def is_external(tensor: onnx.TensorProto) -> bool:
    """Whether the numbers lie in another file."""
    return bool(tensor.data_location == package().TensorProto.EXTERNAL)


def array(tensor: onnx.TensorProto) -> Constant:
    """The numbers of a tensor. Refused where they are none, or fewer than its shape says."""
    from onnx import numpy_helper

    if is_external(tensor):
        raise Refused("keeps its numbers in another file; save the model in one file")
    dims = tuple(tensor.dims)
    if len(dims) > 16 or any(n < 0 for n in dims) or prod(dims) > MAX_ELEMENTS:
        raise Refused(f"shape {shown(list(dims))} is not possible here")
    try:
        values = np.asarray(numpy_helper.to_array(tensor))
    except Exception as error:  # the kinds differ between versions of onnx
        raise Refused("its numbers do not match its shape and type; export the model again") from error
    if values.shape != dims:
        raise Refused("its numbers do not match its shape; export the model again")
    if values.dtype.kind not in "iufb":  # bfloat16 and its kin are no types of NumPy itself
        try:
            values = values.astype(np.float32)
        except (TypeError, ValueError) as error:
            raise Refused("holds no numbers") from error
    return values


def _op(node: onnx.NodeProto, number: int, refused: list[tuple[Op, str]]) -> Op:
    """An operator with plain attributes; what can be seen from it alone is refused here."""
    proto = package().AttributeProto
    name = node.name or (node.output[0] if node.output and node.output[0] else f"number {number + 1}")
    attributes: dict[str, Any] = {}
    bare = Op(name, node.op_type, tuple(node.input), tuple(node.output), attributes)
    if node.domain not in ("", "ai.onnx"):
        refused.append((bare, f"the domain {shown(node.domain)} is not known; {_CUT}"))
        return bare
    for one in node.attribute:
        if one.type in (proto.GRAPH, proto.GRAPHS):
            refused.append((bare, f"control flow is not supported; {_CUT}"))
        elif one.type == proto.TENSOR:
            try:
                attributes[one.name] = array(one.t)
            except Refused as error:
                refused.append((bare, str(error)))
        elif one.type == proto.FLOAT:
            attributes[one.name] = as_written(one.f)
        elif one.type == proto.FLOATS:
            attributes[one.name] = [as_written(n) for n in one.floats]
        elif one.type == proto.INT:
            attributes[one.name] = int(one.i)
        elif one.type == proto.INTS:
            attributes[one.name] = [int(n) for n in one.ints]
        elif one.type == proto.STRING:
            attributes[one.name] = one.s.decode("utf-8", "replace")
        else:
            refused.append((bare, f"the attribute {shown(one.name)} is of a kind that is not supported; {_CUT}"))
    return bare


def as_written(value: float) -> float:
    """An attribute's number as its author wrote it: 0.2, and not the float32 0.20000000298023224."""
    return float(str(np.float32(value)))


def _input(one: onnx.ValueInfoProto, path: str) -> Input:
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
    sizes = one.type.tensor_type.shape.dim
    return Input(
        one.name, what, tuple(int(d.dim_value) if d.HasField("dim_value") else d.dim_param or "?" for d in sizes)
    )


def _check_names(
    path: str,
    inputs: tuple[Input, ...],
    outputs: tuple[str, ...],
    constants: Mapping[str, Constant],
    ops: tuple[Op, ...],
) -> None:
    """Every value is made once, and nothing is read that is made nowhere."""
    made = [one.name for one in inputs] + list(constants) + [name for op in ops for name in op.outputs if name]
    if twice := [name for name, count in Counter(made).items() if count > 1]:
        raise ModelFileError(f"{path}: {shown(twice[0])} is made twice; the file is damaged, export it again")
    known = set(made)
    for op in ops:
        for name in op.inputs:
            if name and name not in known:
                raise ModelFileError(f"{path}: {op.kind} {shown(op.name)} reads {shown(name)}, which nothing makes")
    if not outputs:
        raise ModelFileError(f"{path}: has no output; export it again")
    for name in outputs:
        if name not in known:
            raise ModelFileError(f"{path}: the output {shown(name)} is made nowhere; export it again")


def _ordered(path: str, ops: tuple[Op, ...], outputs: tuple[str, ...]) -> tuple[Op, ...]:
    """The operators that an output needs, each after what it reads; in the order of the file where that will do."""
    maker = {name: op for op in ops for name in op.outputs if name}
    done: dict[int, Op] = {}
    under: set[int] = set()

    def walk(op: Op) -> Iterator[Op]:
        return iter([maker[name] for name in op.inputs if name in maker])

    for start in [maker[name] for name in outputs if name in maker]:
        stack = [(start, walk(start))]
        while stack:  # no recursion: a network may be deeper than Python's stack
            op, rest = stack[-1]
            under.add(id(op))
            following = next((one for one in rest if id(one) not in done), None)
            if following is None:
                done[id(op)] = op
                under.discard(id(op))
                stack.pop()
            elif id(following) in under:
                raise ModelFileError(
                    f"{path}: {following.kind} {shown(following.name)} reads its own result (a cycle)"
                )
            else:
                stack.append((following, walk(following)))
    position = {id(op): number for number, op in enumerate(ops)}
    in_order = sorted(done.values(), key=lambda op: position[id(op)])
    seen: set[str] = set()
    for op in in_order:
        if any(name in maker and name not in seen for name in op.inputs):
            return tuple(done.values())  # the file was not in order: take the order of the walk
        seen.update(op.outputs)
    return tuple(in_order)

"""Graph -> network: which input is the photo, then one operator after the other, then what is not needed goes.

A model with one picture as input becomes a picture network, without the batch axis; any other one becomes a bare
network, whose inputs are extra tensors. Everything that cannot be imported is collected and refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sheetnet.errors import ModelFileError, NetworkError, shown
from sheetnet.grid import Shape
from sheetnet.layers import Array
from sheetnet.modelfile.onnx import elementwise, fold, passes, shapes, sums, windows
from sheetnet.modelfile.onnx.builder import Builder, Live, Outside, Value, outside
from sheetnet.modelfile.onnx.front import Preprocessing, put_in_front
from sheetnet.modelfile.onnx.graph import Constant, Graph, Input, Op, Refusals, Refused
from sheetnet.modelfile.onnx.table import TABLE
from sheetnet.network import MAX_CLASSES, PHOTO, TRUTH, Network

_REGISTERED = (elementwise, shapes, sums, windows)  # importing them fills the table
_CUT = "replace it in the model, or cut the model before it with onnx.utils.extract_model"
_MAX_SIDE = 1 << 20


@dataclass(frozen=True)
class Imported:
    """A network read from an .onnx file.

    ``parameters``: weights, and the numbers of extra tensors ("y.out"), by full name. ``inputs``, ``outputs``: ONNX
    name -> tensor ("photo.out"); weights that came as inputs are there too ("conv1.weight"). ``notes``: what was
    left out, folded or added, a line each.
    """

    network: Network
    parameters: dict[str, Array]
    inputs: dict[str, str]
    outputs: dict[str, str]
    notes: list[str] = field(default_factory=list)


def imported(
    graph: Graph,
    path: str,
    *,
    name: str | None = None,
    picture: bool | None = None,
    values: Mapping[str, Constant] | None = None,
    sizes: Mapping[str, Sequence[int]] | None = None,
    classes: Sequence[str] | None = None,
    front: Preprocessing | None = None,
) -> Imported:
    """The network of a graph. ModelFileError lists all that cannot be imported.

    ``picture``: whether it must be (True), must not be (False), or may be (None) a picture network. ``values``:
    numbers for inputs. ``sizes``: shapes for inputs; "" for the only one that is not a weight.
    """
    given = dict(values or {})
    known = _shapes(graph, path, given, dict(sizes or {}))
    graph, notes = passes.simplified(graph)
    first = None if picture is False else _photo(graph, known, given)
    if picture and first is None:
        told = ", ".join(f"{one.name} {list(known[one.name])}" for one in graph.inputs)
        raise ModelFileError(
            f"{path}: takes no picture: one input of [1, channels, height, width] with 1 or 3 channels is needed, "
            f"it has {told or 'none'}"
        )
    b = Builder(graph, first is not None)
    b.notes.extend(notes)
    _outside(b, graph, known, given, first, path)
    _walk(b, graph, path)
    outputs = _outputs(b, graph, path)
    _needed(b, outputs)
    names = _predict(b, graph, outputs, classes, path) if b.picture else tuple(classes or ())
    if b.picture:
        put_in_front(b, _whole(b, first, front or Preprocessing()), path)
        _needed(b, {"": f"{list(b.steps)[-1]}.out", **outputs})
    elif front is not None and front.asked:
        raise ModelFileError(f"{path}: --mean, --std, --scale and --channels are for networks that take one picture")
    for number, remark in enumerate(b.notes):
        b.notes[number] = " ".join(remark.split())
    return Imported(_network(b, name or graph.name, names, path), b.parameters, b.inputs, outputs, b.notes)


# What goes in


def _shapes(
    graph: Graph, path: str, given: Mapping[str, Constant], sizes: dict[str, Sequence[int]]
) -> dict[str, Shape]:
    """The shape of every input; sizes that have only a name come from ``sizes`` or ``given``."""
    names = [one.name for one in graph.inputs]
    if unknown := [name for name in [*sizes, *given] if name and name not in names]:
        raise ModelFileError(
            f"{path}: has no input {shown(unknown[0])}; it has {', '.join(map(shown, names)) or 'none'}"
        )
    if "" in sizes:
        free = [name for name in names if name not in sizes and name not in given]
        if len(free) != 1:
            raise ModelFileError(
                f"{path}: has {len(free)} inputs ({', '.join(map(shown, free))}); name the one "
                "that the shape is for: --input-shape NAME:1,3,32,32"
            )
        sizes[free[0]] = sizes.pop("")
    found: dict[str, Shape] = {}
    unsettled = []
    for one in graph.inputs:
        shape = _shape(one, path, given.get(one.name), sizes.get(one.name))
        if shape is None:
            unsettled.append(f"{shown(one.name)} {_told(one.shape)}")
        else:
            found[one.name] = shape
    if unsettled:
        raise ModelFileError(
            f"{path}: sizes that are not known: {', '.join(unsettled)}; give them: --input-shape 3,32,32 "
            "(or NAME:1,3,32,32)"
        )
    return found


def _told(shape: tuple[int | str, ...] | None) -> str:
    return "of any shape" if shape is None else "[" + ", ".join(str(n)[:20] for n in shape) + "]"


def _shape(one: Input, path: str, given: Constant | None, size: Sequence[int] | None) -> Shape | None:
    if given is not None:
        return tuple(given.shape)
    if size is not None:
        full = tuple(size)
        if one.shape is not None and len(full) == len(one.shape) - 1:
            full = (1, *full)
        fits = one.shape is None or (
            len(full) == len(one.shape)
            and all(isinstance(there, str) or there == n for n, there in zip(full, one.shape, strict=True))
        )
        if not fits or not all(0 < n <= _MAX_SIDE for n in full):
            raise ModelFileError(
                f"{path}: --input-shape {list(size)}: the input {shown(one.name)} is {_told(one.shape)}"
            )
        return full
    if one.shape is None:
        return None
    shape = [1 if k == 0 and isinstance(n, str) and len(one.shape) > 1 else n for k, n in enumerate(one.shape)]
    settled = tuple(n for n in shape if isinstance(n, int))
    if len(settled) < len(shape):
        return None
    if any(not 0 < n <= _MAX_SIDE for n in settled) or len(settled) > 8:
        raise ModelFileError(
            f"{path}: the input {shown(one.name)} has shape {shown(list(settled))}; use sizes from 1 to {_MAX_SIDE}"
        )
    return settled


def _photo(graph: Graph, known: Mapping[str, Shape], given: Mapping[str, Constant]) -> tuple[Input, bool] | None:
    """The input that is the photo, and whether its channels come last; None where there is none."""
    free = [one for one in graph.inputs if one.name not in given]
    if len(free) != 1 or free[0].kind == "bool" or len(known[free[0].name]) != 4 or known[free[0].name][0] != 1:
        return None
    one, shape = free[0], known[free[0].name]
    turns = [
        op.get("perm", None) == [0, 3, 1, 2] for op in graph.ops if one.name in op.inputs and op.kind == "Transpose"
    ]
    if shape[3] in (1, 3) and (shape[1] not in (1, 3) or any(turns)):
        return one, True
    return (one, False) if shape[1] in (1, 3) else None


def _whole(b: Builder, first: tuple[Input, bool] | None, front: Preprocessing) -> Preprocessing:
    """A model that takes whole numbers takes pixels as they are, 0 to 255, and casts them itself."""
    if first is None or first[0].kind == "float" or front.scale is not None:
        return front
    b.note("the model takes whole numbers: pixels stay 0 to 255")
    return replace(front, scale=1.0)


def _outside(
    b: Builder,
    graph: Graph,
    known: Mapping[str, Shape],
    given: Mapping[str, Constant],
    first: tuple[Input, bool] | None,
    path: str,
) -> None:
    for one in graph.inputs:
        shape = known[one.name]
        if first is None or one.name != first[0].name:
            b.values[one.name] = outside(one, shape, given.get(one.name))
            continue
        last = first[1]
        sheet = (shape[3], shape[1], shape[2]) if last else shape[1:]
        b.shapes[f"{PHOTO}.out"] = sheet
        b.inputs[one.name] = f"{PHOTO}.out"
        b.values[one.name] = Live(f"{PHOTO}.out", shape, (1, 2, 0) if last else (0, 1, 2), True, one.kind)
        if one.shape is not None and isinstance(one.shape[0], str):
            b.note("any number of pictures at once: read as one")
        if last:
            b.note("the channels come last in the model; here they come first, without its transposes")


# Operator by operator


def _walk(b: Builder, graph: Graph, path: str) -> None:
    refusals = Refusals(path)
    blocked: set[str] = set()
    for op, reason in graph.refused:
        refusals.add(op, reason)
        blocked.update(op.outputs)
    told = frozenset(blocked)
    for op in graph.ops:
        if told.intersection(op.outputs):
            continue
        b.op = op
        waits = bool(blocked.intersection(op.inputs))  # for something that is refused already
        if (why := _unknown(op, b, waits)) is not None:
            refusals.add(op, why)
        if why is not None or waits:
            blocked.update(op.outputs)
            continue
        try:
            results = _results(b, op, [b.values[name] if name else None for name in op.inputs])
            missing = [o for o in op.outputs[len(results) :] if o and b.uses[o]]
            if missing:
                raise Refused(f"its output {shown(missing[0])} is not supported")
            for name, value in zip(op.outputs, results, strict=False):
                if name:
                    b.values[name] = value
        except Refused as error:
            refusals.add(op, str(error))
            blocked.update(op.outputs)
        except (ValueError, IndexError, TypeError, KeyError, OverflowError) as error:
            refusals.add(op, f"its inputs do not fit it ({' '.join(str(error).split())[:80]}); export it again")
            blocked.update(op.outputs)
    refusals.check()
    b.op = None


def _unknown(op: Op, b: Builder, waits: bool) -> str | None:
    """Why an operator cannot be imported, if that can be told from it alone."""
    row = TABLE.get(op.kind)
    if row is None:
        constant = all(isinstance(b.values.get(name), np.ndarray) for name in op.inputs if name)
        if op.kind in ("Constant", "Shape", "Size") or ((constant or waits) and op.kind in fold.FOLDS):
            return None
        return f"there is no layer for it; {_CUT}"
    if strange := sorted(set(op.attributes) - row.attributes):
        return f"its attribute {shown(strange[0])} is not supported; {_CUT}"
    return None


def _results(b: Builder, op: Op, values: list[Value]) -> Sequence[Value]:
    if op.kind == "Constant":
        return [fold.constant(op)]
    if op.kind in ("Shape", "Size") and isinstance(values[0], Live | Outside):
        shape = np.array(values[0].shape, dtype=np.int64)
        return [np.array(shape.prod()) if op.kind == "Size" else shape[op.get("start", 0) : op.get("end", None)]]
    if all(value is None or isinstance(value, np.ndarray) for value in values):
        folded = fold.fold(op, [v for v in values if v is None or isinstance(v, np.ndarray)], b.graph.opset)
        if folded is not None:
            return [folded]
        values = [b.live(values[0]), *values[1:]]
    row = TABLE[op.kind]
    if not row.moves:
        for value in values[:1]:
            if isinstance(value, Live | Outside) and value.kind != "float":
                raise Refused(
                    "computes with whole numbers or truth values; only floating point is supported: cast it"
                )
    return row.how(b, op, values)


# What comes out


def _outputs(b: Builder, graph: Graph, path: str) -> dict[str, str]:
    """ONNX name of each output -> its tensor, laid out as ONNX has it."""
    found = {}
    for name in graph.outputs:
        try:
            x = b.canonical(b.live(b.values[name]))
            if x.tensor.partition(".")[0] not in b.steps:  # an input or a constant, unchanged
                x = Live(b.add("identity", [x.tensor], hint=name), x.shape, x.order, x.batch)
        except Refused as error:
            raise ModelFileError(f"{path}: the output {shown(name)}: {error}") from error
        found[name] = x.tensor
    return found


def _needed(b: Builder, outputs: Mapping[str, str]) -> None:
    """Drop layers and extra tensors that lead to no output."""
    needed = {tensor.partition(".")[0] for tensor in outputs.values()}
    for step in reversed(list(b.steps.values())):
        if step.name in needed:
            needed.update(tensor.partition(".")[0] for tensor in step.inputs)
        else:
            b.remove(step)
    for tensor in [t for t in b.shapes if t.endswith(".out")]:
        name = tensor.partition(".")[0]
        if name not in needed and name not in b.steps and name != PHOTO:
            del b.shapes[tensor]
            b.parameters.pop(tensor, None)
            for key in [key for key, value in b.inputs.items() if value == tensor]:
                del b.inputs[key]


def _predict(
    b: Builder, graph: Graph, outputs: dict[str, str], classes: Sequence[str] | None, path: str
) -> tuple[str, ...]:
    """The names of the classes; behind logits, a softmax and a loss."""
    name = graph.outputs[0]
    tensor = outputs[name]
    shape = b.shapes[tensor]
    step = b.steps[tensor.partition(".")[0]]
    if len(shape) == 3 and shape[1:] == (1, 1) and shape[0] > 1:
        tensor = b.add("flatten", [tensor], hint="logits")
        shape = b.shapes[tensor]
    if len(shape) != 1 or not 1 < shape[0] <= MAX_CLASSES or step.layer.gives == "shares":
        if classes is not None and len(shape) == 1 and len(classes) == shape[0]:
            return tuple(classes)
        if classes is not None:
            raise ModelFileError(f"{path}: --classes has {len(classes)} names, the model gives {list(shape)}")
        return tuple(f"class {k + 1}" for k in range(shape[0] if len(shape) == 1 and shape[0] <= MAX_CLASSES else 1))
    if classes is not None and len(classes) != shape[0]:
        raise ModelFileError(f"{path}: --classes has {len(classes)} names, the model tells {shape[0]} classes apart")
    if step.layer.gives == "logarithms":  # a softmax shows the logarithms as well
        (before,) = step.inputs
        b.remove(step)
        softmax = b.add("softmax", [before], hint="softmax")
        for key in [key for key, value in outputs.items() if value == tensor]:
            outputs[key] = softmax.replace(".out", ".log")
    elif step.layer.gives == "probabilities":
        softmax = tensor
    else:
        softmax = b.add("softmax", [tensor], hint="softmax")
        b.note("the model ends in logits: a softmax added, so that the workbook predicts")
    b.shapes[f"{TRUTH}.out"] = shape
    last = softmax.partition(".")[0]
    b.shapes.setdefault(f"{last}.log", shape)
    b.add("crossentropy", [f"{last}.log", f"{TRUTH}.out"], hint="loss")
    return tuple(classes) if classes is not None else tuple(f"class {k + 1}" for k in range(shape[0]))


def _network(b: Builder, name: str, classes: tuple[str, ...], path: str) -> Network:
    own = {step.name for step in b.steps.values()}
    extra = {
        tensor.partition(".")[0]: list(shape)
        for tensor, shape in b.shapes.items()
        if (node := tensor.partition(".")[0]) not in own and node not in (PHOTO, TRUTH)
    }
    spec: dict[str, Any] = {"name": name, "classes": list(classes)}
    if b.picture:
        spec["input"] = {"shape": list(b.shapes[f"{PHOTO}.out"])}
    if extra:
        spec["extra"] = extra
    spec["layers"] = [
        {"name": s.name, "kind": s.layer.kind, "inputs": [t.partition(".")[0] for t in s.inputs]} | s.layer.options()
        for s in b.steps.values()
    ]
    try:
        return Network.from_spec(spec)
    except NetworkError as error:
        raise ModelFileError(f"{path}: {error}") from error

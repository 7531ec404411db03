"""Models with one or two things wrong in them, as a damaged or hostile file may have.

    model, what = mutated(base, RandomState(7))

Attributes of another type, missing, or huge; inputs dropped, blank, swapped or too many; operators of another kind;
weights of another rank, size or type; inputs of the graph of another shape. ``what`` names the changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto, helper, numpy_helper

from sheetnet.errors import ModelFileError
from sheetnet.modelfile import onnx as models
from sheetnet.modelfile.onnx.reading.constants import COMPUTED
from sheetnet.modelfile.onnx.reading.operators import TABLE

KINDS = sorted({*TABLE, *COMPUTED, "Constant"})
NAMES = sorted({name for row in TABLE.values() for name in row.attributes} | {"to", "start", "end", "value_ints"})
HUGE = (0, -1, 1, 2, 7, -7, 1 << 31, -(1 << 31), (1 << 62) - 1, (1 << 63) - 1, -(1 << 63))
ODD = (0.0, -1.0, 1e-45, 3e38, -3e38, float("inf"), float("nan"))
TYPES = (np.float32, np.float64, np.float16, np.int64, np.int32, np.uint64, np.uint8, np.bool_, np.complex64)
Rng = np.random.RandomState


def _pick(rng: Rng, choices: object) -> object:
    found = list(choices)  # type: ignore[call-overload]
    return found[rng.randint(len(found))]


def _array(rng: Rng, old: np.ndarray | None = None) -> np.ndarray:
    """Other numbers: of another rank, size or type."""
    if old is not None and old.size and rng.rand() < 0.5:
        changed = [
            lambda: old.reshape(-1),
            lambda: old[None],
            lambda: old.reshape(-1)[: rng.randint(old.size + 1)],
            lambda: old.real.astype(_pick(rng, TYPES)),
            lambda: np.full_like(old, _pick(rng, HUGE if old.dtype.kind == "i" else ODD)),
            lambda: np.moveaxis(old, 0, -1) if old.ndim else old[None],
        ]
        with np.errstate(all="ignore"):
            return np.asarray(changed[rng.randint(len(changed))]())
    shape = [(), (0,), (1,), (2,), (3,), (1, 1), (2, 3), (1, 3, 1, 1), (1,) * 9, (2, 0)][rng.randint(10)]
    with np.errstate(all="ignore"):
        return np.full(shape, _pick(rng, (0, 1, 2, 3, 1 << 20))).astype(_pick(rng, TYPES))


def _value(rng: Rng) -> object:
    """Anything that an attribute can be."""
    made: list[Callable[[], object]] = [
        lambda: int(_pick(rng, HUGE)),
        lambda: float(_pick(rng, ODD)),
        lambda: [int(_pick(rng, HUGE)) for _ in range(rng.randint(1, 6))],
        lambda: [float(_pick(rng, ODD)) for _ in range(rng.randint(1, 4))],
        lambda: _pick(rng, ("", "constant", "reflect", "SAME_UPPER", "NOTSET", "VALID", "mean", "\u0000 odd")),
        lambda: numpy_helper.from_array(_array(rng), "a"),
        lambda: ["a", "b"],
    ]
    return made[rng.randint(len(made))]()


def _set(node: NodeProto, name: str, value: object) -> None:
    kept = [one for one in node.attribute if one.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])


def _attribute(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    own = [one.name for one in node.attribute]
    if not own or rng.rand() < 0.15:
        name = str(_pick(rng, NAMES))
        _set(node, name, _value(rng))
        return f"{node.op_type}: {name} added"
    name = str(_pick(rng, own))
    old = next(one for one in node.attribute if one.name == name)
    way = rng.randint(4)
    if way == 0:
        kept = [one for one in node.attribute if one.name != name]
        del node.attribute[:]
        node.attribute.extend(kept)
        return f"{node.op_type}: {name} removed"
    if way == 1 and old.type == AttributeProto.INTS:
        ints = [int(_pick(rng, HUGE)) if rng.rand() < 0.5 else n for n in old.ints]
        del old.ints[:]
        old.ints.extend(ints)
        return f"{node.op_type}: {name} = {ints}"
    if way == 2 and old.type == AttributeProto.INTS:
        ints = [*old.ints, 1] if rng.rand() < 0.5 else list(old.ints)[:-1]
        del old.ints[:]
        old.ints.extend(ints)
        return f"{node.op_type}: {name} has {len(ints)} numbers"
    if way == 1 and old.type == AttributeProto.INT:
        old.i = int(_pick(rng, HUGE))
        return f"{node.op_type}: {name} = {old.i}"
    _set(node, name, _value(rng))
    return f"{node.op_type}: {name} of another kind"


def _input(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    known = [one.name for one in (*graph.initializer, *graph.input)]
    known += [name for other in graph.node for name in other.output]
    names = list(node.input)
    way = rng.randint(5)
    if way == 0 and names:
        names.pop(rng.randint(len(names)))
    elif way == 1 and names:
        names[rng.randint(len(names))] = ""
    elif way == 2 and names:
        names[rng.randint(len(names))] = str(_pick(rng, known))
    elif way == 3:
        names = names[::-1]
    else:
        names += [str(_pick(rng, known)) for _ in range(rng.randint(1, 4))]
    del node.input[:]
    node.input.extend(names)
    return f"{node.op_type}: inputs {names}"


def _kind(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    before, node.op_type = node.op_type, str(_pick(rng, KINDS))
    return f"{before} -> {node.op_type}"


def _output(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    if rng.rand() < 0.5:
        node.output.append(str(_pick(rng, ("", "more"))))
    else:
        node.output.insert(0, str(_pick(rng, ("", "before"))))
    return f"{node.op_type}: outputs {list(node.output)}"


def _weight(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    names = [name for name in node.input if name in {one.name for one in graph.initializer}]
    if not names:
        new = numpy_helper.from_array(_array(rng), f"new{len(graph.initializer)}")
        graph.initializer.append(new)
        node.input.append(new.name)
        return f"{node.op_type}: a constant {list(new.dims)} added"
    name = _pick(rng, names)
    one = next(one for one in graph.initializer if one.name == name)
    if rng.rand() < 0.1:
        del one.dims[:]
        one.dims.extend([int(_pick(rng, HUGE)) for _ in range(rng.randint(4))])
        return f"{node.op_type}: {one.name} says {list(one.dims)}"
    try:
        old = numpy_helper.to_array(one)
    except ValueError:  # its sizes were changed before
        old = None
    new = _array(rng, old)
    one.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(new).reshape(new.shape), one.name))
    return f"{node.op_type}: {one.name} is {list(new.shape)} of {new.dtype}"


def _shape(rng: Rng, graph: GraphProto, node: NodeProto) -> str:
    one = graph.input[rng.randint(len(graph.input))].type.tensor_type
    sides = [(1 << 12) if rng.rand() < 0.1 else rng.randint(1, 6) for _ in range(rng.randint(6))]
    if rng.rand() < 0.3:
        one.elem_type = int(_pick(rng, (TensorProto.FLOAT, TensorProto.INT64, TensorProto.UINT8, TensorProto.BOOL)))
    if rng.rand() < 0.7:
        del one.shape.dim[:]
        for side in [1, *sides]:
            one.shape.dim.add().dim_value = side
    return f"an input is {[d.dim_value for d in one.shape.dim]} of type {one.elem_type}"


WAYS = (_attribute, _attribute, _attribute, _input, _input, _kind, _output, _weight, _weight, _shape)


def mutated(base: onnx.ModelProto, rng: Rng) -> tuple[onnx.ModelProto, str]:
    """A copy of a model with one or two changes, and what they are."""
    model = onnx.ModelProto()
    model.CopyFrom(base)
    said = []
    if rng.rand() < 0.1:
        model.opset_import[0].version = int(rng.randint(6, 22))
        said.append(f"opset {model.opset_import[0].version}")
    for _ in range(1 + (rng.rand() < 0.3)):
        node = model.graph.node[rng.randint(len(model.graph.node))]
        said.append(WAYS[rng.randint(len(WAYS))](rng, model.graph, node))
    return model, "; ".join(said)


def outcomes(bases: Sequence[onnx.ModelProto], rng: Rng) -> Counter[str]:
    """What comes of a mutation of each model: "imported", "refused", or what should never come of it."""
    found: Counter[str] = Counter()
    for number, base in enumerate(bases):
        model, what = mutated(base, rng)
        try:
            models.imported(models.check(model, "m"), "m", picture=(None, True, False)[number % 3])
        except ModelFileError as error:
            found["refused" if "\n" not in str(error) else f"more than one line: {what}"] += 1
        except Exception as error:  # named, with what was done to the model
            found[f"{error!r}: {what}"] += 1
        else:
            found["imported"] += 1
    return found

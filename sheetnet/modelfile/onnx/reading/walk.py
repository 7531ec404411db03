"""The graph is read operator by operator: each becomes layers or a constant, or is refused together with others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetnet.errors import shown
from sheetnet.modelfile.onnx.reading import constants
from sheetnet.modelfile.onnx.reading.arguments import MISSING
from sheetnet.modelfile.onnx.reading.builder import Builder
from sheetnet.modelfile.onnx.reading.graph import Op, Refused
from sheetnet.modelfile.onnx.reading.operators import NOT_FLOAT, TABLE
from sheetnet.modelfile.onnx.reading.refusals import CUT, Refusals
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value

_REDUCE = ("Mean", "Max", "Sum", "L1", "L2", "SumSquare", "LogSum", "LogSumExp")
_AXES_BEHIND = {"Slice": 3, "Squeeze": 1, "Unsqueeze": 1, **{f"Reduce{how}": 1 for how in _REDUCE}}
_NO_LAYER = f"there is no layer for it; {CUT}"


def walk(b: Builder, path: str) -> None:
    """Read every operator of the builder's graph, in order. ModelFileError lists those that cannot be imported.

    A reader refuses what a file may say by raising ``Refused``. Anything else that it raises is our own mistake, and
    is not caught.
    """
    refusals = Refusals(path)
    blocked: set[str] = set()  # values that cannot be computed, since an operator before them is refused
    for op, reason in b.graph.refused:
        refusals.add(op, reason)
        blocked.update(op.outputs)
    refused_before = frozenset(blocked)
    for op in b.graph.ops:
        if refused_before.intersection(op.outputs):
            continue
        b.op = op
        waits = bool(blocked.intersection(op.inputs))
        why = _unknown(op, b, waits)
        if why is None and not waits:
            try:
                _read(b, op)
            except Refused as error:
                why = str(error)
        if why is not None:
            refusals.add(op, why)
        if why is not None or waits:
            blocked.update(op.outputs)
    refusals.check()
    b.op = None


def _unknown(op: Op, b: Builder, waits: bool) -> str | None:
    """Why an operator cannot be imported, if its kind and the names of its attributes are enough to know."""
    row = TABLE.get(op.kind)
    if row is None:
        constant = all(isinstance(b.values.get(name), np.ndarray) for name in op.inputs if name)
        if op.kind in ("Constant", "Shape", "Size") or ((constant or waits) and op.kind in constants.COMPUTED):
            return None
        return _NO_LAYER
    if strange := sorted(set(op.attributes) - row.attributes):
        return f"its attribute {shown(strange[0])} is not supported; {CUT}"
    return None


def _read(b: Builder, op: Op) -> None:
    """Read one operator, and keep the values of its outputs."""
    results = _results(b, op, [b.values[name] if name else None for name in op.inputs])
    if missing := [name for name in op.outputs[len(results) :] if name and b.uses[name]]:
        raise Refused(f"its output {shown(missing[0])} is not supported")
    b.values.update({name: value for name, value in zip(op.outputs, results, strict=False) if name})


def _results(b: Builder, op: Op, values: list[Value]) -> Sequence[Value]:
    if op.kind == "Constant":
        return [constants.value_of(op)]
    if op.kind in ("Shape", "Size") and values and isinstance(values[0], Live | Outside):
        return [constants.shape_as_constant(op, values[0].shape)]
    if values and isinstance(values[0], np.ndarray) and not values[0].size:  # no cell could show it: it is computed
        values = [v.given if isinstance(v, Outside) and v.given is not None else v for v in values]
    given = [value for value in values if value is None or isinstance(value, np.ndarray)]
    if len(given) == len(values) and (known := constants.computed(op, given, b.room)) is not None:
        return [known]
    row = TABLE.get(op.kind)
    if row is None:
        raise Refused(_NO_LAYER)
    if len(values) < row.least or any(value is None for value in values[: row.least]):
        raise Refused(MISSING)
    if len(given) == len(values):  # something has to be computed on a sheet
        values = [b.live(values[0]), *values[1:]]
    if not row.moves and isinstance(values[0], Live | Outside) and values[0].kind != "float":
        raise Refused(NOT_FLOAT)
    if b.batch > 1 and _along_batch(op, values):
        raise Refused(f"works along the {b.batch} pictures that the model takes at once; export it with a batch of 1")
    return row.how(b, op, values)


def _along_batch(op: Op, values: Sequence[Value]) -> bool:
    """Whether an operator mixes the pictures of a batch, or tells them apart, by naming the first axis."""
    x = values[0]
    if not isinstance(x, Live) or not x.shape:
        return False
    named = [*(op.ints("axes") or ()), *([op.get("axis", 0)] if "axis" in op.attributes else ())]
    if op.kind in _AXES_BEHIND and len(values) > _AXES_BEHIND[op.kind]:
        which = values[_AXES_BEHIND[op.kind]]
        named.extend(int(n) for n in which.reshape(-1)) if isinstance(which, np.ndarray) else None
    if op.kind == "Transpose":
        return (op.ints("perm") or [1])[0] != 0
    if op.kind.startswith("Reduce") and not named:
        return not op.get("noop_with_empty_axes", 0)
    if op.kind in ("Split", "Gather") and "axis" not in op.attributes:
        return True
    return any(axis in (0, -len(x.shape)) for axis in named) and x.shape[0] == 1

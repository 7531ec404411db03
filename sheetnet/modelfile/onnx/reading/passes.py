"""Rewriting the graph before it becomes layers: what exporters spell out is read as one thing again.

x * 0.5 * (1 + erf(x / sqrt(2)))  is  Gelu(x),   Identity(x) is x,   Dropout(x) is x after training
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from sheetnet.modelfile.onnx.reading import constants
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph, Op, Refused

_LARGE = 19  # from here on softplus(x) is x, within 1e-8


def simplified(graph: Graph) -> tuple[Graph, list[str]]:
    """The graph with Gelu as one operator and without those that do nothing, and remarks on it."""
    graph, notes = _without_identity(graph)
    graph, more = _with_gelu(graph)
    return _with_softplus(graph), notes + more


def _without_identity(graph: Graph) -> tuple[Graph, list[str]]:
    """Readers of an Identity, or of a Dropout that does not train, read what it reads."""
    other: dict[str, str] = {}
    kept: list[Op] = []
    count = 0
    outputs = set(graph.outputs)
    read = {name for op in graph.ops for name in op.inputs}
    for op in graph.ops:
        changed = replace(op, inputs=tuple(other.get(name, name) for name in op.inputs))
        drops = op.kind == "Identity" or (op.kind == "Dropout" and graph.opset >= 7 and len(op.inputs) < 3)
        if drops and op.inputs[:1] and changed.inputs[0] and outputs.isdisjoint(op.outputs):
            unused = [o for o in op.outputs[1:] if o]
            if read.isdisjoint(unused):
                other[op.outputs[0]] = changed.inputs[0]
                count += 1
                continue
        kept.append(changed)
    notes = [f"{count} x Identity or Dropout left out: they do nothing after training"] if count else []
    return replace(graph, ops=tuple(kept)), notes


def _with_gelu(graph: Graph) -> tuple[Graph, list[str]]:
    links = _Links(graph)
    drop: set[str] = set()
    replaced: dict[str, Op] = {}
    for erf in [op for op in graph.ops if op.kind == "Erf"]:
        if (found := _around(erf, links)) is not None:
            x, members = found
            drop |= {op.outputs[0] for op in members}
            replaced[members[-1].outputs[0]] = replace(members[-1], kind="Gelu", inputs=(x,), attributes={})
    if not replaced:
        return graph, []
    ops = [
        replaced.get(op.outputs[0], op) for op in graph.ops if op.outputs[0] in replaced or op.outputs[0] not in drop
    ]
    return replace(graph, ops=tuple(ops)), [f"{len(replaced)} x GELU read from the steps that spell it out"]


def _with_softplus(graph: Graph) -> Graph:
    """PyTorch takes x itself where it is large, and softplus(x) elsewhere: that is softplus(x), to 1e-8."""
    links = _Links(graph)
    other: dict[str, str] = {}
    gone: set[str] = set()
    for op in graph.ops:
        if op.kind != "Where" or len(op.inputs) != 3 or len(op.outputs) != 1:
            continue
        limit, soft = links.maker.get(op.inputs[0]), links.maker.get(op.inputs[2])
        if limit is None or soft is None or links.only_reader(limit) is not op or len(limit.outputs) != 1:
            continue
        greater = limit.kind == "Greater" and len(limit.inputs) == 2 and limit.inputs[0] == op.inputs[1]
        same = soft.kind == "Softplus" and soft.inputs == op.inputs[1:2] and op.outputs[0] not in graph.outputs
        if same and greater and links.scalars.get(limit.inputs[1], 0) >= _LARGE:
            other[op.outputs[0]] = op.inputs[2]
            gone |= {op.outputs[0], limit.outputs[0]}
    if not gone:
        return graph
    ops = [op for op in graph.ops if op.outputs[0] not in gone]
    return replace(graph, ops=tuple(replace(op, inputs=tuple(other.get(n, n) for n in op.inputs)) for op in ops))


class _Links:
    """Which operator makes a value, which read it, and which values are a single number."""

    def __init__(self, graph: Graph) -> None:
        self.scalars = _scalars(graph)
        self.maker = {name: op for op in graph.ops for name in op.outputs if name}
        self._outputs = frozenset(graph.outputs)
        self._readers: dict[str, list[Op]] = {}
        for op in graph.ops:
            for name in op.inputs:
                self._readers.setdefault(name, []).append(op)

    def only_reader(self, op: Op) -> Op | None:
        """The one operator that reads what ``op`` makes; None where several do, or where it is an output."""
        made = op.outputs[0]
        readers = self._readers.get(made, []) if made and made not in self._outputs else []
        return readers[0] if len(readers) == 1 else None


def _scalars(graph: Graph) -> dict[str, float]:
    """The constants that are one number."""
    found: dict[str, Constant] = dict(graph.constants)
    for op in [op for op in graph.ops if op.outputs[0]]:
        if op.kind == "Constant":
            try:
                found[op.outputs[0]] = constants.value_of(op)
            except Refused:
                continue  # it is refused again, with its name, when the operator itself is read
        elif op.kind in ("Cast", "Sqrt") and op.inputs and op.inputs[0] in found:
            value = found[op.inputs[0]]
            if value.size == 1 and value.dtype.kind == "f" and (value >= 0).all():
                found[op.outputs[0]] = np.sqrt(value) if op.kind == "Sqrt" else value
    return {name: float(v.reshape(-1)[0]) for name, v in found.items() if v.size == 1 and v.dtype.kind == "f"}


def _around(erf: Op, links: _Links) -> tuple[str, list[Op]] | None:
    """The x and the operators of x * 0.5 * (1 + erf(x / sqrt(2))), in whatever order it is put together."""
    inner = links.maker.get(erf.inputs[0]) if len(erf.inputs) == 1 else None
    x = None if inner is None or links.only_reader(inner) is not erf else _divided(inner, links.scalars)
    if inner is None or x is None:
        return None
    members, product = [inner, erf], 1.0
    seen_one = seen_x = False
    while True:
        made, step = members[-1].outputs[0], links.only_reader(members[-1])
        if step is None or len(step.inputs) != 2:
            return None
        other = step.inputs[0] if step.inputs[1] == made else step.inputs[1]
        if step.kind == "Add" and links.scalars.get(other) == 1 and not seen_one:
            seen_one = True
        elif step.kind != "Mul" or not seen_one:
            return None
        elif other in links.scalars:
            product *= links.scalars[other]
        elif seen_x:
            return None
        elif other == x:
            seen_x = True
        else:  # x * 0.5 was made before
            half = links.maker.get(other)
            if half is None or half.kind != "Mul" or len(half.inputs) != 2 or x not in half.inputs:
                return None
            if links.only_reader(half) is not step:
                return None
            product *= links.scalars.get(half.inputs[0] if half.inputs[1] == x else half.inputs[1], 0.0)
            members.append(half)
            seen_x = True
        members.append(step)
        if seen_one and seen_x and abs(product - 0.5) < 1e-6:
            return x, members


def _divided(op: Op, scalars: dict[str, float]) -> str | None:
    """The x of x / sqrt(2), or of x * sqrt(1/2)."""
    if op.kind not in ("Div", "Mul") or len(op.inputs) != 2:
        return None
    x, factor = op.inputs if op.inputs[1] in scalars else op.inputs[::-1]
    if factor not in scalars or (op.kind == "Div" and factor != op.inputs[1]):
        return None
    return x if abs(scalars[factor] - sqrt(2 if op.kind == "Div" else 0.5)) <= 1e-4 else None

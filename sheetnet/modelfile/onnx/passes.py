"""Rewriting the graph before it becomes layers: what exporters spell out is read as one thing again.

x * 0.5 * (1 + erf(x / sqrt(2)))  is  Gelu(x),   Identity(x) is x,   Dropout(x) is x after training
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from sheetnet.modelfile.onnx import fold
from sheetnet.modelfile.onnx.graph import Constant, Graph, Op, Refused


def simplified(graph: Graph) -> tuple[Graph, list[str]]:
    """The graph without rows of Identity and with Gelu as one operator, and what to say about it."""
    graph, notes = _without_identity(graph)
    graph, more = _gelu(graph)
    return graph, notes + more


def _without_identity(graph: Graph) -> tuple[Graph, list[str]]:
    """Readers of an Identity, or of a Dropout that nobody trains, read what it reads."""
    other: dict[str, str] = {}
    kept: list[Op] = []
    count = 0
    for op in graph.ops:
        changed = replace(op, inputs=tuple(other.get(name, name) for name in op.inputs))
        drops = op.kind == "Identity" or (op.kind == "Dropout" and graph.opset >= 7 and len(op.inputs) < 3)
        if drops and op.inputs[:1] and changed.inputs[0] and not any(o in graph.outputs for o in op.outputs):
            unused = [o for o in op.outputs[1:] if o]
            if not any(o in later.inputs for o in unused for later in graph.ops):
                other[op.outputs[0]] = changed.inputs[0]
                count += 1
                continue
        kept.append(changed)
    notes = [f"{count} x Identity or Dropout left out: they do nothing after training"] if count else []
    return replace(graph, ops=tuple(kept)), notes


def _scalars(graph: Graph) -> dict[str, float]:
    """The constants that are one number."""
    found: dict[str, Constant] = dict(graph.constants)
    for op in graph.ops:
        if op.kind == "Constant" and op.outputs:
            try:
                found[op.outputs[0]] = fold.constant(op)
            except Refused:
                continue  # said again, with its name, when the operator itself is read
        elif op.kind in ("Cast", "Sqrt") and op.outputs and op.inputs and op.inputs[0] in found:
            value = found[op.inputs[0]]
            if value.size == 1 and value.dtype.kind == "f":
                found[op.outputs[0]] = np.sqrt(value) if op.kind == "Sqrt" else value
    return {name: float(v.reshape(-1)[0]) for name, v in found.items() if v.size == 1 and v.dtype.kind == "f"}


def _gelu(graph: Graph) -> tuple[Graph, list[str]]:
    scalars = _scalars(graph)
    maker = {name: op for op in graph.ops for name in op.outputs}
    readers: dict[str, list[Op]] = {}
    for op in graph.ops:
        for name in op.inputs:
            readers.setdefault(name, []).append(op)
    drop: set[str] = set()
    replaced: dict[str, Op] = {}
    for erf in [op for op in graph.ops if op.kind == "Erf"]:
        found = _around(erf, scalars, maker, readers, graph.outputs)
        if found is not None:
            x, members, last = found
            drop |= {op.outputs[0] for op in members}
            replaced[last.outputs[0]] = Op(last.name, "Gelu", (x,), last.outputs, {})
    if not replaced:
        return graph, []
    ops = [
        replaced.get(op.outputs[0], op) for op in graph.ops if op.outputs[0] in replaced or op.outputs[0] not in drop
    ]
    return replace(graph, ops=tuple(ops)), [f"{len(replaced)} x GELU read from the steps that spell it out"]


def _around(
    erf: Op, scalars: dict[str, float], maker: dict[str, Op], readers: dict[str, list[Op]], outputs: tuple[str, ...]
) -> tuple[str, list[Op], Op] | None:
    """x, the operators and the last one of x * 0.5 * (1 + erf(x / sqrt(2))), however it is put together."""
    inner = maker.get(erf.inputs[0]) if len(erf.inputs) == 1 else None
    if inner is None or inner.kind not in ("Div", "Mul") or len(inner.inputs) != 2:
        return None
    if len(readers.get(inner.outputs[0], [])) != 1 or inner.outputs[0] in outputs:
        return None
    x, factor = inner.inputs if inner.inputs[1] in scalars else inner.inputs[::-1]
    if factor not in scalars or (inner.kind == "Div" and factor != inner.inputs[1]):
        return None
    wanted = sqrt(2) if inner.kind == "Div" else sqrt(0.5)
    if abs(scalars[factor] - wanted) > 1e-4:
        return None
    members, now, product = [inner, erf], erf, 1.0
    seen_one = seen_x = False
    while True:
        following = readers.get(now.outputs[0], [])
        if len(following) != 1 or now.outputs[0] in outputs or len(following[0].inputs) != 2:
            return None
        step = following[0]
        other = step.inputs[0] if step.inputs[1] == now.outputs[0] else step.inputs[1]
        members.append(step)
        if step.kind == "Add" and scalars.get(other) == 1 and not seen_one:
            seen_one = True
        elif step.kind == "Mul" and seen_one and other in scalars:
            product *= scalars[other]
        elif step.kind == "Mul" and seen_one and other == x and not seen_x:
            seen_x = True
        elif step.kind == "Mul" and seen_one and not seen_x and (half := maker.get(other)) is not None:
            if (
                half.kind != "Mul"
                or len(half.inputs) != 2
                or x not in half.inputs
                or len(readers.get(other, [])) != 1
            ):
                return None
            product *= scalars.get(half.inputs[0] if half.inputs[1] == x else half.inputs[1], 0.0)
            members.append(half)
            seen_x = True
        else:
            return None
        if seen_one and seen_x and abs(product - 0.5) < 1e-6:
            return x, members, step
        now = step

"""What a model does with its answer at the very end, and a workbook does not need: the class with the most is chosen.

ArgMax(probabilities) and ZipMap(probabilities) are read as the probabilities; a workbook names the class by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sheetnet.modelfile.onnx.reading.graph import Graph, Op
from sheetnet.modelfile.onnx.reading.order import ordered

_CUT = ("ArgMax", "ZipMap")
# What may stand between the choice and the output: it only gives the choice another form or name.
_BEHIND = ("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "ArrayFeatureExtractor", "LabelEncoder")


def without_choice(graph: Graph, path: str) -> tuple[Graph, list[str]]:
    """The graph without operators that choose a class at the end, and remarks on it. ``path`` is for messages."""
    maker = {name: op for op in graph.ops for name in op.outputs if name}
    left_out: list[str] = []
    outputs: list[str] = []
    for name in graph.outputs:
        chosen = _choice(name, maker)
        if chosen is not None:
            left_out.append(chosen.kind)
            name = chosen.inputs[0]
        if name not in outputs:
            outputs.append(name)
    if not left_out:
        return graph, []
    ops = ordered(path, graph.ops, tuple(outputs))
    made = {name for op in ops for name in op.outputs}
    refused = tuple((op, why) for op, why in graph.refused if made.intersection(op.outputs))
    kinds = " and ".join(dict.fromkeys(left_out))
    note = f"{kinds} at the end left out: the workbook shows what every class gets, and names the one with the most"
    return replace(graph, ops=ops, outputs=tuple(outputs), refused=refused), [note]


def _choice(name: str, maker: Mapping[str, Op]) -> Op | None:
    """The operator that chooses a class, if an output is nothing but its choice; it must be made of something."""
    while (op := maker.get(name)) is not None:
        if op.kind in _CUT:
            return op if op.inputs and op.inputs[0] in maker else None
        live = [one for one in op.inputs if one in maker]
        if op.kind not in _BEHIND or not live:
            return None
        name = live[-1] if op.kind == "ArrayFeatureExtractor" else live[0]
    return None

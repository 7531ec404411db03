"""The spec grows node by node: layers, extra tensors, parameters, and where each ONNX value lies.

A layer reads tensors that are there already, and is named after the operator that is being read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Shape
from sheetnet.layers import LAYERS, Array, Layer
from sheetnet.modelfile.onnx.reading.graph import Constant, Graph, Op, Refused, Room
from sheetnet.modelfile.onnx.reading.names import Names, wanted
from sheetnet.modelfile.onnx.reading.values import Live, Outside, Value

MAX_RANK = 8
_KINDS = {layer.kind: layer for layer in LAYERS}


@dataclass
class Step:
    """A node of the spec that is being built.

    ``own_bias``: False where the model has no bias for it, so that its zeros may become one. ``made``: the
    full names of its tensors and parameters.
    """

    name: str
    layer: Layer
    inputs: list[str]
    own_bias: bool = True
    made: tuple[str, ...] = ()


class Builder:
    """The spec so far, and what is known of every value. ``picture``: whether tensors lack the batch axis."""

    def __init__(self, graph: Graph, picture: bool) -> None:
        self.graph, self.picture, self.room = graph, picture, graph.room
        self.kept = Room()  # for the numbers of layers: many layers may read one constant
        self.values: dict[str, Value] = dict(graph.constants)
        self.uses = Counter(name for op in graph.ops for name in op.inputs)
        self.uses.update(graph.outputs)
        self.readers: dict[str, list[Op]] = {}
        for op in graph.ops:
            for name in op.inputs:
                self.readers.setdefault(name, []).append(op)
        self.steps: dict[str, Step] = {}
        self.shapes: dict[str, Shape] = {}
        self.parameters: dict[str, Array] = {}
        self.inputs: dict[str, str] = {}
        self.notes: list[str] = []
        self.names = Names()
        self.op: Op | None = None
        self.batch = 1  # pictures that the model takes at once; here it is one
        self._made: dict[Any, str] = {}
        self._read: Counter[str] = Counter()  # tensor -> how often layers read it

    # Values

    def constant(self, value: Value, what: str) -> Constant:
        """The numbers of a value that is called ``what`` in messages. Refused where they are not known."""
        if isinstance(value, Outside) and value.given is not None:
            return value.given
        if isinstance(value, np.ndarray):
            return value
        if value is None:
            raise Refused(f"{what} is missing; export the model again")
        raise Refused(
            f"{what} must be a constant, and is computed or comes from outside; give its value with the model"
        )

    def live(self, value: Value) -> Live:
        """A value as a tensor; a constant becomes an extra tensor."""
        if isinstance(value, Live):
            return value
        if isinstance(value, Outside):
            if value.name not in self._made:
                name = self.names.give(value.name)
                given = None if value.given is None else value.given.astype(np.float64)
                self._made[value.name] = self.inputs[value.name] = self._outside(name, value.shape, given)
            return Live(self._made[value.name], value.shape, tuple(range(len(value.shape))), False, value.kind)
        if value is None:
            raise Refused("an input is missing; export the model again")
        shape = tuple(value.shape)
        tensor = self.given(value.astype(np.float64))
        kind = "float" if value.dtype.kind == "f" else "int"
        return Live(tensor, shape, tuple(range(len(shape))), False, kind)

    def given(self, value: Array) -> str:
        """The tensor of numbers that come along with the weights; equal numbers are one tensor."""
        key = (value.shape, sha256(np.ascontiguousarray(value).data).digest())
        if key not in self._made:
            name = self.names.give(f"{wanted(self.op, 'layer')}_constant" if self.op else "constant")
            self._made[key] = self._outside(name, value.shape, value)
        return self._made[key]

    def _outside(self, name: str, shape: Shape, value: Array | None) -> str:
        if len(shape) > MAX_RANK:
            raise Refused(f"a tensor of rank {len(shape)}; a sheet shows up to {MAX_RANK}")
        if 0 in shape:
            raise Refused(f"a tensor without elements, {list(shape)}, cannot be shown")
        if value is not None and not np.isfinite(value).all():
            raise Refused("a constant that is infinite, or no number, cannot be shown")
        self.shapes[f"{name}.out"] = shape
        if value is not None:
            self.kept.take(value.size)
            self.parameters[f"{name}.out"] = value
        return f"{name}.out"

    def per_picture(self, wanted: Sequence[int], count: int) -> list[int]:
        """A shape as the model has it for its batch, for one picture of it, which has ``count`` numbers."""
        shape = list(wanted)
        if self.batch > 1 and shape[:1] == [self.batch] and (-1 in shape or prod(shape) == self.batch * count):
            shape[0] = 1
        return shape

    # Layers

    def add(
        self,
        kind: str,
        inputs: Sequence[str],
        params: Mapping[str, Array] | None = None,
        *,
        hint: str = "",
        own_bias: bool = True,
        **options: Any,
    ) -> str:
        """Add a layer that reads the tensors ``inputs``, and give the name of its tensor "out".

        Refused where the layer does not take these options, shapes or parameters.
        """
        given = dict(params or {})
        try:
            layer = _KINDS[kind](**options)
            reads = layer.reads
            of = {own: self.shapes[tensor] for own, tensor in zip(reads, inputs, strict=True)}
            if any(tensor.partition(".")[2] != part for tensor, part in zip(inputs, reads.values(), strict=True)):
                raise Refused("reads the indices of a pool, which no layer can")
            tensors, needed = layer.tensors(of), layer.params(of)
        except NetworkError as error:
            raise Refused(str(error)) from error
        if {n: v.shape for n, v in given.items()} != {n: tuple(s) for n, s in needed.items()}:
            shapes = ", ".join(f"{n} {list(v.shape)}" for n, v in given.items())
            raise Refused(f"its weights ({shapes}) do not fit its input {list(of.get('x', ()))}")
        self.kept.take(sum(v.size for v in given.values()))
        name = self.names.give(hint or (wanted(self.op, kind) if self.op else kind))
        made = tuple(f"{name}.{own}" for own in (*tensors, *needed))
        self.steps[name] = Step(name, layer, list(inputs), own_bias, made)
        self._read.update(inputs)
        self.shapes |= {f"{name}.{tensor}": tuple(shape) for tensor, shape in tensors.items()}
        self.parameters |= {f"{name}.{n}": np.asarray(v, dtype=np.float64) for n, v in given.items()}
        return f"{name}.out"

    def maker(self, value: Value, suits: Callable[[Step], bool]) -> Step | None:
        """The layer that made a value, if it ``suits`` and no layer reads the value yet."""
        if not isinstance(value, Live) or value.columns is not None:
            return None
        name, _, tensor = value.tensor.partition(".")
        step = self.steps.get(name)
        if step is None or tensor != "out" or not suits(step):
            return None
        return None if self._read[value.tensor] else step

    def used_once(self, name: str) -> bool:
        """Whether one operator alone reads an ONNX value."""
        return self.uses[name] == 1

    def remove(self, step: Step) -> None:
        """Take back a layer that no other layer reads."""
        del self.steps[step.name]
        self._read.subtract(step.inputs)
        self.names.free(step.name)
        for full in step.made:
            self.shapes.pop(full, None)
            gone = self.parameters.pop(full, None)
            self.kept.left += 0 if gone is None else gone.size

    def once(self, key: tuple[Any, ...], kind: str, tensor: str, **options: Any) -> str:
        """Add a layer that only moves numbers, unless this ``key`` has one, and give the name of its "out"."""
        if key not in self._made or self._made[key] not in self.shapes:
            base = tensor.partition(".")[0]
            self._made[key] = self.add(kind, [tensor], hint="" if kind == "flatten" else f"{base}_{kind}", **options)
        return self._made[key]

    def note(self, text: str) -> None:
        """Note a remark for the reader, once."""
        if text not in self.notes:
            self.notes.append(text)

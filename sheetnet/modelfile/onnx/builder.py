"""The spec grows node by node: layers, extra tensors, parameters, and where each ONNX value lies.

A value keeps the shape that ONNX gives it, while its tensor on the sheet may lack the batch axis and may have its
axes in another order. So a Transpose costs nothing until somebody needs it, and those that exporters put around
every convolution of a Keras model cancel each other:

    ONNX axis k (behind the batch axis) of a value = axis order[k] of its tensor
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.errors import NetworkError
from sheetnet.grid import Shape
from sheetnet.layers import LAYERS, Array, Layer
from sheetnet.modelfile.onnx.graph import Constant, Graph, Input, Op, Refused
from sheetnet.modelfile.onnx.names import Names, wanted

MAX_RANK = 8
_KINDS = {layer.kind: layer for layer in LAYERS}


@dataclass(frozen=True)
class Live:
    """A value that is computed: its tensor, its ONNX shape, the order of its axes, whether axis 0 is the batch.

    ``columns``: for a column whose ONNX order is another: ONNX element j is element columns[j] of the tensor;
    ``before`` is then the value that was flattened.
    """

    tensor: str
    shape: Shape
    order: tuple[int, ...]
    batch: bool = False
    kind: str = "float"
    columns: NDArray[np.intp] | None = None
    before: Live | None = None

    @property
    def inner(self) -> Shape:
        """The ONNX shape without the batch axis that is not on the sheet."""
        return self.shape[1:] if self.batch else self.shape

    @property
    def plain(self) -> bool:
        """Whether the tensor has its axes (and elements) in the order that ONNX has."""
        return self.order == tuple(range(len(self.order))) and self.columns is None


@dataclass(frozen=True)
class Outside:
    """An input of the graph that is not the photo; ``given`` are its numbers, if somebody gave them."""

    name: str
    kind: str
    shape: Shape
    given: Constant | None


Value = Live | Outside | Constant | None


@dataclass
class Step:
    """A node of the spec that is being built."""

    name: str
    layer: Layer
    inputs: list[str]
    own_bias: bool = True  # False: a bias of zeros that the model does not have


class Builder:
    """``picture``: the batch axis is dropped from every tensor."""

    def __init__(self, graph: Graph, picture: bool) -> None:
        self.graph, self.picture = graph, picture
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
        self._made: dict[Any, str] = {}

    # Values

    def constant(self, value: Value, what: str) -> Constant:
        """Numbers that are needed as numbers."""
        if isinstance(value, Outside) and value.given is not None:
            return value.given
        if isinstance(value, np.ndarray):
            return value
        raise Refused(
            f"{what} must be a constant, and is computed or comes from outside; give its value with the model"
        )

    def live(self, value: Value) -> Live:
        """A value as a tensor: constants become extra tensors."""
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
        """A tensor of numbers that come along with the weights; the same numbers only once."""
        key = (value.shape, value.tobytes())
        if key not in self._made:
            name = self.names.give(f"{wanted(self.op, 'layer')}_constant" if self.op else "constant")
            self._made[key] = self._outside(name, value.shape, value)
        return self._made[key]

    def _outside(self, name: str, shape: Shape, value: Array | None) -> str:
        if len(shape) > MAX_RANK:
            raise Refused(f"a tensor of rank {len(shape)}; a sheet shows up to {MAX_RANK}")
        if 0 in shape:
            raise Refused(f"a tensor without elements, {list(shape)}, cannot be shown")
        self.shapes[f"{name}.out"] = shape
        if value is not None:
            self.parameters[f"{name}.out"] = value
        return f"{name}.out"

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
        """A layer behind the tensors ``inputs``; the name of its tensor "out"."""
        if kind not in _KINDS:
            raise Refused(f"needs a layer of the kind {kind!r}, which this version does not have")
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
        name = self.names.give(hint or (wanted(self.op, kind) if self.op else kind))
        self.steps[name] = Step(name, layer, list(inputs), own_bias)
        self.shapes |= {f"{name}.{tensor}": tuple(shape) for tensor, shape in tensors.items()}
        self.parameters |= {f"{name}.{n}": np.asarray(v, dtype=np.float64) for n, v in given.items()}
        return f"{name}.out"

    def maker(self, value: Value, *kinds: str) -> Step | None:
        """The layer that made a value, if nobody else reads the value; of one of these kinds, if some are named."""
        if not isinstance(value, Live) or value.columns is not None:
            return None
        name, _, tensor = value.tensor.partition(".")
        step = self.steps.get(name)
        if step is None or tensor != "out" or (kinds and step.layer.kind not in kinds):
            return None
        return step if sum(one.inputs.count(value.tensor) for one in self.steps.values()) == 0 else None

    def used_once(self, name: str) -> bool:
        """Whether one operator alone reads an ONNX value."""
        return self.uses[name] == 1

    def remove(self, step: Step) -> None:
        """Take back a layer that nobody reads."""
        del self.steps[step.name]
        self.names.free(step.name)
        for table in (self.shapes, self.parameters):
            for key in [key for key in table if key.startswith(f"{step.name}.")]:
                del table[key]

    def _once(self, key: tuple[Any, ...], kind: str, tensor: str, **options: Any) -> str:
        if key not in self._made or self._made[key] not in self.shapes:
            base = tensor.partition(".")[0]
            self._made[key] = self.add(kind, [tensor], hint="" if kind == "flatten" else f"{base}_{kind}", **options)
        return self._made[key]

    # Arrangements

    def as_plain(self, x: Live) -> Live:
        """The same value with its elements in ONNX's order; a layer only where that moves something."""
        if x.plain:
            return x
        if x.before is not None:
            return self.reshaped(self.as_plain(x.before), x.shape)
        sheet = self.shapes[x.tensor]
        moved = [axis for axis in x.order if sheet[axis] != 1]
        if moved == sorted(moved):
            tensor = self._once((x.tensor, "reshape", x.inner), "reshape", x.tensor, shape=list(x.inner))
        else:
            tensor = self._once((x.tensor, "transpose", x.order), "transpose", x.tensor, axes=list(x.order))
        return replace(x, tensor=tensor, order=tuple(range(len(x.order))))

    def full(self, x: Live) -> Live:
        """The same value with every ONNX axis on the sheet, in ONNX's order."""
        x = self.as_plain(x)
        if not x.batch:
            return x
        tensor = self._once((x.tensor, "reshape", x.shape), "reshape", x.tensor, shape=list(x.shape))
        return replace(x, tensor=tensor, order=tuple(range(len(x.shape))), batch=False)

    def has_batch(self, shape: Shape) -> bool:
        """Whether a value of this shape leaves its first axis off the sheet."""
        return self.picture and len(shape) > 1 and shape[0] == 1

    def canonical(self, x: Live) -> Live:
        """The same value without the batch axis, if this is a picture network, and in ONNX's order."""
        x = self.as_plain(x)
        if x.batch or not self.has_batch(x.shape):
            return x
        return self.reshaped(x, x.shape)

    def reshaped(self, x: Live, shape: Shape) -> Live:
        """The elements in row-major order in another shape."""
        batch = self.has_batch(shape)
        inner = shape[1:] if batch else shape
        sheet = self.shapes[x.tensor]
        moved = [axis for axis in x.order if sheet[axis] != 1]
        if x.columns is not None or moved != sorted(moved):
            x = self.as_plain(x)
        tensor = x.tensor
        if self.shapes[tensor] != inner:
            if self.picture and len(self.shapes[tensor]) == 3 and len(inner) == 1:
                tensor = self._once((tensor, "flatten"), "flatten", tensor)
            else:
                tensor = self._once((tensor, "reshape", inner), "reshape", tensor, shape=list(inner))
        return Live(tensor, shape, tuple(range(len(inner))), batch, x.kind)

    def arranged(self, value: Value, like: Live, *, strip: bool = False) -> str:
        """A value as a tensor whose axes lie as those of ``like``, so that the two broadcast or join.

        ``strip``: constants lose leading axes of size 1, which broadcasting puts back.
        """
        rank = len(like.shape)
        lead = int(like.batch)
        if isinstance(value, Live):
            if value.shape == like.shape and value.batch == like.batch and value.order == like.order:
                if value.columns is None:
                    return value.tensor
                return self.as_plain(value).tensor
            x = self.as_plain(value)
            inner = ((1,) * (rank - len(x.shape)) + x.shape)[lead:]
            identity = like.plain
            if identity and (x.inner == inner or (not x.batch and len(x.shape) <= rank - lead)):
                return x.tensor
            if x.inner != inner:
                key = (x.tensor, "reshape", inner)
                x = replace(x, tensor=self._once(key, "reshape", x.tensor, shape=list(inner)))
            inverse = tuple(int(k) for k in np.argsort(like.order))
            there = Live(x.tensor, inner, inverse)
            # sheet axis order[k] = ONNX axis k, so the sheet's axis j is ONNX axis inverse[j]
            return self.as_plain(replace(there, shape=tuple(inner[k] for k in inverse))).tensor
        if isinstance(value, Outside):
            return self.arranged(self.live(value), like, strip=strip)
        numbers = self.constant(value, "an operand").astype(np.float64)
        numbers = numbers.reshape((1,) * (rank - numbers.ndim) + numbers.shape)
        if lead:
            numbers = numbers[0]
        numbers = numbers.transpose([int(k) for k in np.argsort(like.order)])
        while strip and numbers.ndim and numbers.shape[0] == 1:
            numbers = numbers[0]
        return self.given(numbers)

    def note(self, text: str) -> None:
        """A remark for the reader, said once."""
        if text not in self.notes:
            self.notes.append(text)


def outside(one: Input, shape: Shape, given: Constant | None) -> Outside:
    """An input of the graph as a value."""
    return Outside(one.name, one.kind, shape, given)

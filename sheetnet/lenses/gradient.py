"""Lenses of learning: the gradient of a layer, that of softmax and cross-entropy together, and a new weight.

    gradient        dx = dL/dx, dweight = dL/dweight, ...   from what the layer read and told, and what came back
    pair_gradient   dx = p - truth
    update          out = weight - rate * gradient

A gradient has the shape of what it belongs to, and no tensor of it is "out".
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.layers import LAYERS, Layer
from sheetnet.layers.back.matching import Matched, fixed, total
from sheetnet.layers.pointwise import Pointwise
from sheetnet.lenses.base import Lens, Rules, Shapes, Values
from sheetnet.lenses.elements import numbers
from sheetnet.operation import frozen

_KINDS = {layer.kind: layer for layer in LAYERS}
TRUTH = "truth"


class _Numbers(MutableMapping[str, Any]):
    """Elements as numbers; of what is put there, only the ``written`` is kept. ``used``: what was read."""

    def __init__(self, v: Values, written: Collection[str]) -> None:
        self._v, self._written = v, written
        self.used: set[str] = set()

    def __getitem__(self, own: str) -> Any:
        if own not in self._v:
            raise NetworkError(f"gradient: it does not read {own!r}, which its layer needs")
        value = numbers(self._v[own])
        self.used.add(own)
        return value

    def __contains__(self, own: object) -> bool:
        return own in self._v

    def get(self, own: str, default: Any = None) -> Any:
        """What is there, or something else."""
        return self[own] if own in self._v else default

    def __setitem__(self, own: str, value: Any) -> None:
        if own in self._written:
            self._v[own] = value

    def are_lost(self, *, given: bool) -> bool:
        """Whether any element of what was read so far is no number. ``given``: what is written does not count."""
        read = (own for own in self.used if not (given and own in self._written))
        return any(np.isnan(numbers(self._v[own])).any() for own in read)

    def __delitem__(self, own: str) -> None:
        raise TypeError("what a step reads stays")

    def __iter__(self) -> Iterator[str]:
        return iter(self._v)

    def __len__(self) -> int:
        return len(self._v)


@dataclass(frozen=True, slots=True)
class Gradient(Lens):
    """The gradients of a layer; see ``Layer.gradients`` for their names and shapes.

    ``of``: the layer, or its kind with its options, {"kind": "dense", "units": 3}. ``wants``: the inputs and
    parameters whose gradients are asked for; all that the layer gives back, where none is named.

    It reads what the layer reads and tells, its parameters, and the gradients that came back, "dout" (or "dlog", that
    of the logarithms of a softmax). Nothing needs to come back to a loss: its own gradient is 1.
    """

    kind = "gradient"

    of: Any
    wants: Any = ()

    def __post_init__(self) -> None:
        if not isinstance(self.of, Layer):
            object.__setattr__(self, "of", _layer_of(self.of))
        object.__setattr__(self, "wants", tuple(map(str, self.wants)))
        if unknown := [own for own in self.wants if own not in self.of.gives_back]:
            known = ", ".join(self.of.gives_back) or "none"
            raise NetworkError(
                f"gradient: {shown(unknown[0])} of {self.of.kind} has no gradient in cells; these have one: {known}"
            )

    def options(self) -> dict[str, Any]:
        """The layer as a spec writes it, and what is asked for."""
        told = {"of": {"kind": self.of.kind, **self.of.options()}}
        return told | ({"wants": list(self.wants)} if self.wants else {})

    def tensors(self, of: Shapes) -> Shapes:
        """What is shown on the way, and the gradients. NetworkError where the layer has none, or cannot read that."""
        layer: Layer = self.of
        who = f"gradient of {layer.kind}"
        if missing := [own for own in layer.reads if own not in of]:
            raise NetworkError(f"{who}: it does not read {missing[0]!r}, which the layer reads")
        inputs = {own: tuple(of[own]) for own in layer.reads}
        tensors, declared = layer.tensors(inputs), layer.gradients(inputs)
        known = {**inputs, **tensors, **layer.params(inputs), **{f"d{own}": shape for own, shape in tensors.items()}}
        for own, shape in of.items():
            if own not in known:
                raise NetworkError(f"{who}: it reads {own!r}, which is no tensor of the layer")
            if tuple(shape) != tuple(known[own]):
                raise NetworkError(f"{who}: {own} has shape {list(shape)}; the layer has {list(known[own])}")
        if layer.gives != "loss" and not any(f"d{own}" in of for own in tensors):
            raise NetworkError(f"{who}: no gradient came back to it; let it read 'dout'")
        return {own: shape for own, shape in declared.items() if self._is_wanted(own)}

    def _is_wanted(self, own: str) -> bool:
        """Whether something is a gradient that is asked for, or needed for one."""
        wants = self.wants or self.of.gives_back
        return any(one in wants for one in self.of.serves.get(own, ())) or own in {f"d{one}" for one in wants}

    def forward(self, v: Values) -> None:
        """What is shown on the way, and then the gradients; nan where a cell that is needed holds no number."""
        layer: Layer = self.of
        inputs = {own: np.shape(v[own]) for own in layer.reads}
        written = [own for own in layer.gradients(inputs) if self._is_wanted(own)]
        told = _Numbers(v, written)
        d = {own: told[f"d{own}"] for own in layer.tensors(inputs) if f"d{own}" in v} or {"out": np.ones(())}
        layer.shown_backward(told, d)
        if told.are_lost(given=True):
            v.update({own: np.full(np.shape(v[own]), np.nan) for own in written if own in layer.serves})
        layer.backward(told, d)
        lost = told.are_lost(given=False)
        for own in written:
            if own not in layer.serves:
                made = np.asarray(d[own[1:]], dtype=np.float64)
                v[own] = np.full(made.shape, np.nan) if lost else made

    def forward_cells(self, at: Blocks) -> Rules:
        """The gradient in cells of the layer, as far as it is asked for."""
        layer: Layer = self.of
        inputs = {own: at[own].shape for own in layer.reads}
        given = {own: fixed(at[own]) for own in layer.params(inputs) if own in at}
        rules = layer.backward_cells(ChainMap(given, at))  # type: ignore[arg-type]  # it only reads
        return {own: rules[own] for own in layer.gradients(inputs) if own in at}


def _layer_of(spec: Any) -> Layer:
    """The layer of its kind and options. NetworkError, TypeError or ValueError where they describe none."""
    if not isinstance(spec, Mapping) or spec.get("kind") not in _KINDS:
        kind = spec.get("kind") if isinstance(spec, Mapping) else spec
        raise NetworkError(f"gradient: of is {shown(kind)}; name the kind of a layer and its options")
    return _KINDS[spec["kind"]](**{str(key): frozen(value) for key, value in spec.items() if key != "kind"})


@dataclass(frozen=True, slots=True)
class PairGradient(Lens):
    """dx (N,): the gradient of the logits that softmax and cross-entropy give back together.

    It reads the probabilities p (N,) and the truth (N,), and "dout" () where something stands behind the loss.
    Without a truth, which is all 0, there is no loss and dx is 0.
    """

    kind = "pair_gradient"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of p."""
        if of["p"] != of[TRUTH] or len(of["p"]) != 1:
            raise NetworkError(
                f"pair_gradient: p is {list(of['p'])} and the truth {list(of[TRUTH])}; both must be one column"
            )
        return {"dx": of["p"]}

    def forward(self, v: Values) -> None:
        """Probability minus truth."""
        p, truth = numbers(v["p"]), numbers(v[TRUTH])
        behind = numbers(v["dout"]) if "dout" in v else 1.0
        v["dx"] = np.where(truth.sum() == 0, 0 * p, p - truth) * behind

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(SUM(truth)=0,0,p-truth)."""
        p, truth = at["p"], at[TRUTH]
        some = total("pair_gradient", Matched(truth)((slice(0, truth.shape[0]),)))
        times = f"*{at['dout'][()]}" if "dout" in at else ""
        return {"dx": lambda i: f"IF({some}=0,0,{p[i]}-{truth[i]}){times}"}


@dataclass(frozen=True, slots=True)
class Update(Lens):
    """out: the weight after one step of gradient descent. It reads weight and gradient of one shape, and rate ()."""

    kind = "update"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of the weight."""
        if of["weight"] != of["gradient"] or of["rate"]:
            listed = ", ".join(f"{own} {list(of[own])}" for own in ("weight", "gradient", "rate"))
            raise NetworkError(f"update: {listed}; weight and gradient must be alike, and the rate a single number")
        return {"out": of["weight"]}

    def forward(self, v: Values) -> None:
        """A step against the gradient."""
        v["out"] = np.asarray(numbers(v["weight"]) - numbers(v["rate"]) * numbers(v["gradient"]))

    def forward_cells(self, at: Blocks) -> Rules:
        """weight-rate*gradient."""
        return {"out": Pointwise("{}-{}*{}".format, at["weight"], at["rate"], at["gradient"])}

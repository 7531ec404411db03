"""The steps of a workbook: what reads which cells, what it writes where, and what NumPy says it should write.

A layer is a step, and so is a copy that repeats a tensor for the reader. The telling in numbers and the telling
in cells stand side by side here, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.grid import Block
from sheetnet.layers import Array, Rule, Values
from sheetnet.layout import Drawing, Plan, Truth, View
from sheetnet.network import PHOTO, TRUTH, Node

_ERROR = re.compile(r"#[A-Z_]+(?:/[0A])?[!?]?")  # as spreadsheets and the embedded engine write errors


class Own(dict[str, Array]):
    """Values that keep a workbook's own numbers: what a layer tells is put aside, and not read back.

    So each tensor is judged on the cells that its formulas really read, and one broken cell does not blame the
    next tensor of the same layer.
    """

    def __init__(self, own: Mapping[str, Any]) -> None:
        super().__init__(own)
        self.told: dict[str, Array] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        self.told[name] = np.asarray(value, dtype=np.float64)


@dataclass(frozen=True)
class Step:
    """``reads``, ``writes``: own name -> cells. ``rules``: own name -> formula. ``names``: own -> reported name.

    ``texts``: own name -> cells that are read as they are, because they hold words.
    """

    reads: dict[str, Block]
    writes: dict[str, Block]
    rules: dict[str, Rule]
    names: dict[str, str]
    forward: Callable[[Values], None]
    texts: dict[str, Block] = field(default_factory=dict)

    def expected(self, own: Mapping[str, Any]) -> dict[str, Array]:
        """What each tensor should be, given the workbook's own numbers for everything that is read."""
        values = Own(own)
        with np.errstate(all="ignore"):
            self.forward(values)
        return values.told


def steps(plan: Plan) -> Iterator[Step]:
    """Every step in order of computation; a copy follows the tensor that it repeats."""
    views = dict(plan.views)
    for truth in plan.truth:
        yield _choice(plan, truth)
    for drawing in plan.drawing:
        yield _drawing(plan, drawing)
    yield from _copies(plan, views, set(plan.network.inputs))
    for node in plan.network.nodes:
        yield _layer(plan, node)
        yield from _copies(plan, views, set(plan.network.names(node).values()))


def _layer(plan: Plan, node: Node) -> Step:
    of = plan.network.input_shapes(node)
    seen = plan.seen(node)
    tensors = list(node.layer.tensors(of))
    reads = {own: block for own, block in seen.items() if own not in tensors}
    writes = {own: seen[own] for own in tensors}
    names = {own: f"{node.name}.{own}" for own in tensors}
    return Step(reads, writes, node.layer.forward_cells(seen), names, node.layer.forward)


def _choice(plan: Plan, truth: Truth) -> Step:
    """The one-hot truth: 1 beside the chosen name. What is read are texts, so they come as they are."""

    def forward(v: Values) -> None:
        chosen = _as_text(v["choice"][()])
        v["out"] = np.array([float(_as_text(name) == chosen) for name in v["names"]])

    tensor = f"{TRUTH}.out"
    texts = {"choice": Block((), (truth.choice,), ()), "names": truth.names}
    return Step({}, {"out": plan.blocks[tensor]}, {"out": truth.rule()}, {"out": tensor}, forward, texts)


def _drawing(plan: Plan, drawing: Drawing) -> Step:
    """What the network sees: the picture that is chosen, cleaned, and its colours. Pictures come as they are."""
    most, palette = drawing.most, drawing.palette

    def forward(v: Values) -> None:
        chosen = _as_text(v["choice"][()])
        same = np.array([_as_text(name) == chosen for name in v["names"]])
        v["picks"] = np.where(same, np.arange(1, len(same) + 1), 0)
        v["number"] = np.asarray(np.max(v["picks"], initial=1))
        count = len(v["pictures"])
        number = float(v["number"])
        inside = number == number and 1 <= int(number) <= count
        picture = v["pictures"][int(number) - 1] if inside else np.full(drawing.seen.shape, "#REF!")
        drawn = np.clip(np.vectorize(as_drawn, otypes=[np.float64])(picture), 0, most)
        v["seen"] = drawn if palette is None else np.floor(drawn)
        seen = np.clip(v["seen"], 0, most)
        if palette is None:
            v["out"] = v["seen"][None]
            return
        known = np.isfinite(seen)
        colors = v["palette"][np.where(known, seen, 0).astype(np.intp)]
        v["out"] = np.where(known, np.moveaxis(colors, -1, 0), np.nan)

    rules = drawing.rules()
    writes = {
        "picks": drawing.picks,
        "number": Block((), (drawing.number,), ()),
        "seen": drawing.seen,
        "out": plan.blocks[f"{PHOTO}.out"],
    }
    texts = {
        "choice": Block((), (drawing.choice,), ()),
        "names": drawing.names,
        "pictures": drawing.pictures,
    }
    names = {own: f"{PHOTO}.{own}" for own in writes}
    return Step({} if palette is None else {"palette": palette}, writes, rules, names, forward, texts)


def as_drawn(value: Any) -> float:
    """What a cell of a picture counts: blank cells and texts 0, as MAX has it. nan for what is no drawing.

    That is an error, and a truth value, of which spreadsheets think differently.
    """
    if value is None or (isinstance(value, str) and not _ERROR.fullmatch(value)):
        return 0.0
    return float("nan") if isinstance(value, bool | str) else float(value)


def _as_text(value: Any) -> str:
    """A cell's value as EXACT compares it: a reader who types 5 has chosen the class named 5."""
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _copies(plan: Plan, views: dict[str, View], tensors: set[str]) -> Iterator[Step]:
    for name, view in list(views.items()):
        if view.tensor in tensors:
            del views[name]
            yield _copy(plan, name, view)


def _copy(plan: Plan, name: str, view: View) -> Step:
    sheet = view.block.anchors[0].sheet
    source = plan.blocks[view.tensor].viewed(sheet)
    reads = {"x": source}
    if view.choice is not None:
        reads["choice"] = Block((), (view.choice,), ())

    def forward(v: Values) -> None:
        if view.choice is None:
            v["out"] = v["x"]
            return
        chosen = float(v["choice"])
        inside = chosen == chosen and 1 <= int(chosen) <= len(v["x"])
        v["out"] = v["x"][int(chosen) - 1] if inside else np.full(v["x"].shape[1:], np.nan)

    return Step(reads, {"out": view.block}, {"out": view.rule(source)}, {"out": f"copy of {view.tensor}"}, forward)

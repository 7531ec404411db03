"""The steps of a workbook: what reads which cells, what it writes where, and what NumPy says it should write.

A step is a layer of the network, or a look, together with its cells. It holds both halves of the computation:
``forward`` computes the numbers, and ``rules`` give the formulas. ``proof`` compares the two; ``lesson`` takes the
stored values from the first and the formulas from the second.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetnet.errors import WorkbookError
from sheetnet.grid import Block
from sheetnet.lenses.base import Area, Inline, Lens, Look, Source
from sheetnet.lenses.elements import numbers as numbers_of
from sheetnet.network import Network, Node
from sheetnet.operation import Rule, Values

Find = Callable[[str], Block]  # full name of a tensor -> its cells


class OwnFirst(ChainMap[str, Any]):
    """Values of an operation: it reads those of the workbook, where there are any, before those that it computed.

    So each tensor is judged on the cells that its formulas really read, and one broken cell does not blame the next
    tensor of the same step.
    """

    def __init__(self, own: Mapping[str, Any]) -> None:
        self.computed: dict[str, Any] = {}
        super().__init__(dict(own), self.computed)

    def __setitem__(self, name: str, value: Any) -> None:
        self.computed[name] = np.asarray(value)


@dataclass(frozen=True)
class Step:
    """One computation in its place. ``name``: that of the layer or look.

    ``reads``, ``writes``: own name -> cells. ``rules``: own name -> formula. ``names``: own name -> full name.
    ``sources``: what is read, by own name. ``looks``: true for a look, whose elements may be words or blank; the
    elements of a layer are numbers. ``hidden``: its cells show colours only.
    """

    name: str
    reads: dict[str, Block]
    writes: dict[str, Block]
    rules: dict[str, Rule]
    names: dict[str, str]
    forward: Callable[[Values], None]
    looks: bool = False
    sources: dict[str, str | Area] = field(default_factory=dict)
    hidden: bool = False

    def expected(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """What each tensor should be, given the workbook's own numbers for everything that is read."""
        values = OwnFirst(own)
        with np.errstate(all="ignore"):
            self.forward(values)
        return values.computed


def of_node(network: Network, node: Node, seen: Mapping[str, Block]) -> Step:
    """The step of a layer. ``seen``: own name -> cells, as the sheet of the layer writes them."""
    tensors = list(node.layer.tensors(network.input_shapes(node)))
    reads = {own: block for own, block in seen.items() if own not in tensors}
    writes = {own: seen[own] for own in tensors}
    names = {own: f"{node.name}.{own}" for own in tensors}
    return Step(node.name, reads, writes, node.layer.forward_cells(seen), names, node.layer.forward)


def of_look(look: Look, find: Find) -> Step:
    """The step of a look. ``find`` gives the cells of everything that the look reads and writes."""
    return _Reads(look, find).step()


def shapes_of(look: Look, find: Find) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor that a look writes, from those of what it reads."""
    return dict(look.lens.tensors({own: _shape(source, find) for own, source in look.reads.items()}))


def _shape(source: Source, find: Find) -> tuple[int, ...]:
    if isinstance(source, Look):
        return shapes_of(source, find)["out"]
    return source.shape if isinstance(source, Area) else find(source).shape


class _Reads:
    """Collects what a look reads; a look without cells of its own counts with what it reads itself."""

    def __init__(self, look: Look, find: Find) -> None:
        self._look, self._find = look, find
        self._own = list(shapes_of(look, find))
        self._home = ""  # the sheet whose formulas are made
        self._reads: dict[str, Block] = {}
        self._sources: dict[str, str | Area] = {}

    def step(self) -> Step:
        look, find = self._look, self._find
        names = {own: f"{look.name}.{own}" for own in self._own}
        writes = {own: find(full) for own, full in names.items()}
        homes = {own: block.anchors[0].sheet for own, block in writes.items()}
        rules: dict[str, Rule] = {}
        for home in dict.fromkeys(homes.values()):  # each sheet names its own cells without a title
            self._home = home
            at, numbers = self._seen_by(look, "")
            made = look.lens.forward_cells(at | {own: self._viewed(block) for own, block in writes.items()})
            rules |= {own: rule for own, rule in made.items() if homes.get(own) == home}

        def forward(v: Values) -> None:
            values = OwnFirst(_prepared(look, {**numbers(v), **{name: v[name] for name in names if name in v}}))
            look.lens.forward(values)
            for name in names:
                v[name] = values.computed[name]

        return Step(look.name, self._reads, writes, rules, names, forward, True, self._sources, look.hidden)

    def _viewed(self, block: Block) -> Block:
        """A single cell stays put where a formula is copied; others move with it."""
        return block.viewed(self._home, absolute=not block.shape)

    def _seen_by(self, look: Look, path: str) -> tuple[dict[str, Any], Callable[[Values], dict[str, Any]]]:
        """What a look reads in cells, and a function that gives the same in numbers."""
        at: dict[str, Any] = {}
        inner: dict[str, tuple[Look, Callable[[Values], dict[str, Any]]]] = {}
        for own, source in look.reads.items():
            if isinstance(source, Look):
                seen, deeper = self._seen_by(source, f"{path}{own}/")
                shape = shapes_of(source, self._find)["out"]
                if shape:
                    raise WorkbookError(f"{self._look.name}: {own} is not a single value; give it cells of its own")
                at[own] = Inline(source.lens.forward_cells(seen)["out"]())
                inner[own] = source, deeper
            else:
                block = source.block(self._find(source.of)) if isinstance(source, Area) else self._find(source)
                self._reads[path + own] = block
                self._sources[path + own] = source
                at[own] = self._viewed(block)

        def numbers(v: Values) -> dict[str, Any]:
            mine = {own: v[path + own] for own in look.reads if own not in inner}
            return mine | {own: _run(one, deeper(v)) for own, (one, deeper) in inner.items()}

        return at, numbers


def _run(look: Look, mine: dict[str, Any]) -> Any:
    values = _prepared(look, mine)
    look.lens.forward(values)
    return values["out"]


def _prepared(look: Look, mine: dict[str, Any]) -> dict[str, Any]:
    """What a look reads, as its operation takes it: a layer in the place of a lens takes numbers only."""
    return mine if isinstance(look.lens, Lens) else {own: numbers_of(value) for own, value in mine.items()}

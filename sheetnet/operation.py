"""The contract of everything that is computed: each computation is written twice, in numbers and in cells.

    forward        v["out"] = f(v["x"])            whole arrays
    forward_cells  out[i] -> "formula of one cell"  text, no numbers but the operation's own options

The half in numbers never sees an address, and the half in cells never sees a value. Only ``proof`` compares the two.
A layer is an operation of a
network, a lens is an operation that shows something to the reader; see ``layers.base`` and ``lenses.base``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sheetnet.grid import Blocks, Shape

Array = NDArray[np.float64]
Slope = Array | NDArray[np.bool_]  # true counts as 1
Shapes = Mapping[str, Shape]
# What an operation reads and makes, by name. ``forward`` reads each result back before it uses it, as in
# v["exp"] = ...; v["sum"] = v["exp"].sum(-1): the proof may hold the workbook's own numbers there, see ``steps``.
Values = MutableMapping[str, Any]
# index -> formula, without the leading "=". A rule may also have a method ``along(*lead)``, which gives the formulas
# of a whole line at once, see ``layers.line``.
Rule = Callable[..., str]
Rules = dict[str, Rule]


class Operation(ABC):
    """One kind of computation. Subclasses are frozen dataclasses whose fields are the options of the spec."""

    kind: ClassVar[str]

    @abstractmethod
    def tensors(self, of: Shapes) -> Shapes:
        """Shape of every visible tensor by name, in order of computation. The result, if there is one, is "out".

        ``of``: the shapes of what the operation reads, without a batch axis. NetworkError if it cannot read them.
        """

    @abstractmethod
    def forward(self, v: Values) -> None:
        """Numbers: compute every tensor and put it into ``v``."""

    @abstractmethod
    def forward_cells(self, at: Blocks) -> Rules:
        """Cells: for every tensor, the rule that gives the formula of each of its elements."""

    def options(self) -> dict[str, Any]:
        """The options that are not at their default, as the spec writes them."""
        pairs = ((f.name, getattr(self, f.name), f.default) for f in fields(self))  # type: ignore[arg-type]
        return {n: plain(v) for n, v, default in pairs if v != default}


def plain(value: Any) -> Any:
    """An option as JSON has it: lists in place of tuples, at any depth."""
    return [plain(v) for v in value] if isinstance(value, tuple) else value


def frozen(value: Any) -> Any:
    """An option as a frozen dataclass has it: tuples in place of lists, at any depth."""
    return tuple(frozen(v) for v in value) if isinstance(value, list) else value

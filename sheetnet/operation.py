"""The contract of everything that is computed: it is told twice, once in numbers and once in cells.

    forward        v["out"] = f(v["x"])            whole arrays
    forward_cells  out[i] -> "formula of one cell"  text, no numbers but the operation's own options

Numbers never see an address, cells never see a value. Only ``proof`` compares the two. A layer is an operation of a
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
# What an operation reads and makes, by name. A plain dict, or one that reads a workbook's own numbers first (see
# ``steps``), so ``forward`` reads back what it has made: v["exp"] = ...; v["sum"] = v["exp"].sum(-1).
Values = MutableMapping[str, Any]
# index -> formula, without the leading "=". A rule may have a method ``along(*lead)`` as well, which gives the
# formulas of a whole line at once, see ``layers.line``.
Rule = Callable[..., str]
Rules = dict[str, Rule]


class Operation(ABC):
    """One kind of computation. Subclasses are frozen dataclasses whose fields are the options of the spec."""

    kind: ClassVar[str]

    @abstractmethod
    def tensors(self, of: Shapes) -> Shapes:
        """Shape of every visible tensor by name, in order of computation; the last is "out".

        ``of``: the shapes of what it reads, without a batch axis. NetworkError if it cannot read such shapes.
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

"""Identity: every number stays as it is.

out = x
dx  = dout

What exporters leave behind: a name in the graph that calculates nothing (dropout, when it is not training).
"""

from __future__ import annotations

from dataclasses import dataclass

from sheetnet.grid import Blocks
from sheetnet.layers.base import Layer, Rules, Shapes, Values


@dataclass(frozen=True, slots=True)
class Identity(Layer):
    """x once more, for any shape."""

    kind = "identity"

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The same numbers."""
        v["out"] = v["x"]

    def backward(self, v: Values, d: Values) -> None:
        """The same gradient; ``v`` is not needed."""
        d["x"] = d["out"]

    def forward_cells(self, at: Blocks) -> Rules:
        """The address of the element, nothing else."""
        x = at["x"]
        return {"out": lambda *i: x[i]}

"""Sum: several tensors, laid on top of each other.

out = x1 + x2 + ... + xn
dxk = dout, summed over the places where xk was repeated
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheetnet.grid import Blocks
from sheetnet.layers.back.stretched import gathered_back
from sheetnet.layers.base import Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, together
from sheetnet.layers.options import as_count
from sheetnet.layers.pointwise import Pointwise
from sheetnet.layers.ranges import MOST_ARGUMENTS, fitting


@dataclass(frozen=True, slots=True)
class Sum(Layer):
    """The sum of ``count`` tensors x1, x2, ..., element by element, for any shapes that suit each other."""

    kind = "sum"
    role = "sees"
    signs = "kept"

    count: int = 2

    def __post_init__(self) -> None:
        as_count(self.count, "Sum: count", MOST_ARGUMENTS)

    @property
    def reads(self) -> Mapping[str, str]:  # type: ignore[override]
        """x1, x2, ..."""
        return {f"x{k + 1}": "out" for k in range(self.count)}

    @property
    def gives_back(self) -> tuple[str, ...]:  # type: ignore[override]
        """To each."""
        return tuple(self.reads)

    def tensors(self, of: Shapes) -> Shapes:
        """The larger shape."""
        return {"out": together("Sum", *(of[own] for own in self.reads))}

    def batched(self, of: Shapes) -> bool:
        """Where all have as many axes: behind a batch they line up all the same."""
        return len({len(of[own]) for own in self.reads}) == 1

    def forward(self, v: Values) -> None:
        """One after the other, in the order of the inputs."""
        out = v["x1"]
        for k in range(1, self.count):
            out = out + v[f"x{k + 1}"]
        v["out"] = out

    def backward(self, v: Values, d: Values) -> None:
        """Each gets all of it."""
        for k in range(self.count):
            d[f"x{k + 1}"] = gathered(d["out"], v[f"x{k + 1}"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """x1+x2+x3."""

        def text(*terms: str) -> str:
            return fitting("Sum", "+".join(terms))

        return {"out": Pointwise(text, *(at[own] for own in self.reads), who="Sum")}

    def backward_cells(self, at: Blocks) -> Rules:
        """What came back, or its SUM over the places."""
        return {f"d{own}": gathered_back("Sum", at["dout"], at[own].shape) for own in self.reads}

"""Lenses of arithmetic: products that count something, powers, the depth of a network, squared differences.

    factors    out = 2 * 3 * x * y                           whole numbers of its own, and numbers that are read
    power      out = (start + base) ^ exponent
    depth      out[j] = 1 + each[j] * sum of blocks[:, j] + 1
    squared_differences   out = sum of (x - y)^2

The depth is that of a residual network: He et al., "Deep Residual Learning for Image Recognition", arXiv 1512.03385.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Values, decimal, single_of_pair
from sheetnet.lenses.elements import numbers, summands
from sheetnet.lenses.measures import places


@dataclass(frozen=True, slots=True)
class Factors(Lens):
    """out: the product of ``factors``, each a whole number or the own name of something that is read, in this order.

    The lens reads single numbers, and tensors of one shape; out has that shape, or () where all are single numbers.
    """

    kind = "factors"

    factors: tuple[str | int, ...]

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of whatever is no single number."""
        shapes = {of[one] for one in self.factors if isinstance(one, str)} - {()}
        if len(shapes) > 1:
            listed = " and ".join(str(list(shape)) for shape in sorted(shapes))
            raise NetworkError(f"factors: the shapes {listed} differ; all but single numbers need the same shape")
        return {"out": next(iter(shapes), ())}

    def forward(self, v: Values) -> None:
        """Multiplies one factor after the other."""
        product = np.array(1.0)
        for one in self.factors:
            product = product * (numbers(v[one]) if isinstance(one, str) else one)
        v["out"] = np.asarray(product)

    def forward_cells(self, at: Blocks) -> Rules:
        """2*3*x*y."""

        def factor(one: str | int, index: tuple[int, ...]) -> str:
            if isinstance(one, str):
                return at[one][index if at[one].shape else ()]
            return str(one)

        return {"out": lambda *index: "*".join(factor(one, index) for one in self.factors)}


@dataclass(frozen=True, slots=True)
class Power(Lens):
    """out (n,): ``start`` + ``base`` (), to the power of each ``exponent`` (n,)."""

    kind = "power"

    start: float = 0

    def tensors(self, of: Shapes) -> Shapes:
        """A power for each exponent."""
        return {"out": of["exponent"]}

    def forward(self, v: Values) -> None:
        """Computes each power; nan where it is no number, or too large for a cell."""
        power = np.power(self.start + numbers(v["base"]), numbers(v["exponent"]))
        v["out"] = np.where(np.isfinite(power), power, np.nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """(1+base)^exponent."""
        base, exponent = at["base"][()], at["exponent"]
        grown = f"({decimal(self.start)}+{base})" if self.start else base
        return {"out": lambda *i: f"{grown}^{exponent[i]}"}


@dataclass(frozen=True, slots=True)
class Depth(Lens):
    """out (n,): how many layers n networks have: a first one, ``each`` (n,) per block, and a last one.

    ``blocks`` (stages, n): how many blocks each stage of a network has.
    """

    kind = "depth"

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each network."""
        if len(of["blocks"]) != 2 or of["blocks"][1:] != of["each"]:
            raise NetworkError(
                f"depth: blocks is {list(of['blocks'])}, each is {list(of['each'])}; they need (stages, n) and (n,)"
            )
        return {"out": of["each"]}

    def forward(self, v: Values) -> None:
        """All networks at once."""
        v["out"] = numbers(v["each"]) * summands(v["blocks"]).sum(0) + 2

    def forward_cells(self, at: Blocks) -> Rules:
        """1+each*SUM(blocks)+1."""
        blocks, each = at["blocks"], at["each"]
        return {"out": lambda j: f"1+{each[j]}*SUM({blocks[:, j]})+1"}


@dataclass(frozen=True, slots=True)
class SquaredDifferences(Lens):
    """out (): the sum of the squared differences of ``x`` and ``y``, two rectangles of one size."""

    kind = "squared_differences"

    def tensors(self, of: Shapes) -> Shapes:
        """One number."""
        return single_of_pair(self.kind, of, "x", "y")

    def forward(self, v: Values) -> None:
        """Gives nan where a cell holds no number, because spreadsheets differ about blank cells."""
        v["out"] = np.array(((numbers(v["x"]) - numbers(v["y"])) ** 2).sum())

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMXMY2."""
        x, y = (places(at[own])[0] for own in ("x", "y"))
        return {"out": lambda: f"SUMXMY2({x},{y})"}

"""Lenses in which one number follows from the one before it: gradient descent, and a gradient through many layers.

    bowl      L(w) = sum over j of curvature[j] * (w[j] - best[j])^2 / 2      a loss with one lowest point
    descent   slope[k] = curvature * (w[k] - best);  w[k+1] = w[k] - rate * slope[k]
    trail     the number of the first step of a path that lies in each cell of a grid
    chain     a[k+1] = f(weight * a[k]);  d a[last] / d a[k] = slope[k] * slope[k+1] * ... * slope[last]

With ``residual`` a chain adds what came before: a[k+1] = f(weight * a[k]) + a[k], so that each slope is 1 + ...
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Array, Lens, Rules, Shapes, Values
from sheetnet.lenses.elements import numbers

MOST_STEPS = 200
ACTIVATIONS = ("sigmoid", "relu")


@dataclass(frozen=True, slots=True)
class Bowl(Lens):
    """out: the loss where the weight is each w (n,); or, of two, each of across (c,) and of down (r,): (r, c).

    ``curvature`` and ``best``: () for one weight, (2,) for two, the one across first.
    """

    kind = "bowl"

    def tensors(self, of: Shapes) -> Shapes:
        """A loss for each weight, or for each pair of them."""
        weights = ((), of["w"]) if "w" in of else ((2,), (*of["down"], *of["across"]))
        if of["curvature"] != weights[0] or of["best"] != weights[0]:
            raise NetworkError(
                f"bowl: curvature is {list(of['curvature'])} and best is {list(of['best'])}; both must be "
                f"{list(weights[0])}"
            )
        return {"out": weights[1]}

    def forward(self, v: Values) -> None:
        """All weights at once."""
        curvature, best = numbers(v["curvature"]), numbers(v["best"])
        if "w" in v:
            v["out"] = curvature * (numbers(v["w"]) - best) ** 2 / 2
        else:
            apart = np.meshgrid(numbers(v["across"]) - best[0], numbers(v["down"]) - best[1])
            v["out"] = np.asarray((curvature[:, None, None] * np.square(apart)).sum(0) / 2)

    def forward_cells(self, at: Blocks) -> Rules:
        """curvature*(w-best)^2/2, for each weight."""
        curvature, best = at["curvature"], at["best"]
        if "w" in at:
            w = at["w"]
            return {"out": lambda i: f"{curvature[()]}*({w[i]}-{best[()]})^2/2"}
        across, down = at["across"], at["down"]
        return {
            "out": lambda r, c: f"{curvature[0]}*({across[c]}-{best[0]})^2/2+{curvature[1]}*({down[r]}-{best[1]})^2/2"
        }


@dataclass(frozen=True, slots=True)
class Descent(Lens):
    """Gradient descent in a bowl, ``steps`` steps from ``start`` with a ``rate`` (), as a list of steps + 1 rows.

    ``start``, ``curvature``, ``best`` are all () for one weight, or (2,). w: (steps + 1,) or, of two weights,
    (steps + 1, 2); slope has that shape; out (steps + 1,): the loss.
    """

    kind = "descent"

    steps: int

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MOST_STEPS:
            raise NetworkError(f"descent: steps is {shown(self.steps)}; use 1 to {MOST_STEPS}")

    def tensors(self, of: Shapes) -> Shapes:
        """A row for the start and for each step."""
        shape = of["start"]
        if shape not in ((), (2,)) or of["curvature"] != shape or of["best"] != shape or of["rate"]:
            raise NetworkError(
                "descent: start, curvature and best must be all single or all (2,), and the rate single"
            )
        path = (self.steps + 1, *shape)
        return {"w": path, "slope": path, "out": (self.steps + 1,)}

    def forward(self, v: Values) -> None:
        """The whole path first; then each number from those before it, as they are there."""
        curvature, best, start = (numbers(v[own]) for own in ("curvature", "best", "start"))
        rate, count = numbers(v["rate"]), np.arange(self.steps + 1).reshape(-1, *[1] * start.ndim)
        v["w"] = best + (start - best) * (1 - rate * curvature) ** count
        here = numbers(v["w"])
        v["slope"] = curvature * (here - best)
        v["w"] = np.concatenate([start[None], here[:-1] - rate * numbers(v["slope"])[:-1]])
        loss = curvature * (numbers(v["w"]) - best) ** 2 / 2
        v["out"] = loss if loss.ndim == 1 else loss.sum(-1)

    def forward_cells(self, at: Blocks) -> Rules:
        """w-rate*slope of the step before; curvature*(w-best)."""
        w, slope, rate = at["w"], at["slope"], at["rate"][()]
        start, curvature, best = at["start"], at["curvature"], at["best"]

        def next_weight(k: int, *which: int) -> str:
            before = (k - 1, *which)
            return f"{w[before]}-{rate}*{slope[before]}" if k else start[which]

        def loss(k: int) -> str:
            each: list[tuple[int, ...]] = [(0,), (1,)] if start.shape else [()]
            return "+".join(f"{curvature[one]}*({w[(k, *one)]}-{best[one]})^2/2" for one in each)

        return {
            "w": next_weight,
            "slope": lambda *i: f"{curvature[i[1:]]}*({w[i]}-{best[i[1:]]})",
            "out": loss,
        }


@dataclass(frozen=True, slots=True)
class Trail(Lens):
    """out (r, c): which step of a path is the first in each cell of a grid, from 0 on; "" in cells without one.

    ``x``, ``y`` (n,): the path; ``across`` (c,), ``down`` (r,): the middles of the cells, evenly spaced, rising.
    ``places`` (n,): the row and column of each step as one number, row * 1000 + column, or -1 outside of the grid.
    """

    kind = "trail"

    def tensors(self, of: Shapes) -> Shapes:
        """A place for each step, and the grid."""
        return {"places": of["x"], "out": (*of["down"], *of["across"])}

    def forward(self, v: Values) -> None:
        """Rounds to the nearest middle, halves up."""
        column, wide = _nearest(numbers(v["x"]), numbers(v["across"]))
        row, high = _nearest(numbers(v["y"]), numbers(v["down"]))
        inside = (column >= 1) & (column <= wide) & (row >= 1) & (row <= high)
        v["places"] = np.where(inside, row * 1000 + column, -1.0)
        made = np.full((high, wide), "", dtype=object)
        places = numbers(v["places"])
        for step in range(len(places) - 1, -1, -1):
            if places[step] > 0:
                made[int(places[step]) // 1000 - 1, int(places[step]) % 1000 - 1] = float(step)
        v["out"] = made

    def forward_cells(self, at: Blocks) -> Rules:
        """FLOOR by INT; then MATCH of each cell's own number among the places."""
        x, y, across, down, places = (at[own] for own in ("x", "y", "across", "down", "places"))
        wide, high = across.shape[0], down.shape[0]

        def nearest(value: str, first: str, second: str) -> str:
            return f"INT(({value}-{first})/({second}-{first})+1.5+0.000000001)"

        def place(k: int) -> str:
            column, row = nearest(x[k], across[0], across[1]), nearest(y[k], down[0], down[1])
            test = f"AND({column}>=1,{column}<={wide},{row}>=1,{row}<={high})"
            return f"IF({test},{row}*1000+{column},-1)"

        def found(r: int, c: int) -> str:
            own = (r + 1) * 1000 + c + 1
            return f'IF(COUNTIF({places[:]},{own})=0,"",MATCH({own},{places[:]},0)-1)'

        return {"places": place, "out": found}


def _nearest(values: Array, middles: Array) -> tuple[Array, int]:
    """The number of the nearest middle, from 1 on; and how many there are."""
    step = middles[1] - middles[0]
    return np.floor((values - middles[0]) / step + 1.5 + 1e-9), len(middles)


@dataclass(frozen=True, slots=True)
class Chain(Lens):
    """``depth`` layers, one after the other, each f(weight * a): what comes out of each, and the gradient back.

    Reads x () and weight (). inner (depth,): f(weight * a); a (depth + 1,), x first; slope (depth,): of each layer;
    out (depth + 1,): the derivative of the last number by each a, that by x first.
    """

    kind = "chain"

    depth: int
    activation: str = "sigmoid"
    residual: bool = False

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise NetworkError(f"chain: {shown(self.activation)} is none of {', '.join(ACTIVATIONS)}")
        if not 1 <= self.depth <= MOST_STEPS:
            raise NetworkError(f"chain: depth is {shown(self.depth)}; use 1 to {MOST_STEPS}")

    def tensors(self, of: Shapes) -> Shapes:
        """What goes through, forth and back."""
        if of["x"] or of["weight"]:
            raise NetworkError("chain: x and weight must be single numbers")
        return {"inner": (self.depth,), "a": (self.depth + 1,), "slope": (self.depth,), "out": (self.depth + 1,)}

    def forward(self, v: Values) -> None:
        """Layer by layer forth, as a running product back."""
        weight, known = numbers(v["weight"]), [float(numbers(v["x"]))]
        for _ in range(self.depth):
            made = float(self._f(weight * known[-1]))
            known.append(made + known[-1] if self.residual else made)
        v["a"] = np.array(known)
        v["inner"] = self._f(weight * numbers(v["a"])[:-1])
        inner, before = numbers(v["inner"]), numbers(v["a"])[:-1]
        v["a"] = np.concatenate([[known[0]], inner + before if self.residual else inner])
        own = weight * inner * (1 - inner) if self.activation == "sigmoid" else weight * (weight * before > 0)
        v["slope"] = own + 1.0 if self.residual else own + 0.0
        v["out"] = np.cumprod([1.0, *numbers(v["slope"])[::-1]])[::-1]

    def _f(self, z: Array) -> Array:
        return 1 / (1 + np.exp(-z)) if self.activation == "sigmoid" else np.maximum(z, 0.0)

    def forward_cells(self, at: Blocks) -> Rules:
        """1/(1+EXP(-weight*a)) or MAX(weight*a,0); its slope; the product of the slopes behind."""
        x, weight, inner, a, slope, out = (at[own] for own in ("x", "weight", "inner", "a", "slope", "out"))
        w = weight[()]

        def layer(k: int) -> str:
            return f"1/(1+EXP(-({w}*{a[k]})))" if self.activation == "sigmoid" else f"MAX({w}*{a[k]},0)"

        def number(k: int) -> str:
            if not k:
                return x[()]
            return f"{inner[k - 1]}+{a[k - 1]}" if self.residual else inner[k - 1]

        def steep(k: int) -> str:
            sigmoid = f"{w}*{inner[k]}*(1-{inner[k]})"
            own = sigmoid if self.activation == "sigmoid" else f"IF({w}*{a[k]}>0,{w},0)"
            return f"1+{own}" if self.residual else own

        return {
            "inner": layer,
            "a": number,
            "slope": steep,
            "out": lambda k: f"{slope[k]}*{out[k + 1]}" if k < self.depth else "1",
        }

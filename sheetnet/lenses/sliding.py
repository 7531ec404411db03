"""Lenses of a window that slides over a picture, where all that describes it stands in cells.

    fits             out = INT((n + 2 * p - d * (f - 1) - 1) / s) + 1, at least 0
    reach            out[i, j] = 1 where window j sees place i of a line;  count[i] = how many windows see it
    visits           out[y, x] = count[y] * count[x]
    receptive_field  out[k] = how many pixels, side by side, a cell of layer k depends on

n: pixels of a side; f: weights of a side; p: padding; s: stride; d: dilation, from one weight to the next. Places
count from the first one of the padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Block, Blocks
from sheetnet.lenses.base import Array, Lens, Rules, Shapes, Values, quoted
from sheetnet.lenses.elements import is_number, number, numbers, summands, words
from sheetnet.lenses.windows import fitting


@dataclass(frozen=True, slots=True)
class Fits(Lens):
    """out: how many windows fit side by side. n, f, p, s and d are single numbers, or as many as there are cases."""

    kind = "fits"

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each case."""
        shapes = {of[own] for own in "nfpsd"} - {()}
        if len(shapes) > 1:
            listed = " and ".join(str(list(shape)) for shape in sorted(shapes))
            raise NetworkError(f"fits: the shapes {listed} differ; all but single numbers need the same shape")
        return {"out": next(iter(shapes), ())}

    def forward(self, v: Values) -> None:
        """Rounds down; where engines may find a whole number of steps or slightly less, both are right."""
        v["out"] = _sizes(*(numbers(v[own]) for own in "nfpsd"))

    def forward_cells(self, at: Blocks) -> Rules:
        """INT, and MAX."""
        n, f, p, s, d = (at[own] for own in "nfpsd")

        def out(*i: int) -> str:
            return _fit(*(one[i if one.shape else ()] for one in (n, f, p, s, d)))

        return {"out": out}


def _sizes(n: Array, f: Array, p: Array, s: Array, d: Array) -> Any:
    """Numbers: how many windows fit; nan where the stride is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.asarray((n + 2 * p - d * (f - 1) - 1) / s)
    return fitting(np.where(np.isfinite(steps), steps, np.nan), least=0.0)


def _fit(n: str, f: str, p: str, s: str, d: str) -> str:
    """Cells: the same."""
    return f"MAX(0,INT(({n}+2*{p}-{d}*({f}-1)-1)/{s})+1)"


@dataclass(frozen=True, slots=True)
class Reach(Lens):
    """out (places, windows): 1 where a window of a line sees a place of it, else 0; count (places,), "" beyond it.

    Reads n, f, p, s, d, and ``size``, how many windows there are. What lies beyond ``places`` is not shown.
    """

    kind = "reach"

    places: int
    windows: int

    def tensors(self, of: Shapes) -> Shapes:
        """A row for each place, a column for each window."""
        return {"count": (self.places,), "out": (self.places, self.windows)}

    def forward(self, v: Values) -> None:
        """Puts every weight of every window onto its place."""
        n, f, p, s, d, size = (number(v[own]) for own in ("n", "f", "p", "s", "d", "size"))
        found = np.zeros((self.places, self.windows))
        if not all(map(is_number, (n, f, p, s, d, size))) or d == 0:
            v["out"], v["count"] = np.full(found.shape, np.nan), words([np.nan] * self.places)
            return
        i, j = np.arange(self.places)[:, None], np.arange(self.windows)[None, :]
        along = i - j * s
        found[(j < size) & (along >= 0) & (along <= d * (f - 1)) & (np.mod(along, d) == 0)] = 1
        v["out"] = found
        v["count"] = words([float(one.sum()) if k < n + 2 * p else "" for k, one in enumerate(found)])

    def forward_cells(self, at: Blocks) -> Rules:
        """IF, and the sum of each row."""
        n, f, p, s, d, size = (at[own][()] for own in ("n", "f", "p", "s", "d", "size"))
        seen = at["out"]

        def out(i: int, j: int) -> str:
            along = f"{i}-{j}*{s}"
            return f"IF(AND({j}<{size},{along}>=0,{along}<={d}*({f}-1),MOD({along},{d})=0),1,0)"

        return {"out": out, "count": lambda i: f'IF({i}<{n}+2*{p},SUM({seen[i, :]}),"")'}


@dataclass(frozen=True, slots=True)
class Visits(Lens):
    """out (places, places): how many windows see each pixel of a picture; ``tape`` in its padding, "" beyond it.

    Reads n, p, and ``count`` (places,), the number of windows of a line that see each place.
    """

    kind = "visits"

    tape: str = "·"

    def tensors(self, of: Shapes) -> Shapes:
        """Rows and columns alike."""
        return {"out": of["count"] * 2}

    def forward(self, v: Values) -> None:
        """The outer product of the line with itself."""
        n, p = number(v["n"]), number(v["p"])
        count = numbers(v["count"])
        places = np.arange(len(count))
        beyond, inside = places >= n + 2 * p, (places >= p) & (places < n + p)
        made = np.outer(count, count).astype(object)
        made[~np.outer(inside, inside)] = self.tape
        made[beyond, :], made[:, beyond] = "", ""
        v["out"] = made if is_number(n) and is_number(p) else words([np.nan] * made.size, made.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """A product, IF the place belongs to the picture."""
        n, p, count = at["n"][()], at["p"][()], at["count"]

        def out(y: int, x: int) -> str:
            inside = f"{min(y, x)}>={p},{max(y, x)}<{n}+{p}"
            seen = f"IF(AND({inside}),{count[y]}*{count[x]},{quoted(self.tape)})"
            return f'IF({max(y, x)}<{n}+2*{p},{seen},"")'

        return {"out": out}


@dataclass(frozen=True, slots=True)
class ReceptiveField(Lens):
    """out (layers,): pixels side by side that one cell of each layer depends on.

    jump: how many pixels lie between neighbours in the map of a layer; size: how large the map is. Reads n (), and f,
    p, s, d (layers,). A stride that is blank or below 1 counts as 1.
    """

    kind = "receptive_field"

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each layer."""
        if len({of[own] for own in "fpsd"}) > 1 or len(of["f"]) != 1:
            raise NetworkError("receptive_field: f, p, s and d need one number for each layer")
        return {"jump": of["f"], "size": of["f"], "out": of["f"]}

    def forward(self, v: Values) -> None:
        """All jumps are products of strides; a layer adds its reach times the jump of what it reads."""
        f, p, d = (numbers(v[own]) for own in "fpd")
        s = np.maximum(summands(v["s"]), 1.0)
        jump = np.cumprod(s)
        v["jump"] = jump
        v["out"] = 1 + np.cumsum(d * (f - 1) * np.array([1.0, *jump[:-1]]))
        size, found = numbers(v["n"]), []
        for one in zip(f, p, s, d, strict=True):
            size = numbers(_sizes(size, *map(np.asarray, one)))
            found.append(size.item())
        v["size"] = np.array(found)

    def forward_cells(self, at: Blocks) -> Rules:
        """Each layer from the one before it."""
        n, f, p, s, d = (at[own] for own in "nfpsd")
        jump, size, seen = at["jump"], at["size"], at["out"]

        def before(block: Block, k: int, first: str) -> str:
            return block[k - 1] if k else first

        def stride(k: int) -> str:
            return f"MAX(1,{s[k]})"

        return {
            "jump": lambda k: f"{before(jump, k, '1')}*{stride(k)}",
            "size": lambda k: _fit(before(size, k, n[()]), f[k], p[k], stride(k), d[k]),
            "out": lambda k: f"{before(seen, k, '1')}+{d[k]}*({f[k]}-1)*{before(jump, k, '1')}",
        }

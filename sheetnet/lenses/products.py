"""Lenses that compute a number of a layer once more, so that a reader sees how it comes about.

    products   product[i] = x[i] * weight[i];  sum[c] = the sum of its products;  out = the sum of all
    tick       same where |a - b| <= 1e-9 (1 + |b|), else other
    of_layer   out = the one of x1, x2, ... that belongs to the chosen layer
    labels     out[i] = the label with that number, of the chosen layer
    beside     out[i] = a sign beside each word that is not ""

A cell that holds "" counts as missing: a layer that is smaller than another leaves such cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import (
    TIED,
    Lens,
    Rules,
    Shapes,
    Single,
    Values,
    choose,
    decimal,
    each_block,
    layer_cell,
    quoted,
)
from sheetnet.lenses.elements import (
    TOLERANCE,
    each,
    either,
    is_lost,
    number,
    numbers,
    of_layer,
    present,
    single,
    text,
    words,
)


@dataclass(frozen=True, slots=True)
class Products(Lens):
    """x (C, ...) times weight (C, ...), element by element, and what that adds up to; "" where x is "".

    product (C, ...); sum (C,), over all axes but the first, only where x has more than one; out (): the sum of all.
    """

    kind = "products"

    def tensors(self, of: Shapes) -> Shapes:
        """Two tensors, or three where x has more than one axis."""
        x = of["x"]
        return {"product": x, "sum": x[:1], "out": ()} if len(x) > 1 else {"product": x, "out": ()}

    def forward(self, v: Values) -> None:
        """Adds what there is; a missing element has no product and is not added."""
        x, weight = np.asarray(v["x"], dtype=object), np.asarray(v["weight"], dtype=object)
        pairs = zip(x.ravel().tolist(), weight.ravel().tolist(), strict=True)
        v["product"] = words(["" if text(a) == "" else _finite(number(a) * number(b)) for a, b in pairs], x.shape)
        parts = np.asarray(v["product"], dtype=object)
        if x.ndim > 1:
            sums = [_sum(channel.ravel().tolist()) for channel in parts]
            v["sum"] = words(sums, x.shape[:1])
            parts = np.asarray(v["sum"], dtype=object)
        total = _sum(parts.ravel().tolist())
        v["out"] = np.array(0.0 if total == "" else total)

    def forward_cells(self, at: Blocks) -> Rules:
        """x*weight, and SUM."""
        x, weight, product = at["x"], at["weight"], at["product"]
        rules: Rules = {"product": lambda *i: f'IF({x[i]}="","",{x[i]}*{weight[i]})'}
        if len(x.shape) > 1:
            total = at["sum"]
            rules["sum"] = lambda c: f'IF(COUNT({product[c]})=0,"",SUM({product[c]}))'
            rules["out"] = lambda: f"SUM({total.spread(slice(None))})"
        else:
            rules["out"] = lambda: f"SUM({product[:]})"
        return rules


def _sum(found: list[Any]) -> Any:
    """The sum of the numbers among some elements; nothing where there are none, nan where an error is among them."""
    if any(map(is_lost, found)):
        return nan
    numbers = [number(one) for one in found if number(one) == number(one)]
    return _finite(float(np.sum(numbers))) if numbers else ""


def _finite(value: float) -> float:
    """The number itself where a cell can hold it, else nan."""
    return value if isfinite(value) else nan


@dataclass(frozen=True, slots=True)
class Tick(Lens):
    """out: ``same`` where an element of a and of b are one number, to 1e-9 of its size, else ``other``."""

    kind = "tick"

    same: str
    other: str

    def tensors(self, of: Shapes) -> Shapes:
        """A text for each pair."""
        if of["a"] != of["b"]:
            raise NetworkError(f"tick: a is {list(of['a'])} and b is {list(of['b'])}; both need the same shape")
        return {"out": of["a"]}

    def forward(self, v: Values) -> None:
        """Element by element."""
        pairs = zip(numbers(v["a"]).ravel().tolist(), numbers(v["b"]).ravel().tolist(), strict=True)
        v["out"] = words([self._said(a, b) for a, b in pairs], np.shape(v["a"]))

    def _said(self, a: float, b: float) -> Any:
        """Either text is right where the difference is so near the limit that engines differ."""
        apart, limit = abs(a - b), TOLERANCE * (1 + abs(b))
        if isnan(apart):
            return nan
        first, second = (self.same, self.other) if apart <= limit else (self.other, self.same)
        near = abs(apart - limit) <= TIED * (1 + abs(b))
        return either([first, second] if near else [first])

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(ABS(a-b)<=0.000000001*(1+ABS(b)),same,other)."""

        def out(*i: int) -> str:
            a, b = at["a"][i], at["b"][i]
            test = f"ABS({a}-{b})<={decimal(TOLERANCE)}*(1+ABS({b}))"
            return f"IF({test},{quoted(self.same)},{quoted(self.other)})"

        return {"out": out}


@dataclass(frozen=True, slots=True)
class OfLayer(Single):
    """out (): the one of x1 (), x2 (), ... that has the number ``layer``."""

    kind = "of_layer"

    def forward(self, v: Values) -> None:
        """That element, number or word. A blank cell gives nan, since a formula that names it shows 0."""
        elements = each(v)
        layer = of_layer(v, len(elements))
        v["out"] = single(nan if layer is None else present(elements[layer]).item())

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE."""
        return {"out": lambda: choose(layer_cell(at), [block[()] for block in each_block(at)])}


@dataclass(frozen=True, slots=True)
class Labels(Lens):
    """out (n,): the labels of the chosen ``layer``, and "" after the last one. ``texts``: those of each layer."""

    kind = "labels"

    texts: tuple[tuple[str, ...], ...]

    def tensors(self, of: Shapes) -> Shapes:
        """As many elements as the longest list has."""
        return {"out": (max(map(len, self.texts)),)}

    def forward(self, v: Values) -> None:
        """The list of the layer, filled up with ""."""
        count, layer = max(map(len, self.texts)), of_layer(v, len(self.texts))
        texts = [nan] * count if layer is None else self.texts[layer]
        v["out"] = words([*texts, *[""] * (count - len(texts))])

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE."""
        layer = layer_cell(at)
        return {"out": lambda i: choose(layer, [quoted(one[i] if i < len(one) else "") for one in self.texts])}


@dataclass(frozen=True, slots=True)
class Beside(Lens):
    """out (n,): ``sign`` beside each element of x (n,) that is not ""."""

    kind = "beside"

    sign: str

    def tensors(self, of: Shapes) -> Shapes:
        """A text beside each element."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The sign, or nothing."""
        x = np.asarray(v["x"], dtype=object)
        v["out"] = words([nan if is_lost(a) else "" if text(a) == "" else self.sign for a in x.ravel()], x.shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x="","",sign)."""
        return {"out": lambda *i: f'IF({at["x"][i]}="","",{quoted(self.sign)})'}

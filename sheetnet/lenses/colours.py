"""Lenses of colour and memory: mixed channels, channels that share a number, the order of elements, single precision.

    mix          out[o] = bias[o] + sum over c of weight[o, c] * x[c]         a 1x1 convolution, its weights a table
    shared       out[c] = the average of the block that a pixel lies in
    flat_index   out = ((x1 - 1) * n2 + x2 - 1) * n3 + x3                     where an element lies in a row of all
    in_single    out = x, rounded to the 24 binary digits of a number of 4 bytes;  unit = one of its last digit

RGB becomes Y, U, V and back by ``mix``, with the weights of ITU-R BT.601.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Single, Values, choose, each_block
from sheetnet.lenses.elements import each, is_number, number, numbers

DIGITS = 24  # binary digits of a number in single precision


@dataclass(frozen=True, slots=True)
class Mix(Lens):
    """out (O, ...): every element of the channels of x (C, ...), mixed by ``weight`` (O, C) and ``bias`` (O,)."""

    kind = "mix"

    def tensors(self, of: Shapes) -> Shapes:
        """As many channels as weight has rows."""
        weight = of["weight"]
        if len(weight) != 2 or weight[1:] != of["x"][:1] or of["bias"] != weight[:1]:
            raise NetworkError(
                f"mix: x is {list(of['x'])}, weight {list(weight)}, bias {list(of['bias'])}; "
                "they need (C, ...), (O, C) and (O,)"
            )
        return {"out": (weight[0], *of["x"][1:])}

    def forward(self, v: Values) -> None:
        """One product of matrices."""
        x, weight, bias = (numbers(v[own]) for own in ("x", "weight", "bias"))
        flat = weight @ x.reshape(len(x), -1) + bias[:, None]
        v["out"] = flat.reshape(len(weight), *x.shape[1:])

    def forward_cells(self, at: Blocks) -> Rules:
        """Product by product."""
        x, weight, bias = at["x"], at["weight"], at["bias"]

        def out(o: int, *rest: int) -> str:
            products = [f"{weight[o, c]}*{x[(c, *rest)]}" for c in range(x.shape[0])]
            return "+".join([*products, bias[o]])

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Shared(Lens):
    """out (C, H, W): x, of which the channels from ``first`` on have one number for each block of pixels.

    ``sizes``: the heights and widths of blocks, of which a cell ``number`` chooses, from 1 on. The last block of
    a row or column may be smaller.
    """

    kind = "shared"

    sizes: tuple[tuple[int, int], ...]
    first: int = 0

    def tensors(self, of: Shapes) -> Shapes:
        """As large as x."""
        if len(of["x"]) != 3:
            raise NetworkError(f"shared: x is {list(of['x'])}; it needs (C, H, W)")
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """The mean of each block, repeated."""
        x, chosen = numbers(v["x"]), number(v["number"])
        if not 1 <= chosen < len(self.sizes) + 1:
            v["out"] = np.full(x.shape, np.nan)
            return
        (high, wide), out = self.sizes[int(chosen) - 1], x.copy()
        for y in range(0, x.shape[1], high):
            for left in range(0, x.shape[2], wide):
                block = x[self.first :, y : y + high, left : left + wide]
                out[self.first :, y : y + high, left : left + wide] = block.mean((1, 2), keepdims=True)
        v["out"] = out

    def forward_cells(self, at: Blocks) -> Rules:
        """AVERAGE of the block; CHOOSE where there are several sizes."""
        x, chosen = at["x"], at["number"][()]
        _, height, width = x.shape

        def block(c: int, y: int, left: int, size: tuple[int, int]) -> str:
            if size == (1, 1):
                return x[c, y, left]
            top, start = y - y % size[0], left - left % size[1]
            rows, columns = slice(top, min(top + size[0], height)), slice(start, min(start + size[1], width))
            return f"AVERAGE({x.spread(c, rows, columns)})"

        def out(c: int, y: int, left: int) -> str:
            if c < self.first:
                return x[c, y, left]
            return choose(chosen, [block(c, y, left, size) for size in self.sizes])

        return {"out": out}


@dataclass(frozen=True, slots=True)
class FlatIndex(Single):
    """out (): the place of an element, from 1 on, in a row of all elements of a tensor of this ``shape``.

    Its index is x1 (), x2 (), ..., each from 1 on; the last one runs fastest.
    """

    kind = "flat_index"

    shape: tuple[int, ...]

    def forward(self, v: Values) -> None:
        """Each index times the product of all sizes behind it."""
        index = np.array([number(one) for one in each(v)]) - 1
        behind = np.cumprod([1, *self.shape[:0:-1]])[::-1]
        v["out"] = np.array((index * behind).sum() + 1)

    def forward_cells(self, at: Blocks) -> Rules:
        """Size by size."""
        first, *others = (block[()] for block in each_block(at))

        def out() -> str:
            text = first
            for one, size in zip(others, self.shape[1:], strict=True):
                text = f"({text}-1)*{size}+{one}"
            return text

        return {"out": out}


@dataclass(frozen=True, slots=True)
class InSingle(Lens):
    """out (): x (), 1 or more, as a number of 4 bytes holds it; unit (): the step to the next such number.

    ``powers`` (n,): 1, 2, 4, 8, ... Of two numbers that are equally near, the one with a last binary digit of 0
    is taken.
    """

    kind = "in_single"

    def tensors(self, of: Shapes) -> Shapes:
        """Two numbers."""
        return {"unit": (), "out": ()}

    def forward(self, v: Values) -> None:
        """As the processor rounds."""
        x, powers = number(v["x"]), numbers(v["powers"])
        known = is_number(x) and bool(np.isfinite(powers).all()) and x >= powers[0]
        v["unit"] = np.array(2.0 ** (frexp(x)[1] - DIGITS) if known else np.nan)
        v["out"] = np.array(float(np.float32(x)) if known else np.nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """The largest power that is not above x, and a division by it."""
        x, powers, unit = at["x"][()], at["powers"], at["unit"][()]
        count = f"{x}/{unit}"
        rest = f"{count}-INT({count})"
        up = f"IF({rest}>0.5,1,IF({rest}<0.5,0,MOD(INT({count}),2)))"
        return {
            "unit": lambda: f"INDEX({powers[:]},MATCH({x},{powers[:]},1))/{2 ** (DIGITS - 1)}",
            "out": lambda: f"(INT({count})+{up})*{unit}",
        }

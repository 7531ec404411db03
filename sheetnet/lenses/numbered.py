"""Lenses of an exercise whose numbers follow from one number that its reader types.

whole_number   out = what was typed, where it is a whole number from 1 to most; else a value of its own
varied         out[i] = least + step * (r[i] mod count) where r[i] < below, else base[i]
piece          out[c, y, x] = pixels[c, top + y, left + x] + (r[i] mod (2 grain + 1)) - grain, kept in 0 to most

r is the generator of Lehmer, which begins with the number: r[0] = multiplier * (number + increment) mod 10007, and
each r[i] = multiplier * r[i - 1] mod 10007. The numbers are computed in this way, one after the other; a formula has
the power of the multiplier in place of that. 10007 is a prime, so numbers that differ give cells that differ, and no
product reaches 2^53, so all engines agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, repeat
from math import floor, nan, prod
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, letters
from sheetnet.lenses.base import Array, Lens, Rules, Shapes, Single, Values, decimal, quoted
from sheetnet.lenses.elements import is_number, number, numbers, single

PRIME = 10007
NEAR = 0.000001  # of a whole number: engines differ about the last digits of one


@dataclass(frozen=True, slots=True)
class WholeNumber(Single):
    """out (): ``typed`` (), where it is a whole number from 1 to ``most``, else ``otherwise``, a number or a text."""

    kind = "whole_number"

    most: int
    otherwise: float | str = 0.0

    def forward(self, v: Values) -> None:
        """Blank cells, words, errors and truth values are no numbers."""
        typed = np.asarray(v["typed"]).item()
        whole = float(floor(typed + 0.5)) if is_number(typed) else nan
        known = 1 <= whole <= self.most and abs(typed - whole) < NEAR
        v["out"] = single(whole if known else self.otherwise)

    def forward_cells(self, at: Blocks) -> Rules:
        """Asked one after the other, since AND would compare a text. ISNUMBER(TRUE) is true in LibreOffice."""
        typed = at["typed"][()]
        other = quoted(self.otherwise) if isinstance(self.otherwise, str) else decimal(self.otherwise)
        whole = f"ROUND({typed},0)"
        known = f"AND({whole}>=1,{whole}<={self.most},ABS({typed}-{whole})<{decimal(NEAR)})"
        kept = f"IF({known},{whole},{other})"
        return {"out": lambda: f"IF(ISNUMBER({typed}),IF(ISLOGICAL({typed}),{other},{kept}),{other})"}


@dataclass(frozen=True, slots=True)
class Varied(Lens):
    """A tensor called ``makes``: ``base``, of which a part is drawn anew for the ``number`` ().

    ``below``: an element changes where r is less than that, of 10007. It becomes one of ``count`` numbers, from
    ``least`` on, ``step`` apart.
    """

    kind = "varied"

    base: Any  # a number, or tuples of numbers at any depth
    multiplier: int
    increment: int
    below: int
    count: int
    least: float = 0.0
    step: float = 1.0
    makes: str = "out"

    def tensors(self, of: Shapes) -> Shapes:
        """As large as the base. NetworkError where the number is no single one, or nothing can be drawn."""
        if of["number"] or self.count < 1:
            raise NetworkError(f"varied: needs a single number, not {list(of['number'])}, and something to draw")
        return {self.makes: np.shape(self.base)}

    def forward(self, v: Values) -> None:
        """Lehmer's generator, element by element."""
        base = np.asarray(self.base, dtype=np.float64)
        drawn = lehmer(number(v["number"]), self.multiplier, self.increment, base.shape)
        made = np.where(drawn < self.below, self.least + self.step * np.mod(drawn, self.count), base)
        v[self.makes] = np.where(np.isnan(drawn), nan, made)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(r<below,least+step*MOD(r,count),base), where r is MOD(power*(number+increment),10007)."""
        asked, shape = at["number"][()], at[self.makes].shape

        def rule(*index: int) -> str:
            r = drawn_cell(asked, self.multiplier, self.increment, index, shape)
            many = "" if self.step == 1 else f"{decimal(self.step)}*"
            made = f"{many}MOD({r},{self.count}){signed(self.least)}"
            value = self.base
            for i in index:
                value = value[i]
            return made if self.below >= PRIME else f"IF({r}<{self.below},{made},{decimal(value)})"

        return {self.makes: rule}


@dataclass(frozen=True, slots=True)
class Piece(Lens):
    """out (C, ``height``, ``width``): a piece of ``pixels`` (C, H, W), ``top`` () rows and ``left`` () columns in.

    Each of its pixels becomes a little darker or lighter, by at most ``grain``, as the ``number`` () has it, and
    stays between 0 and ``most``.
    """

    kind = "piece"

    height: int
    width: int
    most: int
    grain: int
    multiplier: int
    increment: int

    def tensors(self, of: Shapes) -> Shapes:
        """A smaller picture. NetworkError where the whole one is not larger."""
        pixels = of["pixels"]
        if len(pixels) != 3 or pixels[1] < self.height or pixels[2] < self.width or prod(pixels[1:]) < 2:
            raise NetworkError(f"piece: {list(pixels)} pixels have no piece of {self.height} x {self.width}")
        return {"out": (pixels[0], self.height, self.width)}

    def forward(self, v: Values) -> None:
        """A slice, with Lehmer's generator on top."""
        whole, top, left = _filled(v["pixels"]), number(v["top"]), number(v["left"])
        shape = whole.shape[0], self.height, self.width
        if not (0 <= top <= whole.shape[1] - self.height and 0 <= left <= whole.shape[2] - self.width):
            v["out"] = np.full(shape, nan)
            return
        y, x = int(top), int(left)
        drawn = lehmer(number(v["number"]), self.multiplier, self.increment, shape)
        grain = np.mod(drawn, 2 * self.grain + 1) - self.grain
        v["out"] = np.clip(whole[:, y : y + self.height, x : x + self.width] + grain, 0, self.most)

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX in the rectangle of the channel."""
        pixels, asked, top, left = at["pixels"], *(at[own][()] for own in ("number", "top", "left"))
        shape = at["out"].shape

        def out(c: int, y: int, x: int) -> str:
            first, last = pixels.corners(c)
            corners = (f"${letters(cell.column)}${cell.row}" for cell in (first, last))
            where = pixels.prefix(first.sheet) + ":".join(corners)
            r = drawn_cell(asked, self.multiplier, self.increment, (c, y, x), shape)
            grain = f"MOD({r},{2 * self.grain + 1})-{self.grain}"
            return f"MAX(0,MIN({self.most},INDEX({where},{y + 1}+{top},{x + 1}+{left})+{grain}))"

        return {"out": out}


# Numbers


def lehmer(begins: float, multiplier: int, increment: int, shape: tuple[int, ...]) -> Array:
    """So many numbers of the generator; nan where what it begins with is no whole number."""
    if begins != begins or begins % 1:
        return np.full(shape, nan)
    start = (int(begins) + increment) * multiplier % PRIME
    states = accumulate(repeat(multiplier, prod(shape) - 1), lambda state, by: state * by % PRIME, initial=start)
    return np.array(list(states), dtype=np.float64).reshape(shape)


def _filled(values: Any) -> Array:
    """Elements as a formula that adds to them takes them: a blank cell is 0, and a word is no number."""
    array = np.asarray(values, dtype=object)
    return numbers(np.where(array == "", 0.0, array))


# Cells


def drawn_cell(asked: str, multiplier: int, increment: int, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """The formula of a number of the generator."""
    place = 0
    for i, size in zip(index, shape, strict=True):
        place = place * size + i
    return f"MOD({pow(multiplier, place + 1, PRIME)}*({asked}+{increment}),{PRIME})"


def signed(value: float) -> str:
    """A number that is added, with its sign; nothing for 0."""
    return "" if not value else decimal(value) if value < 0 else f"+{decimal(value)}"

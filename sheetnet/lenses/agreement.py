"""Lenses of agreement: how far numbers are from what they should be, and how many checks agree.

    deviation   |x - target|
    mismatch    sum of (x - y)^2 over single numbers x1, x2, ... and a column y
    agreeing    how many of the states x1, x2, ... are the word

With ``fingerprints`` they are what the sheet Checks is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Single, Values, decimal, each_block, quoted
from sheetnet.lenses.elements import About, each, number, numbers, single, whole
from sheetnet.lenses.measures import runs


@dataclass(frozen=True, slots=True)
class Deviation(Single):
    """out (): how far x is from the ``target``."""

    kind = "deviation"

    target: float

    def forward(self, v: Values) -> None:
        """The absolute difference."""
        v["out"] = np.array(abs(number(v["x"]) - self.target))

    def forward_cells(self, at: Blocks) -> Rules:
        """ABS(x-target)."""
        return {"out": lambda: f"ABS({at['x'][()]}-{decimal(self.target)})"}


@dataclass(frozen=True, slots=True)
class Mismatch(Lens):
    """out (): how far the single numbers x1, x2, ... are from ``y`` (n,); their squared distance."""

    kind = "mismatch"

    def tensors(self, of: Shapes) -> Shapes:
        """One number."""
        if of["y"] != (len(of) - 1,):
            raise NetworkError(f"mismatch: y is {list(of['y'])}; it needs one number for each of {len(of) - 1} x")
        return {"out": ()}

    def forward(self, v: Values) -> None:
        """The sum of the squares of the differences; nan where one cannot be had."""
        y = numbers(v["y"])
        x = np.array([number(v[f"x{k}"]) for k in range(1, 1 + len(y))])
        v["out"] = np.array(((x - y) ** 2).sum())

    def forward_cells(self, at: Blocks) -> Rules:
        """SUMXMY2 where the single numbers stand below each other; else the squares are added one by one."""
        y = at["y"].viewed(at["y"].seen_from, absolute=True)
        blocks = [at[f"x{k}"] for k in range(1, 1 + y.shape[0])]
        columns = runs(blocks)
        if len(columns) == 1:
            return {"out": lambda: f"SUMXMY2({columns[0]},{y[:]})"}
        return {"out": lambda: "+".join(f"({block[()]}-{y[k]})^2" for k, block in enumerate(blocks))}


@dataclass(frozen=True, slots=True)
class Agreeing(Single):
    """out (): how many of the states x1, x2, ..., which stand below each other, are the ``word``.

    Words are counted, not numbers below a limit: a spreadsheet reads the decimal point of "<=0.5" as its language
    writes it, and an error among the numbers must not hide the others.
    """

    kind = "agreeing"

    word: str

    def __post_init__(self) -> None:
        if not self.word or set(self.word) & set('*?~<>="') or self.word[0].isdigit():
            raise NetworkError(
                f"agreeing: COUNTIF does not take {shown(self.word)} as a plain word; use a word that begins with no "
                'digit and has none of * ? ~ < > = "'
            )

    def forward(self, v: Values) -> None:
        """Counts as COUNTIF does: it ignores case and errors. A state with two right spellings gives a range."""
        least = most = value = 0
        for state in each(v):
            same = [one.casefold() == self.word.casefold() for one in whole(state)]
            value, least, most = value + same[0], least + all(same), most + any(same)
        v["out"] = single(About(value, least, most))

    def forward_cells(self, at: Blocks) -> Rules:
        """COUNTIF."""
        cells = runs(each_block(at))
        return {"out": lambda: "+".join(f"COUNTIF({place},{quoted(self.word)})" for place in cells)}

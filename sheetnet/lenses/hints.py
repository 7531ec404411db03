"""Lenses of exercises: what is said of the number that a pupil typed.

    hint   right where |answer - x| <= tolerance, else the first of these that is true: a known slip, the other sign,
           the decimal point in another place, too large, too small

No cell holds the right number: the formula compares with the cell in which the network computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import Rules, Single, Values, choose, decimal, layer_cell, quoted
from sheetnet.lenses.elements import TOLERANCE, either, is_lost, is_number, number, of_layer, single, text

TENS = (10, 100)  # how far a decimal point may have slipped; 100 is a percentage in place of a share


@dataclass(frozen=True, slots=True)
class Hint(Single):
    """out (): what is said of ``answer`` (), which may be anything, where ``x`` () is right.

    ``tolerances``: how far an answer may be from x, one per layer that can be chosen. ``slips``: what is said of an
    answer that is as near to slip1 (), slip2 (), ..., the numbers to which known mistakes lead. The others are what
    is said of a blank cell, an error, what is no number, and of a number.
    """

    kind = "hint"
    says = True

    tolerances: tuple[float, ...]
    slips: tuple[str, ...]
    blank: str
    error: str
    word: str
    right: str
    sign: str
    point_large: str
    point_small: str
    large: str
    small: str

    def __post_init__(self) -> None:
        if not self.tolerances or not all(is_number(one) and one > 0 for one in self.tolerances):
            raise NetworkError("hint: tolerances must be numbers above 0, one for each layer")

    def forward(self, v: Values) -> None:
        """Every text that is right: near the edge of a tolerance there are several."""
        answer = v["answer"]
        inner = np.asarray(answer).item()
        if is_lost(answer):
            v["out"] = single(self.error)
        elif text(answer) == "":
            v["out"] = single(self.blank)
        elif not is_number(inner):
            v["out"] = single(self.word)
        else:
            v["out"] = single(self._of_number(number(answer), v))

    def _of_number(self, a: float, v: Values) -> object:
        """What is said of a number; nan where the right one, or a slip that is asked for before, is none."""
        x, layer = number(v["x"]), of_layer(v, len(self.tolerances))
        if isnan(x) or layer is None:
            return nan
        near = self.tolerances[layer]

        def within(size: float, limit: float) -> bool | None:
            """Whether a size is at most a limit; None where engines may differ about it."""
            return None if abs(size - limit) <= TOLERANCE * (limit + abs(a) + abs(x)) else size <= limit

        def beyond(size: float) -> bool | None:
            found = within(size, near)
            return None if found is None else not found

        said: list[str] = []
        for state, one in (
            (within(abs(a - x), near), self.right),
            *((within(abs(a - number(v[f"slip{k}"])), near), one) for k, one in enumerate(self.slips, 1)),
            (_both(beyond(abs(x)), a < 0 < x or x < 0 < a), self.sign),
            *((_both(beyond(abs(x)), within(abs(a / ten - x), near)), self.point_large) for ten in TENS),
            *((_both(beyond(abs(x / ten)), within(abs(a - x / ten), near)), self.point_small) for ten in TENS),
            (True, self.large if a > x else self.small),
        ):
            if one in self.slips and isnan(number(v[f"slip{self.slips.index(one) + 1}"])):
                return nan
            if state is not False:
                said.append(one)
            if state is True:
                break
        return either(said)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF in IF: ISERROR, blank, ISNUMBER, then ABS(answer-x)<=tolerance, and so on, in the order of the texts."""
        a, x = at["answer"][()], at["x"][()]
        near = choose(layer_cell(at), [decimal(one) for one in self.tolerances])

        def says() -> str:
            large = ",".join(f"ABS({a}/{ten}-{x})<={near}" for ten in TENS)
            small = ",".join(f"AND(ABS({x}/{ten})>{near},ABS({a}-{x}/{ten})<={near})" for ten in TENS)
            tests = [
                (f"ABS({a}-{x})<={near}", self.right),
                *((f"ABS({a}-{at[f'slip{k}'][()]})<={near}", said) for k, said in enumerate(self.slips, 1)),
                (f"AND(ABS({x})>{near},OR(AND({a}<0,{x}>0),AND({a}>0,{x}<0)))", self.sign),
                (f"AND(ABS({x})>{near},OR({large}))", self.point_large),
                (f"OR({small})", self.point_small),
                (f"{a}>{x}", self.large),
            ]
            opened = "".join(f"IF({test},{quoted(said)}," for test, said in tests)
            of_number = opened + quoted(self.small) + ")" * len(tests)
            error, blank, word = map(quoted, (self.error, self.blank, self.word))
            # ISNUMBER(TRUE) is true in LibreOffice.
            known = f"IF(ISNUMBER({a}),IF(ISLOGICAL({a}),{word},{of_number}),{word})"
            return f'IF(ISERROR({a}),{error},IF({a}="",{blank},{known}))'

        return {"out": says}


def _both(first: bool | None, second: bool | None) -> bool | None:
    """Whether two things are true; None where that depends on what is not known."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True

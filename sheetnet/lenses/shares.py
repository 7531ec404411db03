"""Lenses of shares: a probability in words, which never says 100 %, and how much a number has changed.

percent   "97.0 %"                     tenths of a percent; ">99.9 %" for all that would be rounded up to 100
change    "-35.2 points"               the difference of two numbers with its sign, or words where there is none
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Single, Values, decimal, quoted
from sheetnet.lenses.elements import TOLERANCE, Numeral, Said, either, number, single, spellings, text, words

NEARLY_ALL = 0.9994  # a larger probability is ">99.9 %": a network is never certain
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Percent(Lens):
    """out: each probability x, 0 to 1, as a text with one decimal; ">99.9 %" above ``NEARLY_ALL``."""

    kind = "percent"

    def tensors(self, of: Shapes) -> Shapes:
        """A text for each probability."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """Both texts are right where a probability lies within the tolerance of an edge."""
        x = np.asarray(v["x"], dtype=object)
        v["out"] = words([self._said(one) for one in x.ravel().tolist()], x.shape)

    @staticmethod
    def _said(value: Any) -> Any:
        x = 0.0 if text(value) == "" else number(value)
        if isnan(x):
            return nan
        tenths = [int(float(one)) for one in spellings(1000 * x, 0)]
        most, plain = ">99.9 %", [f"{n // 10}.{n % 10} %" for n in tenths]
        if abs(x - NEARLY_ALL) <= TOLERANCE * (NEARLY_ALL + abs(x)):
            return either([most, *plain] if x > NEARLY_ALL else [*plain, most])
        return most if x > NEARLY_ALL else either(plain)

    def forward_cells(self, at: Blocks) -> Rules:
        """The whole percent and the tenths, each made of ROUND; TEXT has patterns that depend on the language."""
        x = at["x"]

        def out(*index: int) -> str:
            one = x[index]
            tenths = f"ROUND(1000*{one},0)"
            return f'IF({one}>{decimal(NEARLY_ALL)},">99.9 %",INT({tenths}/10)&"."&MOD({tenths},10)&" %")'

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Change(Single):
    """out (): x less ``was``, ``times`` a whole number and rounded to ``digits``, with its sign and a ``unit``.

    ``none``: what stands there where nothing is left of it.
    """

    kind = "change"

    was: float
    none: str
    digits: int
    times: int = 1
    unit: str = ""

    def forward(self, v: Values) -> None:
        """The text of every right spelling of the difference."""
        x = 0.0 if text(v["x"]) == "" else number(v["x"])
        v["out"] = single(nan if isnan(x) else self._said(spellings(self.times * (x - self.was), self.digits)))

    def _said(self, spelled: Numeral) -> str:
        """A sign, a size and a unit; where rounding decides whether anything is left, or the sign, all are right."""
        signs = {np.sign(float(one)) for one in spelled}
        sizes = Numeral(dict.fromkeys(one.lstrip("-") for one in spelled))
        if len(signs) == 1 and 0 not in signs:
            return Said([("+" if 1 in signs else MINUS,), sizes, (self.unit,)])
        return either([self._whole(one) for one in spelled])

    def _whole(self, spelled: str) -> str:
        amount = float(spelled)
        return f"{'+' if amount > 0 else MINUS}{spelled.lstrip('-')}{self.unit}" if amount else self.none

    def forward_cells(self, at: Blocks) -> Rules:
        """IF, and a sign of its own before the size, so that minus is a minus."""
        x, was = at["x"][()], decimal(self.was)
        scale = "" if self.times == 1 else f"{self.times}*"
        size = f"ROUND({scale}ABS({x}{'+' if self.was < 0 else '-'}{was.lstrip('-')}),{self.digits})"
        unit = f"&{quoted(self.unit)}" if self.unit else ""
        return {"out": lambda: f'IF({size}=0,{quoted(self.none)},IF({x}>{was},"+","{MINUS}")&{size}{unit})'}

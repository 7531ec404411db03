"""A lens that says which of several stages a number has reached.

stage    the first of the texts whose limit x does not exceed; the last text has no limit
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks
from sheetnet.lenses.base import TIED, Rules, Single, Values, decimal, quoted
from sheetnet.lenses.elements import TOLERANCE, either, number, single


@dataclass(frozen=True, slots=True)
class Stage(Single):
    """out (): of the ``texts`` the first one whose limit x () does not exceed. ``limits`` rise; one fewer than texts.

    Within the tolerance of a limit, the texts on both sides are right.
    """

    kind = "stage"
    says = True

    limits: tuple[float, ...]
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.limits) + 1 or list(self.limits) != sorted(set(self.limits)):
            raise NetworkError("stage: limits must rise, and there must be one text more than limits")

    def forward(self, v: Values) -> None:
        """Counts the limits below the number."""
        x = number(v["x"])
        found = [self.texts[sum(x > limit for limit in self.limits)]]
        for place, limit in enumerate(self.limits):
            room = (TOLERANCE if limit % 1 else TIED) * (abs(limit) + abs(x))
            if x != limit and abs(x - limit) <= room:
                found += [text for text in self.texts[place : place + 2] if text not in found]
        v["out"] = single(nan if isnan(x) else either(found))

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x<=limit,text,IF(...))."""
        x = at["x"][()]
        made = quoted(self.texts[-1])
        for limit, text in zip(reversed(self.limits), reversed(self.texts[:-1]), strict=True):
            made = f"IF({x}<={decimal(limit)},{quoted(text)},{made})"
        return {"out": lambda: made}

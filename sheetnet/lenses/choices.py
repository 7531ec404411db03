"""Lenses of the reader's choices: whatever a reader types as a choice, they give something that exists.

chosen   picks[i] = i where the name is the one that was chosen, else 0;  out = the largest of them, or 1
one_hot  out[i] = 1 where the name is the one that was chosen, else 0
within   out = the number that was chosen, moved into 1 to count
if_any   out = x where any of the ones and zeros is 1, else a number of its own
shift    out = the number that was chosen, moved into -most to most; 0 for what is no number
begins   out = 1 + stride * (place - 1) - padding
grouped  out = channel + channels of a group * INT((filter - 1) / filters of a group)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, nan

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Single, Values, choose, decimal, layer_cell
from sheetnet.lenses.elements import counted, is_lost, is_number, number, of_layer, text


@dataclass(frozen=True, slots=True)
class Chosen(Lens):
    """Which of the ``names`` (n,) stands in the cell ``choice``: picks (n,), and out (), 1 where it is none of them.

    The formulas use EXACT, because MATCH finds "Cat" for "cat", and for "c*" as well.
    """

    kind = "chosen"

    def tensors(self, of: Shapes) -> Shapes:
        """A number beside each name, and the one that counts."""
        return {"picks": of["names"], "out": ()}

    def forward(self, v: Values) -> None:
        """Texts are compared letter by letter."""
        v["picks"] = _same(v) * np.arange(1, len(v["names"]) + 1.0)
        v["out"] = np.array(np.max([1.0, *counted(v["picks"])]))

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(EXACT(name,choice),number,0), and the largest of them."""
        names, choice, picks = at["names"], at["choice"][()], at["picks"]
        return {
            "picks": lambda i: f"IF(EXACT({names[i]},{choice}),{i + 1},0)",
            "out": lambda: f"MAX(1,{picks[:]})",
        }


@dataclass(frozen=True, slots=True)
class OneHot(Lens):
    """The truth: out (n,), 1 beside the one of the ``names`` that stands in the cell ``choice``."""

    kind = "one_hot"

    def tensors(self, of: Shapes) -> Shapes:
        """A number beside each name."""
        return {"out": of["names"]}

    def forward(self, v: Values) -> None:
        """Texts are compared letter by letter."""
        v["out"] = _same(v)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(EXACT(name,choice),1,0)."""
        names, choice = at["names"], at["choice"][()]
        return {"out": lambda i: f"IF(EXACT({names[i]},{choice}),1,0)"}


@dataclass(frozen=True, slots=True)
class IfAny(Single):
    """out (): ``x`` () where one of the ones and zeros ``which`` (n,) is 1, else the number ``otherwise``."""

    kind = "if_any"

    otherwise: float

    def forward(self, v: Values) -> None:
        """Counts what SUM counts; an error in x matters only where x is shown."""
        which = counted(v["which"])
        lost = any(map(is_lost, which))
        v["out"] = np.array(nan if lost else number(v["x"]) if sum(which) else float(self.otherwise))

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(SUM(which)=0,otherwise,x)."""
        which, x = at["which"][:], at["x"][()]
        return {"out": lambda: f"IF(SUM({which})=0,{decimal(self.otherwise)},{x})"}


def _same(v: Values) -> np.ndarray:
    """1 beside each name that is the chosen one, else 0; nan where a cell on the way holds an error."""
    choice = v["choice"]
    names = np.asarray(v["names"], dtype=object).tolist()
    return np.array(
        [nan if is_lost(name) or is_lost(choice) else float(text(name) == text(choice)) for name in names]
    )


@dataclass(frozen=True, slots=True)
class Within(Single):
    """out (): ``choice`` as a whole number from 1 to the count of the chosen ``layer``; 1 where it is no number.

    ``counts``: one per layer.
    """

    kind = "within"

    counts: tuple[int, ...]

    def forward(self, v: Values) -> None:
        """Rounds the choice down, and moves it into 1 to count."""
        layer = of_layer(v, len(self.counts))
        if layer is None or is_lost(v["choice"]):
            v["out"] = np.array(nan)
            return
        choice, count = number(v["choice"]), self.counts[layer]
        v["out"] = np.array(float(min(max(1, floor(choice)), count)) if is_number(choice) else 1.0)

    def forward_cells(self, at: Blocks) -> Rules:
        """MIN(MAX(1,INT(choice)),count), and 1 for what is no number."""
        choice = at["choice"][()]
        count = choose(layer_cell(at), list(map(str, self.counts)))
        return {"out": lambda: f"IF(ISNUMBER({choice}),MIN(MAX(1,INT({choice})),{count}),1)"}


@dataclass(frozen=True, slots=True)
class Shift(Single):
    """out (): how far something is moved: ``choice`` as a whole number from -``most`` to ``most``, else 0."""

    kind = "shift"

    most: int

    def forward(self, v: Values) -> None:
        """Rounds the choice down, and moves it into the range. A truth value is no number."""
        choice = np.asarray(v["choice"]).item()
        moved = min(max(-self.most, floor(choice)), self.most) if is_number(choice) else 0
        v["out"] = np.array(nan if is_lost(choice) else float(moved))

    def forward_cells(self, at: Blocks) -> Rules:
        """MIN(MAX(-3,INT(choice)),3), and 0 for what is no number. ISNUMBER(TRUE) is true in LibreOffice."""
        choice = at["choice"][()]
        moved = f"MIN(MAX(-{self.most},INT({choice})),{self.most})"
        return {"out": lambda: f"IF(ISNUMBER({choice}),IF(ISLOGICAL({choice}),0,{moved}),0)"}


@dataclass(frozen=True, slots=True)
class Count(Single):
    """out (): how many there are to choose from: the one of the ``counts`` that belongs to the chosen ``layer``."""

    kind = "count"

    counts: tuple[int, ...]

    def forward(self, v: Values) -> None:
        """The count of the layer."""
        layer = of_layer(v, len(self.counts))
        v["out"] = np.array(nan if layer is None else float(self.counts[layer]))

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE, or the number alone where all counts are the same."""
        return {"out": lambda: choose(layer_cell(at), list(map(str, self.counts)))}


@dataclass(frozen=True, slots=True)
class Begins(Single):
    """out (): where the window of a ``place`` begins, from 1 on. ``strides``, ``befores``: one per layer."""

    kind = "begins"

    strides: tuple[int, ...]
    befores: tuple[int, ...]

    def forward(self, v: Values) -> None:
        """Of the chosen layer."""
        k = of_layer(v, len(self.strides))
        begins = nan if k is None else 1 + self.strides[k] * (number(v["place"]) - 1) - self.befores[k]
        v["out"] = np.array(begins)

    def forward_cells(self, at: Blocks) -> Rules:
        """1+stride*(place-1)-padding."""
        place = at["place"][()]
        starts = [f"{s}*({place}-1)-{b}" for s, b in zip(self.strides, self.befores, strict=True)]
        return {"out": lambda: f"1+{choose(layer_cell(at), starts)}"}


@dataclass(frozen=True, slots=True)
class Grouped(Single):
    """out (): the channel of x that a ``channel`` of a ``filter`` meets, both from 1 on; a filter sees its own group.

    ``filters``, ``channels``: how many of them a group has, one per layer.
    """

    kind = "grouped"

    filters: tuple[int, ...]
    channels: tuple[int, ...]

    def forward(self, v: Values) -> None:
        """Of the chosen layer: the channels of the groups before its own are passed over."""
        k = of_layer(v, len(self.filters))
        filter_, channel = number(v["filter"]), number(v["channel"])
        before = nan if k is None else np.floor((filter_ - 1) / self.filters[k]) * self.channels[k]
        v["out"] = np.array(channel + before)

    def forward_cells(self, at: Blocks) -> Rules:
        """channel+channels*INT((filter-1)/filters)."""
        filter_, channel = at["filter"][()], at["channel"][()]
        pairs = zip(self.filters, self.channels, strict=True)
        before = [f"{channels}*INT(({filter_}-1)/{filters})" for filters, channels in pairs]
        return {"out": lambda: f"{channel}+{choose(layer_cell(at), before)}"}

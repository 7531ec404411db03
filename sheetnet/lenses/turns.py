"""Lenses of a window that moves step by step: where it lies, which weights lie where, which cells are filled.

    turn      row, column = where the window of a step lies;  out = the step
    laid      out[y, x] = the number of the weight that lies on a place
    filled    out[y, x] = the number of the step that fills a cell of the map

f: weights of a side; s: stride; d: dilation. Places count from the first one of the padding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetnet.grid import Blocks
from sheetnet.lenses.base import Lens, Rules, Shapes, Values, quoted
from sheetnet.lenses.elements import is_number, number, words


@dataclass(frozen=True, slots=True)
class Turn(Lens):
    """Where the window of a ``step`` lies: row () and column () of the map, from 1 on; out (): the step.

    Reads ``step``, and ``size``, how many windows fit side by side. The step is moved into 1 to size * size; all are
    0 where no window fits.
    """

    kind = "turn"

    def tensors(self, of: Shapes) -> Shapes:
        """Three numbers."""
        return {"row": (), "column": (), "out": ()}

    def forward(self, v: Values) -> None:
        """Row by row."""
        step, size = number(v["step"]), number(v["size"])
        found = [np.nan] * 3
        if is_number(step) and is_number(size):
            taken = min(max(np.floor(step), 1.0), size * size)
            row, column = divmod(taken - 1, size) if size else (-1.0, -1.0)
            found = [row + 1, column + 1, taken]
        v["row"], v["column"], v["out"] = map(np.array, found)

    def forward_cells(self, at: Blocks) -> Rules:
        """INT and MOD."""
        step, size, taken = at["step"][()], at["size"][()], at["out"][()]
        return {
            "row": lambda: f"IF({taken}=0,0,INT(({taken}-1)/{size})+1)",
            "column": lambda: f"IF({taken}=0,0,MOD({taken}-1,{size})+1)",
            "out": lambda: f"MIN(MAX(INT({step}),1),{size}*{size})",
        }


@dataclass(frozen=True, slots=True)
class Laid(Lens):
    """out (places, places): the number of the weight that lies on each place, from 1 on, row by row; else "".

    Reads f, s, d, and ``row`` and ``column``, the window's place in the map, from 1 on; 0 where there is none.
    """

    kind = "laid"

    places: int

    def tensors(self, of: Shapes) -> Shapes:
        """As many rows as columns."""
        return {"out": (self.places, self.places)}

    def forward(self, v: Values) -> None:
        """Numbers the places from the corner of the window on."""
        f, s, d, row, column = (number(v[own]) for own in ("f", "s", "d", "row", "column"))
        shape = (self.places, self.places)
        if not all(map(is_number, (f, s, d, row, column))) or d == 0:
            v["out"] = words([np.nan] * (self.places * self.places), shape)
            return
        down, across = (np.arange(self.places) - (place - 1) * s for place in (row, column))
        lies = [(one >= 0) & (one <= d * (f - 1)) & (np.mod(one, d) == 0) & (row > 0) for one in (down, across)]
        made = (down[:, None] / d * f + across[None, :] / d + 1).astype(object)
        made[~np.outer(*lies)] = ""
        v["out"] = made

    def forward_cells(self, at: Blocks) -> Rules:
        """IF the place belongs to the window."""
        f, s, d, row, column = (at[own][()] for own in ("f", "s", "d", "row", "column"))

        def out(y: int, x: int) -> str:
            down, across = f"({y}-({row}-1)*{s})", f"({x}-({column}-1)*{s})"
            lies = ",".join(f"{one}>=0,{one}<={d}*({f}-1),MOD({one},{d})=0" for one in (down, across))
            return f'IF(AND({row}>0,{lies}),{down}/{d}*{f}+{across}/{d}+1,"")'

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Filled(Lens):
    """out (places, places): the number of the step that fills each cell of a map; ``later`` where it is yet to come.

    Reads ``step`` and ``size``, of the map; "" beyond it.
    """

    kind = "filled"

    places: int
    later: str = "·"

    def tensors(self, of: Shapes) -> Shapes:
        """As many rows as columns."""
        return {"out": (self.places, self.places)}

    def forward(self, v: Values) -> None:
        """Counts row by row."""
        step, size = number(v["step"]), number(v["size"])
        place = np.arange(self.places)
        if not (is_number(step) and is_number(size)):
            v["out"] = words([np.nan] * (self.places * self.places), (self.places, self.places))
            return
        made = (place[:, None] * size + place[None, :] + 1).astype(object)
        made[made > step] = self.later
        made[place >= size, :], made[:, place >= size] = "", ""
        v["out"] = made

    def forward_cells(self, at: Blocks) -> Rules:
        """IF."""
        step, size = at["step"][()], at["size"][()]

        def out(y: int, x: int) -> str:
            count = f"{y}*{size}+{x + 1}"
            return f'IF({max(y, x)}>={size},"",IF({count}<={step},{count},{quoted(self.later)}))'

        return {"out": out}

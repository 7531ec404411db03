"""Lenses that rank: which elements are the largest, one after the other, and where each of them came from.

    alike     scale = max |x|;  share[i] = x[i] / scale to 11 decimals;  out[i] = the next element of the same share
    ranking   value[k] = the k-th largest share above 0;  out[k] = the number of its element, counted from 1
    standing  out[c] = the largest number of map c, or -c, or c, so that the strongest, first or last map comes first
    picked    out[k] = x[numbers[k]]
    origin    out[k] = the map, row and column of element numbers[k]

Spreadsheets disagree whether two numbers that differ in their last digits are equal: MATCH may find them equal where
LARGE does not. Shares are rounded, so that different ones are far apart for every spreadsheet, whatever the size of
x. Equal shares are listed in their order: MATCH finds the first, and each one names the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, prod
from typing import Any

import numpy as np

from sheetnet.grid import Blocks, Shape
from sheetnet.lenses.base import Lens, Rules, Shapes, Values, choose, ranges
from sheetnet.lenses.copies import entry
from sheetnet.lenses.elements import counted, is_lost, number, of_layer, present, rounded, text, words

DIGITS = 11  # of a share; the next one is 1e-11 away, and engines differ by 1e-15


@dataclass(frozen=True, slots=True)
class Standing(Lens):
    """out (C,): what the maps of x (C, H, W) are ranked by: the largest number is the first one to be shown.

    By the ``number`` of the order: 1 for the map that has the largest number, 2 for the first map, 3 for the last.
    """

    kind = "standing"

    def tensors(self, of: Shapes) -> Shapes:
        """A number for each map."""
        return {"out": of["x"][:1]}

    def forward(self, v: Values) -> None:
        """The largest number of each map, or its place."""
        maps, order = np.asarray(v["x"]), number(v["number"])
        largest = [max(counted(one), default=0.0) for one in maps]
        place = np.arange(1.0, len(maps) + 1)
        options = (np.array(largest), -place, place)
        v["out"] = options[int(order) - 1] if 1 <= order < 4 else np.full(len(maps), nan)

    def forward_cells(self, at: Blocks) -> Rules:
        """CHOOSE(number,MAX(map),-place,place)."""
        x, order = at["x"], at["number"][()]
        height = x.shape[1]

        def out(c: int) -> str:
            whole = len(x.steps) == 2  # else the rows of a map do not follow each other
            cells = x[c, :, :] if whole else ",".join(x[c, y, :] for y in range(height))
            return f"CHOOSE({order},MAX({cells}),-{c + 1},{c + 1})"

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Alike(Lens):
    """x (n,) as shares of the largest, and for each share the next element with the same one; "" where x is "".

    scale (); share (n,); out (n,): a number from 1 on, 0 where none follows.
    """

    kind = "alike"

    def tensors(self, of: Shapes) -> Shapes:
        """The scale, and two numbers beside each element."""
        return {"scale": (), "share": of["x"], "out": of["x"]}

    def forward(self, v: Values) -> None:
        """Goes from the last element to the first, and remembers where each share was last seen."""
        x = _listed(v["x"])
        sizes = [abs(number(one)) for one in x if number(one) == number(one)]
        v["scale"] = np.array(nan if any(map(is_lost, x)) else max(sizes, default=0.0) or 1.0)
        scale = number(v["scale"])
        v["share"] = words(["" if text(one) == "" else _share(number(one), scale) for one in x])
        share = _listed(v["share"])
        after: dict[float, int] = {}
        found: list[Any] = []
        for place in range(len(share), 0, -1):
            one = share[place - 1]
            found.append("" if text(one) == "" else float(after.get(number(one), 0)))
            after[number(one)] = place
        lost = any(map(is_lost, share))
        v["out"] = words([nan if lost and one != "" else one for one in reversed(found)])

    def forward_cells(self, at: Blocks) -> Rules:
        """ROUND of the share, and MATCH in the cells below. The last two cells need no MATCH, so they have none.

        0 is added, because -0 is less than 0 for some spreadsheets.
        """
        x, share, scale, count = at["x"], at["share"], at["scale"][()], at["x"].shape[0]
        [every] = ranges(x)
        most = f"MAX(MAX({every}),-MIN({every}))"

        def out(i: int) -> str:
            if i == count - 1:
                found = "0"
            elif i == count - 2:
                found = f"IF({share[i]}={share[i + 1]},{count},0)"
            else:
                found = f"IFERROR({i + 1}+MATCH({share[i]},{share[i + 1 :]},0),0)"
            return f'IF({share[i]}="","",{found})'

        return {
            "scale": lambda: f"IF({most}=0,1,{most})",
            "share": lambda i: f'IF({x[i]}="","",ROUND({x[i]}/{scale},{DIGITS})+0)',
            "out": out,
        }


def _share(one: float, scale: float) -> float:
    return rounded(one / scale, DIGITS) if scale and one == one and scale == scale else nan


@dataclass(frozen=True, slots=True)
class Ranking(Lens):
    """The ``count`` largest of share (n,) above 0, or smallest below: value (count,) and out (count,), their numbers.

    ``follow`` (n,): the ``out`` of ``Alike``. ``every``: shares on both sides of 0 are ranked. Where there are fewer
    than ``count`` such shares the rest is "".
    """

    kind = "ranking"

    count: int
    largest: bool = True
    every: bool = False

    def tensors(self, of: Shapes) -> Shapes:
        """Two columns."""
        return {"value": (self.count,), "out": (self.count,)}

    def forward(self, v: Values) -> None:
        """Each number from the one before it, as the cells have it."""
        share, follow = _listed(v["share"]), _listed(v["follow"])
        known = [number(one) for one in share if number(one) == number(one)]
        ranked = (one for one in known if self.every or (one > 0 if self.largest else one < 0))
        there = sorted(ranked, reverse=self.largest)
        lost = any(map(is_lost, share))
        v["value"] = words(
            ["" if k >= len(there) else nan if lost else there[k] for k in range(self.count)],
        )
        value = _listed(v["value"])
        own = _listed(v["out"]) if "out" in v else []  # what a workbook has there
        order: list[Any] = []
        for k, one in enumerate(value):
            if text(one) == "":
                order.append("")
            elif k and number(one) == number(value[k - 1]):
                order.append(_at(follow, (own or order)[k - 1]))
            else:
                order.append(nan if lost or one not in share else share.index(one) + 1.0)
        v["out"] = words(order)

    def forward_cells(self, at: Blocks) -> Rules:
        """LARGE or SMALL, then MATCH; for an equal value the element that follows. One cell alone needs no MATCH."""
        value, out, count = at["value"], at["out"], at["share"].shape[0]
        [share], [follow] = ranges(at["share"]), ranges(at["follow"])
        ranked, side = ("LARGE", ">0") if self.largest else ("SMALL", "<0")
        there = f"COUNT({share})" if self.every else f'COUNTIF({share},"{side}")'

        def numbered(k: int) -> str:
            found = "1" if count == 1 else f"MATCH({value[k]},{share},0)"
            if k and count > 1:
                found = f"IF({value[k]}={value[k - 1]},INDEX({follow},{out[k - 1]}),{found})"
            return f'IF({value[k]}="","",{found})'

        return {
            "value": lambda k: f'IF({there}<{k + 1},"",{ranked}({share},{k + 1}))',
            "out": numbered,
        }


@dataclass(frozen=True, slots=True)
class Picked(Lens):
    """out (k, ...): for each of the ``numbers`` (k,) the part of x (n, ...) with it, from 1 on; "" for a ""."""

    kind = "picked"
    repeats = True

    def tensors(self, of: Shapes) -> Shapes:
        """An element beside each number; a map, or a filter, where x has more than one axis."""
        return {"out": (*of["numbers"], *of["x"][1:])}

    def forward(self, v: Values) -> None:
        """Takes them one by one. A blank cell gives nan, since INDEX shows 0 for it."""
        x, asked = present(v["x"]), _listed(v["numbers"])
        count, inner = len(x), x.shape[1:]
        places = np.array([number(one) for one in asked])
        if x.dtype != object and ((places >= 1) & (places < count + 1)).all():
            v["out"] = x[places.astype(np.intp) - 1]
            return
        parts = [np.asarray(x[k], dtype=object).ravel().tolist() for k in range(count)]
        blank, lost = [""] * prod(inner), [nan] * prod(inner)
        found: list[Any] = []
        for one in asked:
            place = number(one)
            there = parts[int(place) - 1] if 1 <= place < count + 1 else lost
            found += blank if text(one) == "" else there
        v["out"] = words(found, (len(asked), *inner))

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX. Of cells side by side it names the row as well, because Gnumeric takes one number for a row."""
        x, asked = at["x"], at["numbers"]
        row = "1," if x.steps and x.steps[-1] == (0, 1) else ""

        def out(k: int, *inner: int) -> str:
            found = entry(x, ((asked[k], -1), *inner)) if inner else f"INDEX({ranges(x)[0]},{row}{asked[k]})"
            found = ranges(x)[0] if x.shape == (1,) else found
            return f'IF({asked[k]}="","",{found})'

        return {"out": out}


@dataclass(frozen=True, slots=True)
class Origin(Lens):
    """out (k, 3): map, row and column, from 1 on, of the elements of a flattened tensor with the ``numbers`` (k,).

    ``shapes``: for each layer the shape of the tensor before it was flattened; () where nothing was flattened, and
    dashes are shown.
    """

    kind = "origin"

    shapes: tuple[Shape, ...]

    def tensors(self, of: Shapes) -> Shapes:
        """Three numbers beside each."""
        return {"out": (*of["numbers"], 3)}

    def forward(self, v: Values) -> None:
        """The index, in row-major order."""
        asked, layer = _listed(v["numbers"]), of_layer(v, len(self.shapes))
        found: list[Any] = []
        for one in asked:
            known = layer is not None and (number(one) >= 1 or text(one) == "")
            shape = () if layer is None else self.shapes[layer]
            if text(one) == "":
                found += [""] * 3
            elif known and not shape:
                found += ["-"] * 3
            elif known:
                _, height, width = shape
                place = number(one) - 1
                found += [place // (height * width) + 1, place // width % height + 1, place % width + 1]
            else:
                found += [nan] * 3
        v["out"] = words(found, (len(asked), 3))

    def forward_cells(self, at: Blocks) -> Rules:
        """INT and MOD."""
        asked, layer = at["numbers"], at["layer"][()]

        def out(k: int, axis: int) -> str:
            places = [_place(shape, axis, asked[k]) for shape in self.shapes]
            return f'IF({asked[k]}="","",{choose(layer, places)})'

        return {"out": out}


def _place(shape: Shape, axis: int, asked: str) -> str:
    """The formula of the map, row or column from which the element with a number came."""
    if not shape:
        return '"-"'
    _, height, width = shape
    if axis == 0:
        return f"INT(({asked}-1)/{height * width})+1"
    return f"MOD(INT(({asked}-1)/{width}),{height})+1" if axis == 1 else f"MOD({asked}-1,{width})+1"


def _listed(values: Any) -> list[Any]:
    return list(np.asarray(values, dtype=object).ravel().tolist())


def _at(elements: list[Any], asked: Any) -> Any:
    """The element with a number, counted from 1; decimals are cut off, as INDEX does. nan where there is none."""
    place = number(asked)
    return elements[int(place) - 1] if 1 <= place < len(elements) + 1 else nan

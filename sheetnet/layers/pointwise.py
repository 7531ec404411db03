"""Rules of layers that look at one element of each of their tensors at a time.

    out[i] = text(x[i], y[i], ...)      each tensor stretched to the largest, see ``broadcast``

A parameter that holds a number per channel, per line or for all stands in the formulas of all whom it concerns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetnet.grid import Block, Place, Shape, letters
from sheetnet.layers.broadcast import own_index
from sheetnet.layers.line import Line, Step, checked, has_brackets

BLANKS = ("[row]", "[row 2]", "[row 3]", "[row 4]")  # for what changes from line to line


class Pointwise:
    """The rule ``text`` of an element: it gets the address of the element in each of ``blocks``.

    From one line to the next little changes but numbers of rows. So the formulas of a line are kept, one below the
    other in one text, with a blank for each thing that changes.
    """

    def __init__(self, text: Callable[..., str], *blocks: Block, who: str = "a layer") -> None:
        self._text, self._who = text, who
        self._count = max((block.shape[-1] for block in blocks if block.shape), default=1)
        rank = max(len(block.shape) for block in blocks)
        self._read: list[_Stretched] = []
        for block in blocks:
            self._read.append(_Stretched(block, rank, self._read[0] if self._read else None))
        if sum(x.changes for x in self._read) > len(BLANKS):
            for x in self._read:
                x.changes = False
        self._changing = [x for x in self._read if x.changes]
        placed = all(x.step is not None and x.block.anchors for x in self._read)  # a formula has no place
        self._regular = placed and not has_brackets(*blocks)
        self._key: list[Any] = []
        self._kept: list[str] = []  # the pieces of the kept text between its first blanks
        self._template, self._addresses = "", [""]  # what it was made of

    def __call__(self, *index: int) -> str:
        """The formula of one element."""
        return self._text(*[x.block[x.own(index)] for x in self._read])

    def along(self, *lead: int) -> list[str]:
        """The formulas of a line, many times faster than one by one."""
        if not self._regular:
            return [self(*lead, i) for i in range(self._count)]
        first = (*lead, 0)
        for x in self._read:
            x.look(first)
        if not self._changing:
            return self._made({})
        changed: dict[str, int] = {}  # and the number of its blank
        key: list[Any] = [x.rest for x in self._read]
        for x in self._changing:
            key.append(changed.setdefault(x.change, len(changed)))
        if key != self._key:
            self._key, self._kept = key, "\n".join(self._made(changed)).split(BLANKS[0])
        text = ""
        for change, number in changed.items():
            text = text.replace(BLANKS[number], change) if number else change.join(self._kept)
        return checked(self._who, text.split("\n"), self._template)

    def _made(self, changed: dict[str, int]) -> list[str]:
        line = Line(self._count)
        blanks = [BLANKS[changed[x.change]] if x.changes else "" for x in self._read]
        addresses = [x.address(line, blank) for x, blank in zip(self._read, blanks, strict=True)]
        if addresses != self._addresses:
            self._addresses, self._template = addresses, self._text(*addresses)
        return checked(self._who, line.formulas(self._template), self._template)


def copies(x: Block) -> Pointwise:
    """The rule of a tensor that shows another one as it is."""
    return Pointwise(str, x)


class _Stretched:
    """A tensor that is read at the places of a larger one.

    ``look`` finds a place; ``change`` is what changes from line to line (a row, or the only address of a line),
    ``rest`` all else that its addresses are made of. Many lines share them, so the last ones are remembered.
    """

    def __init__(self, block: Block, rank: int, first: _Stretched | None) -> None:
        self.block, self.own = block, own_index(block.shape, rank)
        self.step: Step | None = block.step(-1) if block.shape and block.shape[-1] > 1 else (0, 0)
        self.changes = len(block.shape) > 1 and block.shape[-2] > 1 and self.step is not None and not self.step[0]
        self.change = ""
        self.rest: tuple[str | int, ...] = ()
        self.place: Place = ("", 0, 0)  # nowhere
        self._dollar = "$" if block.absolute else ""
        self._index: Shape | None = None
        self._first = first
        self._beside = None if first is None else _beside(first.block, block)

    def look(self, index: Shape) -> None:
        """At the first element of a line, by its index in the larger tensor."""
        if self._first is not None and self._beside is not None:
            prefix, down, right = self._beside
            _, row, column = self._first.place
            place = prefix, row + down, column + right
        else:
            own = self.own(index)
            place = self.place if own == self._index else self.block.place(*own)
            self._index = own
        if place == self.place:
            return
        self.place = prefix, row, column = place
        if not self.changes:
            self.rest = place
        elif self.step == (0, 0):
            self.change = f"{prefix}{self._dollar}{letters(column)}{self._dollar}{row}"
        else:
            self.change, self.rest = str(row), (prefix, column)

    def address(self, line: Line, blank: str) -> str:
        """Of a line, with ``blank`` in the place of what changes."""
        if blank and self.step == (0, 0):
            return blank
        return line.address(self.place, self.step or (0, 0), self._dollar, blank)


def _beside(one: Block, other: Block) -> Place | None:
    """Prefix of the other, and the rows and columns from each element of one to that of the other, if that is so."""
    sheets = {at.sheet for at in other.anchors}
    if (one.shape, one.steps) != (other.shape, other.steps) or len(sheets) != 1 or not one.anchors:
        return None  # a formula in the place of an address has no anchors
    apart = {(b.row - a.row, b.column - a.column) for a, b in zip(one.anchors, other.anchors, strict=True)}
    return (other.prefix(*sheets), *apart.pop()) if len(apart) == 1 else None

"""Lenses of words: a sentence of words and numbers, one of several texts, the name beside the largest number.

sentence   "97.1 %  Cat"           pieces: "", a number times 100 with 1 digit, " %  ", a name
when       yes where x <= limit, else no
name_of    the first of the names whose x is the largest
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Blocks
from sheetnet.lenses.base import TIED, Lens, Rules, Shapes, Single, Values, decimal, quoted
from sheetnet.lenses.elements import (
    TOLERANCE,
    Numeral,
    Said,
    either,
    is_lost,
    joined,
    number,
    numbers,
    one_text,
    present,
    single,
    spellings,
    text,
    whole,
)

Piece = str | tuple[Any, ...]
MOST_SIGNS = 1000  # in one bar
MINUS = "−"  # a true minus, as in print
OPEN, CLOSE = "(−", ")"  # around a negative number that follows a sign
DASH = "-"  # stands in a sentence for a blank cell of padding


def number_piece(
    own: str, digits: int, times: int = 1, *, padding: bool = False, bracket: bool | None = None
) -> tuple[Any, ...]:
    """A number as a piece of a sentence. ``padding``: its cell may be blank; then a dash stands for it.

    ``bracket``: whether it follows a sign, so that a negative number stands in brackets, else behind a true minus;
    None leaves the sign to the spreadsheet, which writes a hyphen.
    """
    return (own, digits, times, padding) if bracket is None else (own, digits, times, padding, bracket)


def bracketed(value: float, digits: int, bracket: bool = True) -> list[Sequence[str]]:
    """Numbers: a rounded number with its right spellings; in brackets and with a true minus where it is negative."""
    start, end = (OPEN, CLOSE) if bracket else (MINUS, "")
    found = spellings(value, digits)
    negative = [one.startswith("-") for one in found]
    if all(negative):
        return [(start,), Numeral(one[1:] for one in found), *([(end,)] if end else [])]
    if not any(negative):
        return [found]
    return [tuple(f"{start}{one[1:]}{end}" if below else one for one, below in zip(found, negative, strict=True))]


def bracketed_cell(rounded: str, bracket: bool = True) -> str:
    """Cells: the same of a formula that rounds."""
    start, end = (OPEN, f'&"{CLOSE}"') if bracket else (MINUS, "")
    return f'IF({rounded}<0,"{start}"&ABS({rounded}){end},{rounded}+0)'


@dataclass(frozen=True, slots=True)
class Sentence(Single):
    """out (): the pieces, one after the other.

    A piece is a text; or (own name,) for words that are read; or (own name, digits, times, padding, bracket) for a
    number that is multiplied by the whole number ``times`` and rounded to ``digits``, see ``number_piece``.
    """

    kind = "sentence"
    says = True

    pieces: tuple[Piece, ...]

    def forward(self, v: Values) -> None:
        """The sentence with all its right spellings."""
        said: list[Sequence[str]] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                said.append((piece,))
                continue
            value = v[piece[0]]
            if is_lost(value):
                v["out"] = single(nan)
                return
            if len(piece) == 1:
                said += joined(value)
                continue
            _, digits, times, padding, *bracket = piece
            if padding and text(value) == "":
                said.append((DASH,))
                continue
            amount = 0.0 if text(value) == "" else number(value)
            if isnan(amount):
                v["out"] = single(nan)
                return
            said += bracketed(amount * times, digits, *bracket) if bracket else [spellings(amount * times, digits)]
        v["out"] = single(Said(said))

    def forward_cells(self, at: Blocks) -> Rules:
        """Texts and ROUND, joined by &. 0 is added to each number, because some spreadsheets write -0."""
        parts = [part for piece in self.pieces if (part := self._part(piece, at))]
        if len(self.pieces) == 1 and not isinstance(self.pieces[0], str):
            parts.append('""')  # a blank cell alone would be shown as 0
        return {"out": lambda: "&".join(parts) or '""'}

    @staticmethod
    def _part(piece: Piece, at: Blocks) -> str:
        if isinstance(piece, str):
            return quoted(piece) if piece else ""
        value = at[piece[0]][()]
        if len(piece) == 1:
            return value
        _, digits, times, padding, *bracket = piece
        rounded = f"ROUND({value if times == 1 else f'{times}*{value}'},{digits})"
        amount = bracketed_cell(rounded, *bracket) if bracket else f"({rounded}+0)"
        return f'IF({value}="","{DASH}",{amount})' if padding else amount


@dataclass(frozen=True, slots=True)
class When(Single):
    """out (): ``yes`` where x is at most ``limit``, else ``no``; each is a text, or the own name of words: (name,).

    Within the tolerance of the limit either is right.
    """

    kind = "when"
    says = True

    limit: float
    yes: Piece
    no: Piece

    def forward(self, v: Values) -> None:
        """Either text is right where x lies so near the limit that engines differ."""
        x = number(v["x"])
        edge = (TOLERANCE if self.limit % 1 else TIED) * (abs(self.limit) + abs(x))
        first, second = (self.yes, self.no) if x <= self.limit else (self.no, self.yes)
        options = [first, second] if x != self.limit and abs(x - self.limit) <= edge else [first]
        texts = [piece if isinstance(piece, str) else one_text(v[piece[0]]) for piece in options]
        lost = isnan(x) or any(one is None for one in texts)
        v["out"] = single(nan if lost else either([one for one in texts if one is not None]))

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x<=limit,yes,no)."""
        yes, no = (quoted(piece) if isinstance(piece, str) else at[piece[0]][()] for piece in (self.yes, self.no))
        return {"out": lambda: f"IF({at['x'][()]}<={decimal(self.limit)},{yes},{no})"}


@dataclass(frozen=True, slots=True)
class Same(Single):
    """out (): ``yes`` where the texts a and b are the same, letter by letter, else ``no``."""

    kind = "same"
    says = True

    yes: str
    no: str

    def forward(self, v: Values) -> None:
        """Either answer is right where one of the texts has several right spellings that do not all agree."""
        if is_lost(v["a"]) or is_lost(v["b"]):
            v["out"] = single(nan)
            return
        a, b = (whole(v[own]) for own in ("a", "b"))
        options = [self.yes if one == other else self.no for one in a for other in b]
        v["out"] = single(either(options))

    def forward_cells(self, at: Blocks) -> Rules:
        """EXACT, because = takes "cat" for "Cat"."""
        return {"out": lambda: f"IF(EXACT({at['a'][()]},{at['b'][()]}),{quoted(self.yes)},{quoted(self.no)})"}


@dataclass(frozen=True, slots=True)
class NameOf(Single):
    """out (): the first of the ``names`` (n,) whose ``x`` (n,) is the largest; where several are equal, any one."""

    kind = "name_of"

    def forward(self, v: Values) -> None:
        """The names of all numbers that engines may find to be the largest."""
        x, names = numbers(v["x"]), present(v["names"]).tolist()
        if np.isnan(x).any():
            v["out"] = single(nan)
            return
        best = int(x.argmax())
        tied = [best, *(i for i in range(len(names)) if x[best] - x[i] <= TIED * (1 + abs(x[best])))]
        found = [names[i] for i in tied]
        if any(is_lost(name) for name in found):
            v["out"] = single(nan)
        else:
            v["out"] = single(found[0] if len(set(map(text, found))) == 1 else either(list(map(text, found))))

    def forward_cells(self, at: Blocks) -> Rules:
        """INDEX and MATCH. One name is named alone: Gnumeric fails on INDEX over one cell."""
        x, names = at["x"], at["names"]
        if x.shape[0] == 1:
            return {"out": lambda: names[0]}
        row = "1," if names.steps[-1][0] == 0 else ""  # of names side by side, Gnumeric wants to know the row as well
        return {"out": lambda: f"INDEX({names[:]},{row}MATCH(MAX({x[:]}),{x[:]},0))"}


@dataclass(frozen=True, slots=True)
class Bar(Lens):
    """out (n,): a bar of text for each share x (n,) of 0 to 1. ``room``: how many signs a full one has."""

    kind = "bar"

    room: int = 20
    sign: str = "█"

    def __post_init__(self) -> None:
        if not 1 <= self.room <= MOST_SIGNS:
            raise NetworkError(f"bar: room is {shown(self.room)}; use 1 to {MOST_SIGNS}")

    def tensors(self, of: Shapes) -> Shapes:
        """A text beside each number."""
        return {"out": of["x"]}

    def forward(self, v: Values) -> None:
        """As many signs as the rounded share of the room."""
        x = numbers(v["x"])
        made = np.empty(x.shape, dtype=object)
        for index in np.ndindex(*x.shape):
            made[index] = self._bar(float(x[index]))
        v["out"] = made

    def _bar(self, share: float) -> Any:
        if isnan(share):
            return nan
        lengths = [int(float(n)) for n in spellings(self.room * min(max(share, 0.0), 1.0), 0)]
        return either([self.sign * length for length in lengths])

    def forward_cells(self, at: Blocks) -> Rules:
        """REPT."""
        x = at["x"]
        return {"out": lambda *i: f'REPT("{self.sign}",ROUND({self.room}*MIN(1,MAX(0,{x[i]})),0))'}

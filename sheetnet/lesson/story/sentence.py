"""Say a formula with its numbers, live.

    SUMPRODUCT(Red!D9:F11,D9:F11)+B9    becomes    12.5 (red) + (−0.3) (bias) = 12.2

The result is the pieces of a ``Sentence``, and what each of its numbers reads. So the sentence changes when a reader
changes a pixel, and is proven like every other formula. A sum of products is said as its value; the numbers of a
maximum or of a short sum are said one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sheetnet.grid import Anchor, Block, column_number, letters
from sheetnet.lenses import Area, Look, Measure, Source, SumIf, SumProduct, decimal, inline, number_piece
from sheetnet.lenses.sentences import Piece

MOST_SAID = 16  # numbers that are said one by one
DIGITS = 4
_CELL = r"\$?[A-Z]{1,3}\$?[0-9]+"
_SHEET = r"(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?"
_TOKEN = re.compile(
    rf"(?P<range>{_SHEET}{_CELL}:{_CELL})|(?P<cell>{_SHEET}{_CELL})|(?P<call>[A-Z]+)\(|(?P<number>[0-9.]+(?:E[-+]?[0-9]+)?)|(?P<sign>.)"
)
_PLACE = re.compile(rf"({_SHEET})\$?([A-Z]{{1,3}})\$?([0-9]+)(?::\$?([A-Z]{{1,3}})\$?([0-9]+))?")
_SIGNS = {"+": " + ", "-": " − ", "*": " × ", "/": " / ", ",": "; ", "(": "(", ")": ")"}
_NAMES = {"MAX": "max", "EXP": "e^", "LN": "ln", "MIN": "min", "IF": "if", "SQRT": "√", "AVERAGE": ""}
_AFTER = ("+ ", "− ", "× ", "/ ", "−")  # behind a sign a negative number stands in brackets
_ADDED = ("SUM", "AVERAGE")
_OF_WINDOWS = ("MAX", "MIN", "AVERAGE")


class NoSentenceError(Exception):
    """No sentence can say this formula, or this part of one; then the sentence says the result only."""


class SentenceMaker:
    """Makes sentences of formulas on the sheet ``home`` that name cells of ``blocks`` (full name -> cells).

    ``terms``: what stands behind a number of a sum, " (red)", by the full name and the anchor of what it was made of.
    """

    def __init__(
        self, home: str, blocks: Mapping[str, Block], terms: Mapping[tuple[str, int], str] | None = None
    ) -> None:
        self._home, self._blocks, self._terms = home, blocks, terms or {}
        self._pieces: list[Piece] = []
        self._reads: dict[str, Source] = {}

    def full(self, address: str, formula: str, out: Area) -> tuple[tuple[Piece, ...], dict[str, Source]]:
        """The sentence of ``formula``, in the cell ``address``, with all numbers: its pieces, and what they read."""
        self._pieces, self._reads = [f"{address} = "], {}
        self._say(formula)
        if [type(piece) for piece in self._pieces] == [str, tuple]:  # a copy: its number is the result
            return self.short(address, out)
        self._pieces.append(" = ")
        self._number(out)
        return _joined(self._pieces), self._reads

    def short(self, address: str, out: Area) -> tuple[tuple[Piece, ...], dict[str, Source]]:
        """The sentence that says the result only: its pieces, and what they read."""
        self._pieces, self._reads = [f"{address} = "], {}
        self._number(out)
        return _joined(self._pieces), self._reads

    def _number(self, source: Source, *, digits: int = DIGITS, padding: bool = False, of: Area | None = None) -> None:
        """Say a number. ``of``: the cells by which it is named, where it is a term of a sum."""
        own = f"n{len(self._reads) + 1}"
        self._reads[own] = source
        before = self._pieces[-1] if self._pieces else ""
        signed = isinstance(before, str) and before.endswith(_AFTER)
        self._pieces.append(number_piece(own, digits, padding=padding, bracket=signed))
        if of is not None and (of.of, of.anchor) in self._terms:
            self._pieces.append(self._terms[of.of, of.anchor])

    def _say(self, formula: str) -> None:
        position = 0
        before = "("  # a minus after it is a sign, not a subtraction
        while position < len(formula):
            match = _TOKEN.match(formula, position)
            if match is None:
                raise NoSentenceError(formula[position:])
            position = match.end()
            if name := match["call"]:
                end = _closing(formula, position)
                inner = formula[position : end - 1]
                if self._call(name, inner, part=formula[end : end + 1] in ("/", "*") or before in "/*"):
                    position = end
            elif match["range"]:
                self._number(inline(Measure("SUM"), x1=self._area(match["range"])))
            elif match["cell"]:
                area = self._area(match["cell"])
                self._number(area, of=area)
            elif match["number"]:
                self._pieces.append(decimal(float(match["number"])))  # 0.00001, not 1E-05
            else:
                sign = match["sign"]
                self._pieces.append("−" if sign == "-" and before in "(,+-*/" else _SIGNS.get(sign, sign))
            before = formula[position - 1]

    def _call(self, name: str, inner: str, *, part: bool) -> bool:
        """Say a whole call, or only its name; returns whether all of it is said."""
        few = self._few(inner) if name in ("SUM", *_OF_WINDOWS) else None
        if few is not None:
            brackets = part or name != "SUM"  # of a product: the sum comes first
            self._pieces.append(_NAMES.get(name, "") + "(" if brackets else "")
            for number, cell in enumerate(few):
                self._pieces.append((" + " if name in _ADDED else "; ") if number else "")
                self._number(cell, padding=name not in _ADDED)  # in a sum, blank is 0
            self._pieces.append(")" if brackets else "")
            if name == "AVERAGE":  # only of those that are not blank
                self._pieces.append(" / ")
                self._number(self._measure("COUNT", inner), digits=0)
            return True
        if name == "SUMPRODUCT":
            x, weight = (self._area(place) for place in _arguments(inner))
            self._number(inline(SumProduct(), x=x, weight=weight), of=x)
            return True
        if name == "SUMIF":
            which, value, added = _arguments(inner)
            if not re.fullmatch("[0-9.]+", value):
                raise NoSentenceError(f"{name}({inner})")
            self._number(inline(SumIf(float(value)), x=self._area(added), which=self._area(which)))
            return True
        if name in ("SUM", "COUNT") or (name in _OF_WINDOWS and ":" in inner):
            self._number(self._measure(name, inner))
            return True
        self._pieces.append(f"{_NAMES.get(name, name.lower())}(")
        return False

    def _measure(self, function: str, inner: str) -> Look:
        cells = {f"x{k}": self._area(place) for k, place in enumerate(_arguments(inner), 1)}
        return inline(Measure(function), **cells)

    def _few(self, inner: str) -> list[Area] | None:
        """The cells of ranges, one by one; None where they are too many, or where an argument is no range."""
        cells: list[Area] = []
        for place in _arguments(inner):
            match = _PLACE.fullmatch(place)
            if match is None or match[4] is None:
                return None
            left, right, top, bottom = column_number(match[2]), column_number(match[4]), int(match[3]), int(match[5])
            if (bottom - top + 1) * (right - left + 1) + len(cells) > MOST_SAID:
                return None
            cells += [
                self._area(f"{match[1]}{letters(x)}{y}")
                for y in range(top, bottom + 1)
                for x in range(left, right + 1)
            ]
        return cells

    def _area(self, place: str) -> Area:
        """The cells that a formula names, as cells of a tensor."""
        match = _PLACE.fullmatch(place)
        if match is None:
            raise NoSentenceError(place)
        sheet = match[1][:-1]
        title = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        first = Anchor(title or self._home, int(match[3]), column_number(match[2]))
        last = first if match[4] is None else Anchor(first.sheet, int(match[5]), column_number(match[4]))
        return self._within(first, last, single=match[4] is None)

    def _within(self, first: Anchor, last: Anchor, *, single: bool) -> Area:
        nearest: tuple[int, Area] | None = None
        shape = () if single else (last.row - first.row + 1, last.column - first.column + 1)
        for full, block in self._blocks.items():
            for number, (start, end) in enumerate(block.rectangles()):
                if start.sheet != first.sheet:
                    continue
                high = min(last.row, end.row) - max(first.row, start.row) + 1
                wide = min(last.column, end.column) - max(first.column, start.column) + 1
                shared = high * wide if high > 0 and wide > 0 else min(high, 1) + min(wide, 1) - 2
                if nearest is None or shared > nearest[0]:  # a window of nothing but padding: the nearest tensor
                    nearest = shared, Area(full, number, first.row - start.row, first.column - start.column, shape)
        if nearest is None:
            raise NoSentenceError(f"{first.sheet}: row {first.row}, column {first.column}")
        return nearest[1]


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Neighbouring texts as one."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)


def _arguments(inner: str) -> list[str]:
    """The arguments of a call that has only cells and ranges; names of sheets may hold commas."""
    return re.findall(r"(?:'(?:[^']|'')*'|[^,'])+", inner)


def _closing(formula: str, start: int) -> int:
    """Where the call ends whose arguments begin at ``start``; sheet names may hold parentheses."""
    depth, quoted = 1, False
    for position in range(start, len(formula)):
        letter = formula[position]
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return position + 1
    raise NoSentenceError(f"no end: {formula}")

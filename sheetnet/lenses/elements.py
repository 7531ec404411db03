"""The elements that lenses read and make: which of them are numbers, and which numbers and texts are right answers.

close(found, expected)   |found - expected| <= 1e-9 + 1e-9 |expected|
spellings(-0.04, 1)      "0"         as ROUND and & write a number, for each way in which engines round
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import product
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.operation import Array

TOLERANCE = 1e-9  # relative to the number, and the same again as an absolute difference
_CUT = Context(prec=15, rounding=ROUND_HALF_UP)  # the digits that some programs keep


class About(float):
    """A number that is stored, while every number from ``least`` to ``most`` is right as well."""

    least: float
    most: float

    def __new__(cls, value: float, least: float, most: float) -> About:
        """``value``: the number that is stored."""
        made = super().__new__(cls, value)
        made.least, made.most = min(least, value), max(most, value)
        return made


class Numeral(tuple[str, ...]):
    """The spellings of one number; a program that writes more digits of it is right as well."""

    __slots__ = ()


class Said(str):
    """A text made of pieces. A piece may have several right spellings; the first of them is stored."""

    __slots__ = ("pieces",)
    pieces: tuple[tuple[str, ...], ...]

    def __new__(cls, pieces: Iterable[Sequence[str]]) -> Said:
        """``pieces``: for each piece its right spellings."""
        known = tuple(p if isinstance(p, Numeral) else tuple(dict.fromkeys(p)) for p in pieces)
        made = super().__new__(cls, "".join(piece[0] for piece in known))
        made.pieces = known
        return made

    def matches(self, found: str) -> bool:
        """Whether a text is one of those that are right; a number in it may have a decimal comma."""
        if found == self:
            return True
        match = re.fullmatch("".join(f"({_pattern(piece)})" for piece in self.pieces), found)
        if match is None:
            return False
        pairs = zip(self.pieces, match.groups(), strict=True)
        return all(_is_same(piece, text) for piece, text in pairs if isinstance(piece, Numeral))


_NUMBER = r"-?\d+(?:[.,]\d+)?(?:[Ee][+-]?\d+)?"


def _pattern(piece: tuple[str, ...]) -> str:
    if isinstance(piece, Numeral):
        return _NUMBER
    return "|".join(re.sub(r"(?<=\d)\\\.(?=\d)", "[.,]", re.escape(text)) for text in piece)


def _is_same(numeral: Numeral, found: str) -> bool:
    """Whether a text is a spelling of a number, or the same number with more digits; but never -0."""
    if found.replace(",", ".") in numeral:
        return True
    value = float(found.replace(",", "."))
    return value != 0 and any(abs(value - float(one)) <= 4e-16 * abs(value) for one in numeral)


def pieces_of(text: str) -> tuple[tuple[str, ...], ...]:
    """The pieces of a text, whether it is ``Said`` or plain."""
    return text.pieces if isinstance(text, Said) else ((text,),)


def joined(value: Any) -> tuple[tuple[str, ...], ...]:
    """The pieces of the text that & makes of an element. Programs write a number that is not rounded differently."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    if isinstance(inner, str):
        return pieces_of(inner)
    if isinstance(inner, bool):
        return ((text(inner), str(int(inner))),)
    if not isinstance(inner, float | int):
        return ((text(inner),),)
    return (Numeral(dict.fromkeys([f"{inner:.15g}", f"{inner:.17g}", f"{inner:.15g}".upper()])),)


def whole(value: Any) -> list[str]:
    """Every text that an element may be."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    return ["".join(one) for one in product(*pieces_of(inner))] if isinstance(inner, str) else [text(inner)]


def one_text(value: Any) -> str | None:
    """An element as a text; None where it cannot be computed."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    return None if is_lost(inner) else inner if isinstance(inner, str) else text(inner)


def either(texts: Sequence[str]) -> str:
    """One of some texts; the first is the one that is stored."""
    return texts[0] if len(set(texts)) == 1 else Said([texts])


def is_number(value: Any) -> bool:
    """Whether a cell shows a finite number. A truth value is none."""
    return isinstance(value, float | int) and not isinstance(value, bool) and isfinite(value)


def numbers(values: Any) -> Array:
    """Elements as float64; nan for an element that is no number."""
    array = np.asarray(values)
    if array.dtype == np.float64:
        return array
    if array.dtype != object:
        return array.astype(np.float64)
    flat = [v if type(v) is float else float(v) if is_number(v) else nan for v in array.ravel().tolist()]
    made = np.array(flat, dtype=np.float64).reshape(array.shape)
    return np.where(np.isfinite(made), made, nan)


def summands(values: Any) -> Array:
    """Elements as SUM and SUMPRODUCT count them: blank cells and words are 0; an error is nan."""
    array = np.asarray(values)
    if array.dtype != object:
        return array.astype(np.float64)
    flat = [v if type(v) is float else float(v) if is_number(v) else 0.0 for v in array.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)


def number(value: Any) -> float:
    """A single element as a number; nan where it is none."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    return float(inner) if is_number(inner) else nan


def each(v: Mapping[str, Any]) -> list[Any]:
    """The elements of x1, x2, ..., as many as the lens reads."""
    return [v[f"x{k}"] for k in range(1, 1 + sum(own.startswith("x") for own in v))]


def of_layer(v: Mapping[str, Any], count: int) -> int | None:
    """Which of ``count`` layers is chosen, counted from 0; the first where the lens reads no choice.

    None where the cell of the choice holds no number of a layer. Decimals are cut off, as CHOOSE cuts them off.
    """
    layer = number(v["layer"]) if "layer" in v else 1.0
    return int(layer) - 1 if 1 <= layer < count + 1 else None


def text(value: Any) -> str:
    """A single element as EXACT and & take it: as a text, so the number 5 is the class named 5."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    if isinstance(inner, bool):
        return str(inner).upper()
    return f"{inner:.15g}" if isinstance(inner, float | int) else str(inner)


def present(values: Any) -> NDArray[Any]:
    """Elements with nan in the place of each blank one."""
    array = np.asarray(values)
    if array.dtype != object:
        return array
    return words([nan if isinstance(v, str) and v == "" else v for v in array.ravel().tolist()], array.shape)


def counted(values: Any) -> list[float]:
    """The numbers among some elements, as MAX and SUM take them; a single nan where any cell holds an error."""
    flat = np.asarray(values, dtype=object).ravel().tolist()
    return [nan] if any(map(is_lost, flat)) else [float(v) for v in flat if is_number(v)]


def is_lost(value: Any) -> bool:
    """Whether an element cannot be computed, because it or a cell that it depends on holds an error."""
    inner = value.item() if isinstance(value, np.ndarray) else value
    return isinstance(inner, float) and inner != inner


def words(values: Sequence[Any], shape: tuple[int, ...] | None = None) -> NDArray[np.object_]:
    """Elements of any kind as an array."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made if shape is None else made.reshape(shape)


def single(value: Any) -> NDArray[np.object_]:
    """One element of any kind, as an array without axes."""
    return words([value], ())


def close(found: float, expected: float) -> bool:
    """Whether a number is the expected one, within the tolerance. Nothing is close to nan."""
    return bool(abs(found - expected) <= TOLERANCE + TOLERANCE * abs(expected))


@lru_cache(4096)
def spellings(value: float, digits: int) -> Numeral:
    """The right spellings of a number that is rounded and joined to a text; the first of them is stored.

    Spreadsheets round half away from 0, or half to even; they start from 15 decimal digits, or from the exact binary
    value. All of these are right, for every value within the tolerance.
    """
    step = TOLERANCE + TOLERANCE * abs(value)
    found = [rounded(value, digits)]
    for one in (value, value - step, value + step):
        exact = Decimal(one)
        for given in (Decimal(f"{one:.15g}"), exact):
            for way in (ROUND_HALF_UP, ROUND_HALF_EVEN):
                found.append(_quantized(given, digits, way))
    return Numeral(dict.fromkeys(text for one in dict.fromkeys(found) for text in _written(one)))


def rounded(value: float, digits: int) -> float:
    """A number rounded half away from 0, by its 15 decimal digits, as a spreadsheet's ROUND does."""
    return _quantized(Decimal(f"{value:.15g}"), digits, ROUND_HALF_UP)


def _quantized(value: Decimal, digits: int, way: str) -> float:
    if value.adjusted() + digits >= 27 or not value.is_finite():  # nothing to round there
        return float(value)
    return float(value.quantize(Decimal(1).scaleb(-digits), way)) + 0.0


def spelled(value: float) -> str:
    """A rounded number as & writes it: at most 15 digits, in decimals, no zeros at the end, no minus before 0."""
    return f"{Decimal(f'{value + 0.0:.15g}'):f}"


def _written(value: float) -> Iterator[str]:
    """How programs write a number: they differ beyond 15 digits, and for very large and very small numbers."""
    yield spelled(value)
    counts = [15] if float(f"{value:.15g}") == value else [15, 16, 17]
    for count in counts:
        text = f"{value + 0.0:.{count}g}"
        yield f"{Decimal(text):f}"
        if "e" in text:
            yield from (text, text.upper(), re.sub(r"e([+-])(?=\d\d$)", r"E\g<1>0", text))
    if len(counts) > 1:
        yield f"{_CUT.create_decimal(Decimal(value)):f}"

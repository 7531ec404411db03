"""Options of layers: what a spec may say, checked, and how a formula writes it."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from sheetnet.errors import NetworkError, shown
from sheetnet.grid import Shape

MOST_AXES = 8
LONGEST_LITERAL = 32  # characters


def is_whole(value: Any) -> bool:
    """A whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def as_number(value: Any, what: str) -> float:
    """A number that a spreadsheet can hold: it knows none below 1E-307, and none above 1E+307."""
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not (value == 0 or 1e-300 < abs(value) < 1e300)
    ):
        raise NetworkError(f"{what} is {shown(value)}; use a number that a spreadsheet can hold")
    return value


def as_count(value: Any, what: str, most: int) -> int:
    """A whole number from 1 to ``most``."""
    if not is_whole(value) or not 1 <= value <= most:
        raise NetworkError(f"{what} is {shown(value)}; use a whole number from 1 to {most}")
    return int(value)


def as_flag(value: Any, what: str) -> bool:
    """True or false, and nothing that only counts as it."""
    if not isinstance(value, bool):
        raise NetworkError(f"{what} is {shown(value)}; use true or false")
    return value


def as_shape(value: Any, what: str) -> Shape:
    """A list of sizes, each 1 or more; an empty one is the shape of a single number."""
    sizes = tuple(value) if isinstance(value, list | tuple) else (0,)
    if not all(is_whole(n) and n > 0 for n in sizes) or len(sizes) > MOST_AXES:
        raise NetworkError(f"{what} is {shown(value)}; use a list of up to {MOST_AXES} whole numbers from 1 on")
    return sizes


def as_whole_numbers(value: Any, what: str) -> tuple[int, ...]:
    """A list of whole numbers, such as axes."""
    numbers = tuple(value) if isinstance(value, list | tuple) else (None,)
    if not all(map(is_whole, numbers)) or len(numbers) > MOST_AXES:
        raise NetworkError(f"{what} is {shown(value)}; use a list of up to {MOST_AXES} whole numbers")
    return numbers


def as_axis(who: str, axis: int, shape: Shape) -> int:
    """The axis of ``shape`` from 0 on; -1 is the last. NetworkError where there is none."""
    if not -len(shape) <= axis < len(shape):
        raise NetworkError(
            f"{who}: the input has shape {list(shape)}, and no axis {axis}; use one from -{len(shape)} to -1"
            if shape
            else f"{who}: the input is a single number, and has no axes"
        )
    return axis % len(shape)


def as_axes(who: str, axes: tuple[int, ...], shape: Shape) -> set[int]:
    """The axes of ``shape`` from 0 on, each named once."""
    found = {as_axis(who, axis, shape) for axis in axes}
    if len(found) < len(axes):
        raise NetworkError(f"{who}: axes {list(axes)} names an axis twice; name it once")
    return found


@lru_cache(256)
def literal(value: float) -> str:
    """A number as a formula has it in any spreadsheet: 1, 0.00001, and where that grows too long, 1.5*10^-40.

    An exponent, 1E-05, means nothing to some of them.
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    number = Decimal(repr(float(value)))
    text = f"{number:f}"
    if len(text) <= LONGEST_LITERAL:
        return text
    power = number.adjusted()
    return f"{number.scaleb(-power):f}*10^{power}"

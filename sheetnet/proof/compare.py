"""Compare what a cell shows with what it should show: numbers within the tolerance, words in any right spelling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetnet.lenses.elements import TOLERANCE, About, Said, close
from sheetnet.operation import Array
from sheetnet.values import ErrorValue


def far(found: Array, expected: Array) -> NDArray[np.bool_]:
    """Where numbers differ by more than the tolerance; never where the expected number is nan or infinite."""
    with np.errstate(all="ignore"):
        near = np.abs(found - expected) <= TOLERANCE + TOLERANCE * np.abs(expected)
    apart: NDArray[np.bool_] = ~near & np.isfinite(expected)
    return apart


def largest(found: Array, expected: Array) -> float:
    """The largest difference of any pair of finite numbers; 0 where there is no such pair."""
    with np.errstate(all="ignore"):
        difference = np.abs(found - expected)
    return float(np.max(difference[np.isfinite(difference)], initial=0.0))


def known(expected: NDArray[Any]) -> int:
    """How many of the expected elements are known, so that a cell can be compared with them."""
    return sum(not is_unknown(v) for v in expected.ravel().tolist())


def is_unknown(expected: Any) -> bool:
    """Whether it cannot be known what a cell should show, since what it follows from is no number."""
    return isinstance(expected, float) and not np.isfinite(expected)


def right(found: Any, expected: Any) -> bool:
    """Whether a cell shows what it should, or what it should show cannot be known."""
    if is_unknown(expected):
        return True
    if isinstance(expected, str):
        if isinstance(found, ErrorValue):
            return False
        if found is None:
            return expected == ""
        if not isinstance(found, str):
            return False
        return expected.matches(found) if isinstance(expected, Said) else Said([(expected,)]).matches(found)
    if isinstance(expected, bool):  # a reader typed TRUE, and this cell repeats it
        return found is expected
    if not isinstance(found, float):
        return False
    if isinstance(expected, About):
        return close(found, min(max(found, expected.least), expected.most))
    return close(found, float(expected))


def is_current(stored: Any, now: Any) -> bool:
    """Whether a stored value is the one that the formula gives now."""
    if isinstance(stored, float) and isinstance(now, float):
        return close(stored, now) or stored == now
    if isinstance(stored, ErrorValue) or isinstance(now, ErrorValue):
        return isinstance(stored, ErrorValue) and isinstance(now, ErrorValue)
    if stored in (None, "") and now in (None, ""):
        return True
    if isinstance(stored, str) and isinstance(now, str):
        return Said([(now,)]).matches(stored)
    return type(stored) is type(now) and bool(stored == now)


def reason(found: Any, expected: Any) -> str:
    """Why a cell is wrong, in a few words."""
    if isinstance(expected, str):
        return "other words" if isinstance(found, str) and not isinstance(found, ErrorValue) else "no words"
    return "another number" if isinstance(found, float) else "no number"


def shown(value: Any) -> str:
    """A value as a report shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, ErrorValue):
        return str(value)
    if isinstance(value, About) and value.least != value.most:
        return f"{value.least:.15g} to {value.most:.15g}"
    if isinstance(value, float):
        return f"{value:.15g}"
    return repr(str(value) if isinstance(value, str) else value)[:120]

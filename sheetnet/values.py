"""The values of cells. Python has a type for each of them but the error.

A text "#N/A" that somebody typed looks like the error #N/A, but only the error spreads to the cells that read it.
"""

from __future__ import annotations


class ErrorValue(str):
    """An error as a spreadsheet writes it: ``#N/A``, ``#DIV/0!``. It equals the text, but its type is another."""

    __slots__ = ()


Value = float | str | bool | ErrorValue | None  # what a cell shows; None where it is blank or has no stored value

MOST = 99.94  # percent; what is above it is called more than 99.9, since no network is certain


def percent(probability: float) -> str:
    """A probability with a decimal, and never 100 %."""
    share = 100 * probability
    return ">99.9 %" if share > MOST else f"{round(share, 1):g} %"

"""What a cell can hold that Python has no type for: an error.

A text "#N/A" that somebody typed and the error #N/A look alike, and only the error spreads to the cells that read it.
"""

from __future__ import annotations


class ErrorValue(str):
    """An error value as a spreadsheet writes it: ``#N/A``, ``#DIV/0!``. Equal to the same text, of another type."""

    __slots__ = ()


Value = float | str | bool | ErrorValue | None  # what a cell shows; None where it is blank or has no stored value

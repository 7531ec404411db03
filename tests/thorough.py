"""What ``make test`` leaves to ``make thorough``: the same for more kinds of workbook, by more programs, more often.

Naming a file runs all that is in it.
"""

from __future__ import annotations

from typing import Any

import pytest

# The kinds of workbook that `make test` looks at; a test that looks at every kind is thorough for all others.
FEW = ("by-hand", "in rows", "branches", "drawn in colours")


def later(*values: Any) -> list[Any]:
    """Values of a parameter for which a test is thorough."""
    return [pytest.param(value, marks=pytest.mark.thorough) for value in values]


OFFICES_LATER = later("libreoffice", "gnumeric")

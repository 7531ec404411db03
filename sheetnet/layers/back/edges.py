"""Where a gradient jumps: what counts as above 0, and as the largest of several numbers.

Programs disagree about the last digit: a sum that should be 0 is 0 in one and 0.0000000000000004 in another. So both
halves state one tolerance, and a gate does not depend on the program.
"""

from __future__ import annotations

from sheetnet.layers.options import literal

TOLERANCE = "0.000000000001"  # as the half in numbers has it; 1E-12 does not read the same for everybody


def is_above_0(x: str) -> str:
    """The condition x>0."""
    return f"{x}>{TOLERANCE}"


def is_below_0(x: str) -> str:
    """The condition x<0."""
    return f"{x}<-{TOLERANCE}"


def is_largest(x: str, largest: str) -> str:
    """The condition x=largest, where no x is larger."""
    return f"{x}>={largest}-{TOLERANCE}*(1+ABS({largest}))"


def is_at_least(x: str, bound: float) -> str:
    """The condition x>=bound."""
    return f"{x}>={literal(bound)}-{TOLERANCE}*{literal(1 + abs(bound))}"


def is_at_most(x: str, bound: float) -> str:
    """The condition x<=bound."""
    return f"{x}<={literal(bound)}+{TOLERANCE}*{literal(1 + abs(bound))}"

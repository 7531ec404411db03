"""Values that stand where another was expected: too large, too long, of another kind, of another script."""

from __future__ import annotations

from random import Random
from typing import Any

NUMBERS = (
    *("1e400", "-1e400", "NaN", "INF", "-0", "1e-320", "9" * 400, "0x10", "1_0", "1,5", "+5", " 5 ", "5.", ".5"),
    *("٣", "１２", "-1", "4294967296", "2147483648", "18446744073709551616", "1E", "1e5e5", "true", "", "0"),
)
REFERENCES = (
    *("A0", "XFE1", "A1048577", "A1:XFD1048576", "A1:A1:A1", "a1", "$A$1", "R1C1", "A1,B2", "#REF!", "Sheet!A1"),
    *("A" * 5000 + "1", "A٣", "ＡＢ1", "1:1048576", "A:XFD", "'", "''!A1", "[1]x!A1", "B2:A1"),
)
TEXTS = (
    *("", " ", "x" * 40_000, "&#xD800;", "&#1;", "&#0;", "_x0041_", "_xD800_", "_x0000_", "\u202eevil", "\ufeff"),
    *("a\nb\tc", "&amp;lt;", "&undefined;", "]]>", "<!--", "../../etc/passwd", "http://127.0.0.1:9/x", "file:///etc"),
    *("=1+1", "@SUM(1)", "\U0001f984" * 99, "e\u0301", "卷积", "%s%n{0}", "'" * 300, "C:\\x", "true", "null"),
)
WHOLE: tuple[Any, ...] = (
    *(0, -1, 1, 2, 3, 255, 1 << 16, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30, -(1 << 63)),
)
ANYTHING: tuple[Any, ...] = (
    *(None, True, False, "", "x", "\ud800", "\x00", "x" * 40_000, "=1+1", "relu", [], {}, [[]], [0], {"": {}}),
    *(0.0, -0.0, 1e308, -1e308, 1e-320, float("nan"), float("inf"), [1] * 1000, [[1, 2], [3]], {"kind": "relu"}),
)


def number(rng: Random) -> str:
    """Something in the place of a number."""
    return rng.choice(NUMBERS)


def text(rng: Random) -> str:
    """Something in the place of a text, as XML or any other text writes it."""
    return rng.choice(rng.choice((NUMBERS, REFERENCES, TEXTS)))


def value(rng: Random) -> Any:
    """Something in the place of a value of JSON."""
    return rng.choice(rng.choice((WHOLE, ANYTHING)))

"""Names of classes, as people write them: one name has several forms that look the same, or nearly so.

"ü" is one character or two (Unicode calls the first form NFC), and "Cat" is "cat" to a spreadsheet and to many disks.
"""

from __future__ import annotations

from unicodedata import normalize


def composed(name: str) -> str:
    """The form of a name that keyboards type."""
    return normalize("NFC", name)


def key(name: str) -> str:
    """What two forms of one name have in common."""
    return normalize("NFC", normalize("NFD", " ".join(name.split())).casefold())

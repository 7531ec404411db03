"""Which sheetnet this is: the same files make the same workbooks, whatever the number of the version says."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_SUFFIXES = (".py", ".toml")  # the code, and its words


@cache
def code_print() -> str:
    """The SHA-256 of all files of the package that decide what it makes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in _PACKAGE.rglob("*.*") if path.suffix in _SUFFIXES):
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

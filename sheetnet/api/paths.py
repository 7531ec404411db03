"""A name that somebody gave, as a path."""

from __future__ import annotations

from pathlib import Path

from sheetnet.errors import SheetnetError, shown


def path_of(path: str | Path, error: type[SheetnetError]) -> Path:
    """A name as a path; ``error`` where it is neither a text nor a path."""
    if not isinstance(path, str | Path):
        raise error(f"{shown(path)} cannot be used; use a text or a path")
    return Path(path)

"""A TOML file of a template or a lesson, by its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sheetnet.errors import NetworkError
from sheetnet.files import contents
from sheetnet.tables import MAX_TOML, from_toml


def read_toml(path: Path) -> dict[str, Any]:
    """The table of a file. NetworkError where it is not there, too large, or no TOML."""
    data = contents(path, MAX_TOML, NetworkError, "give a template's TOML file")
    try:
        return from_toml(data)
    except (ValueError, RecursionError) as error:
        raise NetworkError(f"{path}: cannot be read as TOML ({' '.join(str(error).split())})") from error

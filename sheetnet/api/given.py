"""What somebody gave to a function of Python: a name as a path, and all else of its type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import Any

from sheetnet.case.request import Fit
from sheetnet.errors import SheetnetError, shown
from sheetnet.reading import Reading
from sheetnet.request import settled

LONGEST = 4096  # characters of a path; no system opens a longer one
TYPES: dict[str, tuple[Any, ...]] = {
    "engine": (str,),
    "timeout": (float,),
    "memory": (float, NoneType),
    "progress": (Callable, NoneType),
    "everything": (bool,),
    "force": (bool,),
    "fold": (bool,),
    "fit": (Fit,),
    "reading": (Reading, NoneType),
}


def path_of(path: str | Path, error: type[SheetnetError]) -> Path:
    """A name as a path; ``error`` where it is neither a text nor a path."""
    if not isinstance(path, str | Path) or len(str(path)) > LONGEST:
        raise error(f"{shown(path)} cannot be used; use a text or a path")
    return Path(path)


def usable(error: type[SheetnetError], **given: Any) -> dict[str, Any]:
    """Values by their names, numbers of NumPy as those of Python; ``error`` where one is of another type."""
    return {name: settled(name, value, TYPES[name], error) for name, value in given.items()}

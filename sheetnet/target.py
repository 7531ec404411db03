"""Writing a file: a bad place is refused, and an existing file is replaced only by a finished one.

The new file is written beside the old one, under another name, and takes its place at the end. After an error, an
interrupt or on a full disk nothing new is left behind, and an existing file is as it was.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sheetnet.errors import WorkbookError

_WHY = {".xlsx": ", or Excel will not open it"}


def refuse_target(path: Path, *, force: bool, suffix: str = ".xlsx") -> None:
    """Raise WorkbookError if a file of this kind cannot be written at ``path``, or must not be."""
    if path.suffix.lower() != suffix:
        raise WorkbookError(f"{path}: the name must end in {suffix}{_WHY.get(suffix, '')}")
    try:
        if path.is_dir():
            raise WorkbookError(f"{path}: is a folder; give the name of a file, such as {path / f'network{suffix}'}")
        if not path.parent.is_dir():
            raise WorkbookError(f"{path}: the folder {path.parent} does not exist; make it first")
        if path.exists() and not force:
            raise WorkbookError(f"{path}: exists and may hold somebody's edits; use --force, or another name (-o)")
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be used ({_reason(error)})") from error


@contextmanager
def replacing(path: Path, *, force: bool, suffix: str = ".xlsx") -> Iterator[BinaryIO]:
    """A new file, which takes the place of ``path`` if the block ends without an error. WorkbookError if not."""
    refuse_target(path, force=force, suffix=suffix)
    temporary = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        refuse_target(path, force=force, suffix=suffix)  # somebody else may have made it meanwhile
        temporary.replace(path)
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be written ({_reason(error)}); nothing was saved") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__

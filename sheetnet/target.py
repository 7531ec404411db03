"""Writing a file: a bad place is refused, and an existing file is replaced only by a finished one.

The new file is written beside the old one, under another name, and takes its place at the end. After an error, an
interrupt or on a full disk nothing new is left behind, and an existing file is as it was. What a run left that was
killed, the next one to the same place removes: such a file is locked as long as somebody writes it.

A symbolic link is followed: what it names is replaced, and the link stays. The new file has the mode of the old one.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sheetnet.errors import SavingError, WorkbookError
from sheetnet.limits.folder import locked

_WHY = {".xlsx": ", or Excel will not open it"}
_KEPT = 40  # characters of a name that its temporary name begins with
_LETTERS = 8


def refuse_target(path: Path, *, force: bool, suffix: str = ".xlsx") -> None:
    """Raise WorkbookError if a file of this kind cannot be written at ``path``, or must not be."""
    if path.suffix.lower() != suffix:
        raise WorkbookError(f"{path}: the name must end in {suffix}{_WHY.get(suffix, '')}")
    try:
        _refuse(path, _end_of(path), force=force, suffix=suffix)
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a name with a zero byte
        raise WorkbookError(f"{path}: cannot be used ({_reason(error)})") from error


def _refuse(path: Path, end: Path, *, force: bool, suffix: str) -> None:
    """``end``: where the links lead that ``path`` may be."""
    told = path.parent / path.readlink() if path.is_symlink() else path  # as it is written, not as it is on this disk
    named = f"{path}: a link to {told}" if path.is_symlink() else f"{path}"
    if end.is_dir():
        raise WorkbookError(f"{path}: is a folder; give the name of a file, such as {path / f'network{suffix}'}")
    if not end.parent.is_dir():
        raise WorkbookError(f"{named}: the folder {told.parent} does not exist; make it first")
    if not os.path.lexists(path):
        return
    if not force:
        raise WorkbookError(f"{named}: exists and may hold somebody's edits; use --force, or another name (-o)")
    if not end.exists():
        return
    mode = end.stat().st_mode
    if not stat.S_ISREG(mode):
        raise WorkbookError(f"{named}: is no file that can be replaced; use another name (-o)")
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(end, os.W_OK):
        raise WorkbookError(f"{named}: is read-only; make it writable, or use another name (-o)")


@contextmanager
def replacing(path: Path, *, force: bool, suffix: str = ".xlsx") -> Iterator[BinaryIO]:
    """A new file, which takes the place of ``path`` if the block ends without an error. WorkbookError if not."""
    refuse_target(path, force=force, suffix=suffix)
    temporary = None
    try:
        end = _end_of(path)
        _clear(end)
        temporary = end.with_name(f".{_short(end)}.{secrets.token_hex(_LETTERS // 2)}.tmp")
        with temporary.open("xb") as out:
            locked(out)
            yield out
            out.flush()
            os.fsync(out.fileno())
            if end.exists():
                temporary.chmod(stat.S_IMODE(end.stat().st_mode))
            refuse_target(path, force=force, suffix=suffix)  # somebody else may have made it meanwhile
            if os.name != "nt":
                temporary.replace(end)  # before the lock is given back, or somebody may take it for left behind
        if os.name == "nt":
            temporary.replace(end)
    except OSError as error:
        raise SavingError(f"{path}: cannot be written ({_reason(error)}){SavingError.END}") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _end_of(path: Path) -> Path:
    """Where a link leads, also if nothing is there; ``path`` itself where it is none."""
    return path.resolve() if path.is_symlink() else path


def _short(path: Path) -> str:
    return path.stem[:_KEPT]


def _clear(path: Path) -> None:
    """Remove what killed runs left of this file."""
    left = re.compile(rf"\.{re.escape(_short(path))}\.[0-9a-f]{{{_LETTERS}}}\.tmp")
    for old in path.parent.iterdir():
        if left.fullmatch(old.name) is None:
            continue
        with suppress(OSError), old.open("r+b") as file:  # OSError: somebody else's, or gone meanwhile
            if locked(file):
                old.unlink()


def _reason(error: Exception) -> str:
    if (
        isinstance(error, RuntimeError) or getattr(error, "errno", None) == errno.ELOOP
    ):  # it would tell the whole path
        return "its links lead in a circle"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

"""A folder that is thrown away, and what an earlier run could not throw away because it was killed.

Each such folder has a locked file. The system takes the lock away with the process, whatever ended it; so a folder
whose lock is free belongs to nobody.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX, LOCK, UNSEEN = "sheetnet-", ".lock", "lock"
TRIES, PAUSE = 5, 0.05  # a process that was just ended may have made a file while the folder was emptied


@contextmanager
def throwaway() -> Iterator[Path]:
    """A new folder, removed at the end. Those that earlier runs left are removed first. OSError."""
    home = Path(tempfile.gettempdir())
    for left in home.glob(f"{PREFIX}*/{LOCK}"):
        _clear(left)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / UNSEEN).open("wb") as lock:
            locked(lock)
            (folder / UNSEEN).rename(folder / LOCK)  # only now can others see it
            yield folder
    finally:
        _remove(folder)


@contextmanager
def temporary_files_thrown_away() -> Iterator[None]:
    """Let Python make its temporary files in such a folder meanwhile, in all of this process."""
    with throwaway() as folder:
        before = tempfile.tempdir
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before


def _clear(lock: Path) -> None:
    with suppress(OSError):  # somebody else's, or gone meanwhile
        if lock.parent.is_symlink() or lock.is_symlink():
            return
        with lock.open("r+b") as file:
            if locked(file):
                _remove(lock.parent)


def _remove(folder: Path) -> None:
    """Remove a folder. Its lock goes last: if something else cannot go, a later run finds the folder by it."""
    with suppress(OSError):
        for number in range(TRIES):
            if number > 1:
                time.sleep(PAUSE)
            rest = [path for path in folder.iterdir() if path.name not in (LOCK, UNSEEN)]
            if not rest:
                shutil.rmtree(folder, ignore_errors=True)
                return
            for path in rest:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def locked(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; whether that went well, so that nobody else has locked it."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

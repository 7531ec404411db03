"""A folder that is thrown away, and what an earlier run could not throw away because it was killed.

Each such folder has a locked file. The system takes the lock away with the process, whatever ended it; so a folder
whose lock is free belongs to nobody.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX, LOCK = "sheetnet-", ".lock"


@contextmanager
def throwaway() -> Iterator[Path]:
    """A new folder, removed at the end. Those that earlier runs left are removed first. OSError."""
    home = Path(tempfile.gettempdir())
    for left in home.glob(f"{PREFIX}*/{LOCK}"):
        _clear(left)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / "lock").open("wb") as lock:
            locked(lock)
            (folder / "lock").rename(folder / LOCK)  # only now can others see it
            yield folder


def _clear(lock: Path) -> None:
    with suppress(OSError):  # somebody else's, or gone meanwhile
        if lock.parent.is_symlink() or lock.is_symlink():
            return
        with lock.open("r+b") as file:
            if locked(file):
                shutil.rmtree(lock.parent, ignore_errors=True)


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

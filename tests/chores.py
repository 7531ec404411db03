"""What the workers of ``test_jobs`` are asked to do."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from typing import Any

from sheetnet.classroom.jobs import made
from sheetnet.errors import PhotoError, WorkbookError
from sheetnet.target import replacing


def chore(what: str, folder: str, name: str, **more: Any) -> dict[str, Any]:
    """Write a file; or whatever goes wrong."""
    if what == "refuse":
        raise PhotoError(f"{name}: no picture")
    if what == "break":
        raise ZeroDivisionError("a fault")
    if what == "full":
        raise WorkbookError(f"{name}: cannot be written") from OSError(errno.ENOSPC, "No space left on device")
    if what == "hang":
        time.sleep(60)
    if what == "grow":
        hoard = bytearray(400 << 20)
        hoard[::4096] = b"x" * len(hoard[::4096])
        time.sleep(60)
    if what == "end badly":
        try:
            Path(folder, f"{name}.begun").touch()
            time.sleep(60)
        except BaseException:  # as Python does in a finalizer
            time.sleep(60)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "die once" and not (flag := Path(folder, f"{name}.died")).exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    path = Path(folder, name)
    with replacing(path, force=True, suffix=path.suffix) as out:
        if what == "write slowly":
            Path(folder, f"{name}.begun").touch()
            time.sleep(60)
        out.write(more.get("text", name).encode())
    return {"files": made(Path(folder), path), "process": os.getpid()}

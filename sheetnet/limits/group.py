"""Another program, with all that it starts: it is watched, it asks nobody on the net, and it dies with us.

Our own end may come without a warning (kill -9). So a guard, a line of shell, waits at a pipe that only we hold open,
and ends the whole group of processes once the pipe is closed. Where the system lets us, the program runs in a network
of its own that leads nowhere.
"""

from __future__ import annotations

import errno
import functools
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from sheetnet.limits import too_late, too_much
from sheetnet.limits.watch import end_all, family, held, watched

_GUARD = "read -r _; kill -KILL 0"  # 0: every process of its group, itself as well
_ALONE = ("--net", "--map-root-user")  # of unshare: what root may do, and what a user may with a name of its own


def run(command: list[str], folder: Path, deadline: float, memory: float) -> None:
    """Run a program in ``folder`` until it ends. LimitError beyond ``deadline``, or ``memory`` (MB); OSError.

    Its temporary files go to ``folder``. What it prints is lost.
    """
    name = Path(command[0]).stem
    if not os.access(shutil.which(command[0]) or command[0], os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), command[0])
    guard, group = None, None
    if sys.platform != "win32":
        guard = subprocess.Popen(  # noqa: S603  a fixed line
            ["/bin/sh", "-c", _GUARD], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0
        )
        group = guard.pid
    process = None
    try:
        process = subprocess.Popen(  # noqa: S603  a fixed program, and paths that we made
            [*_offline(), *command],
            cwd=folder,
            env=os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=group,
        )
        held(process.pid, memory)
        over = watched(process.pid, memory, deadline, functools.partial(_ended, process), family=True)
    finally:
        _end(process, guard)
    if over:
        raise too_late(name) if over == "time" else too_much(name, memory)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)
    return process.returncode is not None


def _end(process: subprocess.Popen[bytes] | None, guard: subprocess.Popen[bytes] | None) -> None:
    """End the program and every process that it started; an interrupt must leave none behind."""
    if sys.platform == "win32":
        if process is not None:
            others = family(process.pid)
            process.kill()
            end_all(others)
    elif guard is not None:
        with suppress(ProcessLookupError):  # all of them have ended, as they should
            os.killpg(guard.pid, signal.SIGKILL)
    for one in (process, guard):
        if one is not None:
            one.wait()
    if guard is not None and guard.stdin is not None:
        guard.stdin.close()


@functools.cache
def _offline() -> tuple[str, ...]:
    """What to put before a command so that no network is there for it; nothing where the system does not let us."""
    program = shutil.which("unshare") if sys.platform == "linux" else None
    if program is None:
        return ()
    for flags in (_ALONE[:1], _ALONE):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.run([program, *flags, "true"], check=False, **quiet).returncode == 0:  # type: ignore[call-overload]  # noqa: S603
            return (program, *flags, "--")
    return ()

"""What is finished, so that nobody does it twice: a line of JSON for each job, appended when it is done.

    {"name": "cats/1.xlsx", "key": "5f0c...", "told": {"files": {"cats/1.xlsx": "a81e..."}, ...}}

A job is finished if its key is the one that is written down, and its files have the SHA-256 that is written down. Of
several lines about one job the last counts, and a line that was cut short counts for nothing: it is the end of a run
that was killed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from sheetnet.classroom.jobs import Job, Result, unfinished
from sheetnet.errors import WorkbookError
from sheetnet.files import contents
from sheetnet.target import replacing

MOST = 1 << 30  # bytes of a manifest
CHUNK = 1 << 20


def sha256(path: Path) -> str:
    """The SHA-256 of a file, a piece at a time. OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class Manifest:
    """The jobs that are finished, of one folder. ``force``: files that somebody has changed are made anew."""

    def __init__(self, folder: Path, known: dict[str, dict[str, Any]], out: IO[str], *, force: bool = False) -> None:
        self.known = known
        self._folder, self._out, self._force = folder, out, force

    def files(self, name: str) -> dict[str, str]:
        """The files of a job of this name, with their SHA-256, as they were made last."""
        files = self.known.get(name, {}).get("told", {}).get("files")
        return dict(files) if isinstance(files, dict) else {}

    def has_files(self) -> bool:
        """Whether anything is finished that is a file."""
        return any(map(self.files, self.known))

    def found(self, job: Job) -> Result | None:
        """The result of a job that is finished, an error where somebody has changed it since; None if it is not."""
        if self.known.get(job.name, {}).get("key") != job.key:
            return None
        for name, digest in self.files(job.name).items():
            path = self._folder / name
            try:
                if sha256(path) == digest:
                    continue
            except FileNotFoundError:
                return None
            except (OSError, ValueError) as error:
                return Result(job, error=WorkbookError(f"{path}: cannot be read ({error}); remove it"), new=False)
            if self._force:
                return None
            why = "was changed since it was made, and is left as it is; use --force to make it anew"
            return Result(job, error=WorkbookError(f"{path}: {why}"), new=False)
        return Result(job, self.known[job.name]["told"], new=False)

    def record(self, job: Job, told: Mapping[str, Any]) -> None:
        """Write down that a job is finished. WorkbookError where that cannot be written."""
        entry = {"name": job.name, "key": job.key, "told": dict(told)}
        try:
            self._out.write(_line(entry))
            self._out.flush()
        except OSError as error:
            raise unfinished(_unwritten(self._folder, error), stays=self.has_files()) from error
        self.known[job.name] = entry


@contextmanager
def open_manifest(path: Path, folder: Path, *, force: bool = False) -> Iterator[Manifest]:
    """The manifest at ``path`` of what is made in ``folder``, for this run alone.

    WorkbookError where it cannot be read or written, or another run is at work.
    """
    with ExitStack() as stack:
        try:
            path.touch()
            if os.name != "nt":  # there, a file that is open cannot be replaced
                _lock(stack.enter_context(path.open("a", encoding="utf-8")), path)
            known, tidy = _read(path)
            if not tidy:
                with replacing(path, force=True, suffix=path.suffix) as out:
                    out.write("".join(map(_line, known.values())).encode())
            appended = stack.enter_context(path.open("a", encoding="utf-8"))
            if not tidy and os.name != "nt":
                _lock(appended, path)
        except OSError as error:
            raise WorkbookError(f"{_unwritten(path, error)}; make room, or use another folder (-o)") from error
        yield Manifest(folder, known, appended, force=force)


def _lock(file: IO[str], path: Path) -> None:
    """Keep others out until the file is closed. WorkbookError where somebody else was first."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise WorkbookError(f"{path}: another run is at work in this folder; wait for its end") from error
    except OSError:
        return  # some shared folders know no locks


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], bool]:
    """Name -> entry, and whether that is all: no line is old or cut short."""
    known: dict[str, dict[str, Any]] = {}
    data = contents(path, MOST, WorkbookError, "use another folder").decode("utf-8", "replace")
    lines = data.split("\n")
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and isinstance(entry.get("told"), dict):
            known[entry["name"]] = entry
    return known, not lines[-1] and len(lines) - 1 == len(known)


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _unwritten(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written ({error.strerror or error})"

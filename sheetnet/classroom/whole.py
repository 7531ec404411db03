"""A folder of results that appears as a whole: until all is there, what is made lies in a folder "unfinished" in it.

After an error or an interrupt the unfinished folder stays, if something in it is finished: the same command goes on
there. A file that is there already is replaced only if that is asked for, and only once all others are complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from sheetnet.classroom.jobs import unfinished
from sheetnet.classroom.jobs.manifest import Manifest, open_manifest
from sheetnet.errors import SavingError, WorkbookError
from sheetnet.files import is_folder, is_there

UNFINISHED, JOURNAL, OLD = "unfinished", "finished.jsonl", "old-"


def refuse_whole(folder: Path, parts: Sequence[str], *, force: bool) -> None:
    """Raise WorkbookError where files and folders of these names cannot be made in a folder, or must not be.

    A folder is replaced only if it holds workbooks and nothing else.
    """
    if is_there(folder) and not is_folder(folder):
        raise WorkbookError(f"{folder}: is a file; give the name of a folder (-o)")
    for path in (folder / part for part in parts):
        if not is_there(path):
            continue
        if not force:
            raise WorkbookError(f"{path}: exists and may hold somebody's edits; use --force, or another folder (-o)")
        if path.is_dir() == bool(path.suffix):
            raise WorkbookError(f"{path}: is not what is to be replaced; use another folder (-o)")
        if path.is_dir() and (other := _other(path)) is not None:
            raise WorkbookError(f"{other}: is no workbook, and would be lost; move it, or use another folder (-o)")


def _other(folder: Path) -> Path | None:
    """A file in a folder, or in the folders in it, that is no workbook."""
    files = (path for path in sorted(folder.rglob("*")) if not path.is_dir())
    return next((path for path in files if path.suffix.lower() != ".xlsx"), None)


@contextmanager
def whole(folder: Path, parts: Sequence[str], *, force: bool) -> Iterator[tuple[Path, Manifest]]:
    """A folder to make ``parts`` in, which appear in ``folder`` at the end, and what is finished already.

    WorkbookError as for ``refuse_whole``, where no folder can be made, and where another run is at work in it.
    """
    refuse_whole(folder, parts, force=force)
    new = not is_there(folder)
    work = folder / UNFINISHED
    fresh = not is_there(work)  # or nobody else is at work in it
    finished = None
    try:
        work.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritten(folder, error) from error
    try:
        with open_manifest(work / JOURNAL, work) as finished:
            fresh = True
            yield work, finished
        refuse_whole(folder, parts, force=force)  # somebody else may have made them meanwhile
        _appear(folder, work, parts)
    except BaseException as error:
        stays = finished is not None and finished.has_files()
        if fresh and not stays:
            _remove(folder, work, new=new)
        if isinstance(error, SavingError):
            raise unfinished(error.what, stays=stays) from error
        if isinstance(error, OSError):
            raise _unwritten(folder, error) from error
        raise


def _unwritten(folder: Path, error: Exception) -> WorkbookError:
    why = getattr(error, "strerror", None) or error
    return WorkbookError(f"{folder}: cannot be written ({why}); use another folder (-o)")


def keep_only(work: Path, parts: Sequence[str], files: Iterable[str]) -> None:
    """Remove from folders among ``parts`` what an earlier run has left there that was asked for something else."""
    kept = {work / name for name in files}
    for part in parts:
        for path in (work / part).rglob("*"):
            if not path.is_dir() and path not in kept:
                path.unlink()


def _appear(folder: Path, work: Path, parts: Sequence[str]) -> None:
    """Let the new files take the places of the old ones; where one cannot, all old ones are put back."""
    old = Path(mkdtemp(prefix=OLD, dir=work))
    moved: list[tuple[Path, Path]] = []
    try:
        for part in parts:
            for source, target in ((folder / part, old / part), (work / part, folder / part)):
                if is_there(source):
                    source.rename(target)
                    moved.append((source, target))
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        old.rmdir()
        raise
    shutil.rmtree(work, ignore_errors=True)


def _remove(folder: Path, work: Path, *, new: bool) -> None:
    """Remove the unfinished folder, in which no file is finished."""
    shutil.rmtree(work, ignore_errors=True)
    with suppress(OSError):
        if new:
            folder.rmdir()

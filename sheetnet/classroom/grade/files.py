"""Which files of a folder came back from the class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sheetnet.classroom.platforms.unpack import OTHERS
from sheetnet.errors import WorkbookError
from sheetnet.files import is_folder
from sheetnet.photo import clean
from sheetnet.training.listing import DEEPEST, is_nobodys

MOST_FILES = 10_000
ADVICE = "give the folder or the zip with the workbooks that came back"


def files_in(home: Path, but: Sequence[Path], submissions: Path) -> tuple[list[Path], list[Path]]:
    """The .xlsx files in the folder ``home`` and in all folders in it, by the order of their names; and others.

    The others are spreadsheets that are no .xlsx. Left out are those that spreadsheets keep while they have a file
    open, and all in ``but``, which are our own.
    WorkbookError, which names ``submissions``, where there is no such folder, or no file.
    """
    if not is_folder(home):
        raise WorkbookError(f"{submissions}: no such folder; {ADVICE}")
    own = {os.path.realpath(path) for path in but}
    found: list[Path] = []
    others: list[Path] = []
    waiting = [(home, 0)]
    try:
        while waiting:
            here, depth = waiting.pop()
            for path in here.iterdir():
                if is_nobodys(path.name) or path.name.startswith("~$") or os.path.realpath(path) in own:
                    continue
                if path.is_dir():
                    if depth < DEEPEST and not path.is_symlink():
                        waiting.append((path, depth + 1))
                elif path.suffix.lower() == ".xlsx" and path.is_file():
                    found.append(path)
                elif path.suffix.lower() in OTHERS and path.is_file():
                    others.append(path)
    except OSError as error:
        raise WorkbookError(
            f"{clean(str(error.filename or submissions))}: cannot be read ({error.strerror})"
        ) from error
    if not found and not others:
        raise WorkbookError(f"{submissions}: has no .xlsx file; {ADVICE}")
    if len(found) + len(others) > MOST_FILES:
        raise WorkbookError(f"{submissions}: more than {MOST_FILES:,} files; give the folder of one class")
    return sorted(found), sorted(others)

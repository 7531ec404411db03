"""What Python can do for a class: assign, grade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sheetnet.api.given import path_of
from sheetnet.case.request import Progress
from sheetnet.classroom.assign.request import Request
from sheetnet.errors import WorkbookError
from sheetnet.request import takes

if TYPE_CHECKING:
    from sheetnet.classroom.assign.assign import Assigned
    from sheetnet.classroom.grade.grade import Graded


@takes(Request)
def assign(request: Request) -> Assigned:
    """Make an exercise for a class: a workbook of its own for every pupil, a key, and a manifest for ``grade``.

    Returns:
        An ``Assigned``: ``folder``, ``manifest``, and how many pupils, items and points there are.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it.

    """
    from sheetnet.classroom.assign.assign import assign as work

    return work(request)


def grade(
    manifest: str | Path,
    submissions: str | Path,
    out: str | Path,
    *,
    hide_answers: bool = False,
    timeout: float = 30.0,
    memory: float | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Graded:
    """Mark the workbooks that came back from a class.

    Args:
        manifest: The manifest.json that ``assign`` has written. It alone is trusted.
        submissions: A folder of .xlsx files, as Excel, LibreOffice or Gnumeric have saved them.
        out: The folder for grades.csv, summary.xlsx and a feedback workbook for each pupil.
        hide_answers: Tell no answer of an item that is not right.
        timeout: Seconds for each file.
        memory: MB in RAM for each file; None: 1 GiB.
        force: Overwrite the results of before.
        progress: As for ``build``.

    Returns:
        A ``Graded``: a result for each file, with its marks, or with the reason why there are none.

    Raises:
        SheetnetError: there is nothing to mark, or nowhere to write. A file that is broken raises nothing.

    """
    from sheetnet.classroom.grade.grade import grade as work

    paths = [path_of(one, WorkbookError) for one in (manifest, submissions, out)]
    return work(*paths, hide_answers=hide_answers, timeout=timeout, memory=memory, force=force, progress=progress)

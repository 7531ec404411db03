"""What Python can do for a class: assign, grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.classroom.assign.request import Request
from sheetnet.classroom.grade.request import Request as GradeRequest
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


@takes(GradeRequest)
def grade(request: GradeRequest) -> Graded:
    """Mark the workbooks that came back from a class.

    Each file is marked by a process that has a limit of time and of memory. The results appear together, or not at
    all; what an interrupt has left unfinished, the same call goes on with.

    Returns:
        A ``Graded``: a result for each file, with its marks, or with the reason why there are none.

    Raises:
        SheetnetError: there is nothing to mark, or nowhere to write. A file that is broken raises nothing.

    """
    from sheetnet.classroom.grade.grade import grade as work

    return work(request)

"""What Python can do for a class: handout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetnet.classroom.worksheet.request import Request
from sheetnet.request import takes

if TYPE_CHECKING:
    from sheetnet.classroom.worksheet.make import Handout


@takes(Request)
def handout(request: Request) -> Handout:
    """Make worksheets for paper, on which a pupil computes a small network with a pencil, and prove their answers.

    Returns:
        A ``Handout``: ``path`` of the worksheets and ``answers`` of the key, how many sheets (``count``), and the
        proof of the key (``report``), a workbook in which every answer is a live formula.

    Raises:
        SheetnetError: one line that says what is wrong, where, and how to mend it. Nothing is left half-written.

    """
    from sheetnet.classroom.worksheet.make import make

    return make(request)

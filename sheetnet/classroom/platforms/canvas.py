"""The gradebook of a course in Canvas.

    Student | ID | ... | Section | Title (id) | ... | Current Score | ...
            |    |     |         | Manual Posting   |                        perhaps
    Points Possible    |         | 100.00           | (read only)
    Alba, Rosa | 12345 | ...

Canvas finds a pupil by ID and an assignment by the number in its head; these heads are English everywhere. A pupil
who is excused (EX) or to whom the assignment is not given (N/A) keeps that.
"""

from __future__ import annotations

import re

from sheetnet.classroom.platforms.gradebook import Gradebook, number, rows_of
from sheetnet.classroom.platforms.names import canvas_name
from sheetnet.classroom.platforms.table import Table
from sheetnet.errors import WorkbookError, shown

EXAMPLE = "lastfirst_12345_678901_exercise.xlsx"
POINTS = "Points Possible"
KEPT = frozenset({"EX", "N/A"})
MOST_TOLD = 6  # assignments that a message lists
_TITLE = re.compile(r"(.*)\s\(([0-9]+)\)", re.DOTALL)
_READ_ONLY = re.compile(r"read\s+only", re.IGNORECASE)
_TOTALS = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")


def read(table: Table, where: str, assignment: str | None = None) -> Gradebook | None:
    """A table as a gradebook; None where it is none. ``assignment``: "Title (id)", the title or the id of a column.

    WorkbookError, which names ``where``, where no column, or none of several, is the one to fill in.
    """
    heads = [cell.value.strip() for cell in table.rows[0]] if table.rows else []
    if heads[:2] != ["Student", "ID"] and heads[:3] != ["LastName", "FirstName", "ID"]:
        return None
    identity = heads.index("ID")
    points = next((row for row in range(1, len(table.rows)) if POINTS in table.value(row, 0)), None)
    grade = _column(table, heads, points, where, assignment)
    rows = rows_of(
        (
            (told, row)
            for row in range(1, len(table.rows))
            if row != points and (told := table.value(row, identity)).isdigit()
        ),
        where,
    )
    return Gradebook(
        platform="Canvas",
        table=table,
        rows=rows,
        names={told: " ".join(table.value(row, column) for column in range(identity)) for told, row in rows.items()},
        grade=grade,
        feedback=None,
        most=(number(table.value(points, grade)) or None) if points is not None else None,
        kept=KEPT,
        handed=canvas_name,
        example=EXAMPLE,
    )


def _column(table: Table, heads: list[str], points: int | None, where: str, assignment: str | None) -> int:
    """The column of the assignment."""
    locked = {column for column in range(len(heads)) if points and _READ_ONLY.search(table.value(points, column))}
    known = {
        column: found
        for column, head in enumerate(heads)
        if (found := _TITLE.fullmatch(head)) is not None and not _TOTALS.search(head)
    }
    if assignment is None:
        asked = [column for column in known if column not in locked]
    else:
        asked = [column for column, found in known.items() if assignment.strip() in (found[0], found[2])]
        asked = asked or [column for column, found in known.items() if assignment.strip() == found[1].strip()]
    if len(asked) == 1:
        if asked[0] in locked:
            raise WorkbookError(f"{where}: {shown(heads[asked[0]])} is read only; choose another --assignment")
        return asked[0]
    if not known:
        raise WorkbookError(f"{where}: has no column of an assignment, such as Exercise (123); export it again")
    listed = ", ".join(shown(heads[column]) for column in list(known)[:MOST_TOLD])
    more = "" if len(known) <= MOST_TOLD else f" and {len(known) - MOST_TOLD} more"
    what = "has several assignments" if assignment is None else f"has no single column {shown(assignment)}"
    raise WorkbookError(f"{where}: {what}; choose one with --assignment: {listed}{more}")

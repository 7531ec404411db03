"""The grading worksheet of an assignment in Moodle.

    Identifier | Full name | ... | Grade | Maximum grade | ... | Last modified (grade) | Feedback comments

Moodle finds a pupil by the number at the end of the identifier, and columns by their heads in the language of whoever
uploads them. The grade has its maximum, or the words of a scale, on its right. What is newer than "Last modified" is
not taken, so that column stays. Where the language is not known, the columns are found by what stands in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from sheetnet.classroom.platforms.gradebook import Gradebook, number, rows_of
from sheetnet.classroom.platforms.names import is_name, moodle_name
from sheetnet.classroom.platforms.table import Table
from sheetnet.errors import WorkbookError

EXAMPLE = "Full Name_12345_assignsubmission_file_"
HEADS = ("identifier", "name", "grade", "scale", "feedback")
_LANGUAGES = Path(__file__).with_name("languages.toml")
_IDENTIFIER = re.compile(r"(.*?)0*([0-9]{1,18})", re.DOTALL)


def read(encoded: Sequence[Table], where: str) -> Gradebook | None:
    """A file as a grading worksheet, in the encoding in which most of its heads are known; None where it is none.

    WorkbookError, which names ``where``, for a worksheet into which no points can be written.
    """
    found = [(columns, table) for table in encoded if (columns := _known(table))]
    found = found or [(columns, table) for table in encoded if (columns := _guessed(table))]
    if not found:
        return None
    columns, table = max(found, key=lambda one: len(one[0]))
    identifier, grade = columns["identifier"], columns["grade"]
    if "scale" in columns and columns["scale"] == grade + 1:
        raise WorkbookError(f"{where}: Moodle grades with a scale here; set a maximum grade for the assignment there")
    rows = rows_of(_numbered(table, identifier), where)
    name = columns.get("name")
    names = {identity: table.value(row, name) for identity, row in rows.items()} if name is not None else {}
    return Gradebook(
        platform="Moodle",
        table=table,
        rows=rows,
        names=names,
        grade=grade,
        feedback=columns.get("feedback"),
        most=_maximum(table, grade + 1),
        kept=frozenset(),
        handed=moodle_name,
        example=EXAMPLE,
    )


@cache
def languages() -> dict[str, dict[str, tuple[str, ...]]]:
    """The heads of the columns that are looked for, by language: today's first, then those of earlier releases."""
    told = tomllib.loads(_LANGUAGES.read_text(encoding="utf-8"))
    return {language: {role: tuple(heads) for role, heads in table.items()} for language, table in told.items()}


def _known(table: Table) -> dict[str, int] | None:
    """The columns, by their heads in one language."""
    heads = [cell.value.strip() for cell in table.rows[0]] if table.rows else []
    for spelled in languages().values():
        found = {role: at for role in HEADS if (at := _place(heads, spelled[role])) is not None}
        if {"identifier", "grade"} <= set(found):
            return found
    return None


def _place(heads: list[str], spelled: tuple[str, ...]) -> int | None:
    return next((heads.index(one) for one in spelled if one in heads), None)


def _guessed(table: Table) -> dict[str, int] | None:
    """The columns, by what stands in them: "Participant 12345" in the first, one maximum for all beside the grade."""
    if len(table.rows) < 2:
        return None
    identified = [_IDENTIFIER.fullmatch(one) for one in table.column(0)]
    words = {found[1] for found in identified if found is not None}
    if None in identified or len(words) != 1 or not is_name(words.pop()):
        return None
    grades = [
        column
        for column in range(1, len(table.rows[0]) - 1)
        if (most := _maximum(table, column + 1)) is not None
        and all(not one or ((told := number(one)) is not None and told <= most) for one in table.column(column))
    ]
    if len(grades) != 1:
        return None
    found = {"identifier": 0, "grade": grades[0]}
    if (last := _blank_at_end(table)) is not None and last > grades[0] + 1:
        found["feedback"] = last
    return found


def _blank_at_end(table: Table) -> int | None:
    """The last column where nothing is written in it yet: a date has a hyphen where it is missing."""
    last = len(table.rows[0]) - 1
    return None if any(table.column(last)) else last


def _maximum(table: Table, column: int) -> float | None:
    """The number above 0 that stands in every row of a column; None where there is no such."""
    found = {number(one) for one in table.column(column)}
    most = found.pop() if len(found) == 1 else None
    return most or None


def _numbered(table: Table, identifier: int) -> Iterator[tuple[str, int]]:
    """The number and the row of each pupil. All have the same word before it, and as many cells as there are heads.

    A text may hold what looks like other rows: older releases leave a quote single behind a backslash.
    """
    words = None
    for row in range(1, len(table.rows)):
        found = _IDENTIFIER.fullmatch(table.value(row, identifier))
        if found is None or len(table.rows[row]) != len(table.rows[0]) or found[1] != (words := words or found[1]):
            continue
        yield found[2], row

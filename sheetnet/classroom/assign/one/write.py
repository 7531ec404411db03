"""Write the files of an exercise of a single file for everybody: that file, and the solved one for any number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sheetnet.case.prepare import Case
from sheetnet.classroom.assign.identity import identity
from sheetnet.classroom.assign.manifest import Pupil, numbered_pupil
from sheetnet.classroom.assign.one.make import TRIES, make_for_all
from sheetnet.classroom.assign.one.measure import Measured
from sheetnet.classroom.assign.one.recipe import Recipe
from sheetnet.classroom.assign.request import Request
from sheetnet.classroom.assign.vary import with_truth
from sheetnet.classroom.assign.work import PUPILS, SOLVED
from sheetnet.errors import WorkbookError
from sheetnet.proof.prove import prove
from sheetnet.workbook.write import save

EVERYBODY = -1  # the place in the class that the id of the file has: none


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. ``pupils``: those with a name, or as many as were asked for; ``files``: in the folder."""

    recipe: Recipe
    pupils: tuple[Pupil, ...]
    files: list[str]
    measured: Measured


def write_for_all(request: Request, case: Case, exercise: str, called: list[str], work: Path) -> Written:
    """Write it into the folder ``work``. ``exercise``: the letters of the id; ``called``: the names, in order."""
    file = f"exercise-{exercise}.xlsx"
    made = make_for_all(
        request,
        with_truth(case),
        (identity(exercise, EVERYBODY, ""), file),
        lambda tries: request.progress("assigning", tries, TRIES) if request.progress else None,
    )
    for folder, book in ((SOLVED, made.solved), (PUPILS, made.handed)):
        (work / folder).mkdir(exist_ok=True)
        save(book, work / folder / file, force=True)
    report = None if request.engine is None else prove(work / SOLVED / file, request.engine)
    if report is not None and report.status:
        raise WorkbookError(f"{SOLVED}/{file}: is not proven ({report.last_line()}); this is a defect of sheetnet")
    pupils = tuple(numbered_pupil(made.recipe, case.network, number, name) for number, name in enumerate(called, 1))
    return Written(made.recipe, pupils, [f"{folder}/{file}" for folder in (SOLVED, PUPILS)], made.measured)

"""Commands about exercises for a class: assign, grade."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.classroom.assign.request import Request
from sheetnet.classroom.grade.request import TIMEOUT
from sheetnet.classroom.grade.request import Request as GradeRequest
from sheetnet.cli.ending import WRONG
from sheetnet.cli.options import PATH, SETTINGS, Memory, requested
from sheetnet.cli.progress import progress


@click.command(context_settings=SETTINGS)
@click.argument("photos", metavar="[PHOTO]...", type=PATH, nargs=-1)
@requested(Request)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def assign(quiet: bool, **asked: Any) -> None:
    """Make an exercise for a class: a workbook for every pupil, each with numbers of its own.

    Some cells of each step are blank and wait for an answer; all others are locked. FOLDER gets the workbooks to hand
    out (pupils), the solved ones (solved), key.xlsx, and manifest.json, which grade needs. Keep all but pupils to
    yourself. They appear together; after an interrupt the same command goes on.

    With --one there is one workbook for everybody: a pupil types a number from 1 to 9999, and picture and filters
    follow from it by formulas. The names of a class have the numbers 1, 2, 3 and so on, see key.xlsx.

    \b
    Example:
      sheetnet assign --count 3 -o exercise
      sheetnet assign --one --count 30 -o exercise-for-all

    Exit status: 0 made, and every solved workbook is proven; 2 not made, wrong usage.
    """
    with progress(quiet) as shown:
        made = sheetnet.assign(progress=shown, **asked)
    if not quiet:
        handed = f"{made.pupils} workbooks to hand out"
        if made.measured is not None:
            handed = f"1 workbook for everybody; the key has the numbers 1 to {made.pupils}"
        click.echo(f"{made.folder / 'pupils'}: {handed}")
        said = "every solved workbook is proven" if made.proven else "not verified (--engine none)"
        click.echo(f"{made.items} cells to fill, {made.points} points; {said}")
        if (found := made.measured) is not None:
            click.echo(
                f"numbers 1 to {found.numbers:,} have {found.sets:,} different sets of answers; "
                f"with too little to work out: {found.poor:,}"
            )
        click.echo(f"mark them with: sheetnet grade {made.manifest} FOLDER")


@click.command(context_settings=SETTINGS)
@click.argument("manifest", type=PATH)
@click.argument("submissions", type=PATH)
@requested(GradeRequest)
@click.option(
    "--timeout", type=float, default=TIMEOUT, show_default=True, metavar="SECONDS", help="Seconds for each file."
)
@click.option("--memory", type=Memory(), help="MB in RAM for each process, or 2GB.  [default: 1 GiB]")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of a file that is marked and not odd.")
def grade(manifest: Path, submissions: Path, quiet: bool, **asked: Any) -> None:
    """Mark the workbooks in SUBMISSIONS, a folder or a zip.

    MANIFEST is the manifest.json that assign has written. Every .xlsx file is calculated anew, and each of its cells
    gets two verdicts: right, and right given the pupil's own earlier numbers. A file that is broken or takes too long
    is reported, and the others are marked. The results are grades.csv, summary.xlsx, and a feedback workbook for each
    file. They appear together; after an interrupt the same command goes on.

    SUBMISSIONS may be what Moodle or Canvas lets a teacher download. With --gradebook the results have gradebook.csv,
    the same table with the marks in it, and feedback.zip: both are to be uploaded there.

    \b
    Example:
      sheetnet grade exercise/manifest.json exercise/pupils -o results
      sheetnet grade manifest.json submissions.zip --gradebook grades.csv

    Exit status: 0 every file is marked; 1 a file could not be marked, or needs a look; 2 nothing was marked, wrong
    usage.
    """
    with progress(quiet) as shown:
        graded = sheetnet.grade(manifest, submissions, progress=shown, **asked)
    from sheetnet.photo import clean  # names of files come from anybody; it is heavy, and loaded by now

    for one in graded.results:
        said = one.error or f"{one.file}: {one.name}, {one.points} of {graded.points} points"
        odd = f" ({one.odd})" if one.flags else ""
        if one.error or one.flags:
            click.echo(clean(f"{said}{odd}"), err=True)
        elif not quiet:
            click.echo(clean(said))
    if not quiet:
        for name in graded.left_out:
            click.echo(f"{clean(name)}: left out, it was not handed in (a key, or marks of an earlier run)")
        for name in graded.missing:
            click.echo(f"{name}: nothing handed in")
        click.echo(f"{graded.folder}: grades.csv, summary.xlsx, feedback")
        if (back := graded.returned) is not None:
            if back.gradebook is not None:
                most = graded.points if back.most is None else back.most
                comments = f" and {_counted(back.feedbacks, 'comment')}" if back.feedbacks else ""
                told = f"{_counted(back.grades, 'grade')}{comments} for {back.platform}"
                click.echo(f"{back.gradebook}: {told}, where {graded.points} points are {most:g}")
            click.echo(f"{back.feedback}: {_counted(back.files, 'file')} for {back.platform}")
    for line in graded.returned.odd if graded.returned is not None else ():
        click.echo(clean(line), err=True)
    if graded.status:
        sys.exit(WRONG)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

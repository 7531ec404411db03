"""Commands for a class: batch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.classroom.batch.request import Request
from sheetnet.cli.ending import WRONG, say
from sheetnet.cli.options import PATH, SETTINGS, reading, requested
from sheetnet.cli.progress import progress


@click.command(context_settings=SETTINGS)
@click.argument("folder", metavar="PHOTOS", type=PATH)
@requested(Request)
@reading
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what went wrong.")
def batch(folder: Path, quiet: bool, **asked: Any) -> None:
    """Make a workbook from each photo in the folder PHOTOS, and prove it.

    Folders in it are walked as well. What an earlier run has made in the same way is not made again, so after an
    interrupt the same command goes on. A photo that is broken is told, and stops no other one.

    \b
    Example:
      sheetnet batch photos -o workbooks

    Exit status: 0 all are built and proven; 1 some are not; 2 nothing built, wrong usage; 130 interrupted.
    """
    with progress(quiet) as shown:
        done = sheetnet.batch(folder, progress=shown, **asked)
    for note in () if quiet else done.notes:
        click.echo(note, err=True)
    for line in done.broken:
        say(line)
    if not quiet:
        new = sum(one.new for one in done.workbooks)
        earlier = len(done.workbooks) - new
        told = f", {earlier:,} there already" if earlier else ""
        told += f", {len(done.broken):,} not built" if done.broken else ""
        click.echo(f"{done.folder}: {new:,} workbook{'' if new == 1 else 's'} built{told}")
    if done.broken:
        sys.exit(WRONG)

"""Commands that make worksheets: handout."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import click

import sheetnet
from sheetnet.classroom.worksheet.request import Request
from sheetnet.cli.ending import WRONG
from sheetnet.cli.options import PATH, SETTINGS, requested
from sheetnet.cli.progress import progress


@click.command(context_settings=SETTINGS)
@click.argument("photo", required=False, type=PATH)
@requested(Request)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def handout(quiet: bool, **asked: Any) -> None:
    """Make worksheets for paper: a piece of PHOTO, a filter, and boxes to fill with a pencil, down to the loss.

    Each pupil gets other numbers, which suit a pencil; the answers are proven as any workbook is. A PDF is printed by
    LibreOffice, which must be installed; an .xlsx needs nothing.

    \b
    Example:
      sheetnet handout samples/coffee.png -o handout.pdf --answers --count 3

    Exit status: 0 made and proven; 1 made, but an answer is wrong; 2 not made, wrong usage.
    """
    with progress(quiet) as shown, warnings.catch_warnings(record=True) as careful:
        warnings.simplefilter("always", UserWarning)
        made = sheetnet.handout(progress=shown, **asked)
    for one in careful:
        click.echo(f"careful: {one.message}", err=True)
    if not quiet:
        sheets = "1 sheet" if made.count == 1 else f"{made.count} sheets"
        click.echo(f"{made.path}: {sheets}")
        if made.answers is not None:
            click.echo(f"{made.answers}: {made.formulas:,} answers")
        click.echo(made.report.last_line() if made.report else "not verified (--engine none)")
    if made.report is not None and made.report.status:
        for line in made.report.lines():
            click.echo(line, err=True)
        sys.exit(WRONG)

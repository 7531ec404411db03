"""Commands that make pages for a browser: page."""

from __future__ import annotations

import sys
from typing import Any

import click

import sheetnet
from sheetnet.cli.ending import WRONG
from sheetnet.cli.options import PATH, SETTINGS, requested
from sheetnet.cli.progress import progress
from sheetnet.webpage.request import Request


@click.command(context_settings=SETTINGS)
@click.argument("photo", required=False, type=PATH)
@requested(Request)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def page(quiet: bool, **asked: Any) -> None:
    """Make a page that needs no installation: one HTML file to open in a browser, without a network.

    It begins with PHOTO. On the page any photo goes through the network, or a drawing where the template has a pad,
    and the page writes the workbook of that picture.

    \b
    Example:
      sheetnet page samples/astronaut.png -o detective.html

    Exit status: 0 made, its workbook proven; 1 made, but a cell is wrong; 2 not made, wrong usage.
    """
    with progress(quiet) as shown:
        made = sheetnet.page(progress=shown, **asked)
    if not quiet:
        click.echo(f"{made.path}: {made.path.stat().st_size / 1e6:.1f} MB, {made.formulas:,} formulas")
        click.echo(made.report.last_line())
    if made.report.status:
        for line in made.report.lines():
            click.echo(line, err=True)
        sys.exit(WRONG)

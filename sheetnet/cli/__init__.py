"""The command ``sheetnet``. This is the only home of click: options come in, errors go out as one line.

The exit status is 0 if all went well, 1 if it did not (``verify``: a cell is wrong), and 2 for wrong usage
(``verify``: the file could not be checked).
"""

from __future__ import annotations

import signal
import sys
from typing import Any

import click

import sheetnet
from sheetnet.cli.about import inspect, templates
from sheetnet.cli.models import convert, evaluate, train
from sheetnet.cli.options import SETTINGS
from sheetnet.cli.workbooks import build, export, verify
from sheetnet.errors import SheetnetError


class OneLineErrors(click.Group):
    """Every SheetnetError becomes one line on stderr, here and nowhere else."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. After an error ``verify`` exits with status 2, since it could not check; others with 1."""
        try:
            return super().invoke(ctx)
        except SheetnetError as error:
            click.echo(f"sheetnet: {' '.join(str(error).split())}", err=True)
            ctx.exit(2 if ctx.invoked_subcommand == "verify" else 1)
        except MemoryError:
            click.echo("sheetnet: not enough memory for a workbook of this size; use a smaller --size", err=True)
            ctx.exit(1)


@click.group(cls=OneLineErrors, context_settings=SETTINGS)
@click.version_option(sheetnet.__version__, "-V", "--version")
def main() -> None:
    """A photo and a small neural network become a workbook of live formulas, proven cell by cell."""
    if hasattr(signal, "SIGTERM"):  # so that a build that is ended cleans up, as one that is interrupted
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


for _command in (build, verify, export, train, convert, evaluate, templates, inspect):
    main.add_command(_command)

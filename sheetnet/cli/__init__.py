"""The command ``sheetnet``. The only home of click: options in, one line of error out.

Exit status: 0 all went well; 1 it did not (for ``verify``: a cell is wrong); 2 wrong usage (for ``verify``: the
file could not be checked).
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
        """Run a command; ``verify`` says 2 where it could not check, the others 1."""
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
    if hasattr(signal, "SIGTERM"):  # an ended build cleans up after itself, like an interrupted one
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


for _command in (build, verify, export, train, convert, evaluate, templates, inspect):
    main.add_command(_command)

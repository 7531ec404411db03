"""The command ``sheetnet``. This is the only home of click: options come in, a report or one line goes out.

How a command ends, and with which exit status, is told in ``ending``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

import sheetnet
from sheetnet.cli import ending
from sheetnet.cli.about import inspect, templates
from sheetnet.cli.classroom import batch
from sheetnet.cli.exercises import assign, grade
from sheetnet.cli.models import convert, evaluate, train
from sheetnet.cli.options import SETTINGS
from sheetnet.cli.pages import page
from sheetnet.cli.workbooks import build, compare, export, verify
from sheetnet.cli.worksheets import handout

COMPLETE = "_SHEETNET_COMPLETE"


class Command(click.Group):
    """A group of commands that ends as ``ending`` says."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **more: Any) -> Any:
        """Run the command that ``args`` name, and end the process."""
        if COMPLETE in os.environ:  # a shell asks what could be typed next
            return super().main(args, prog_name, COMPLETE)

        def called() -> None:
            given = sys.argv[1:] if args is None else list(args)
            with self.make_context(prog_name or "sheetnet", given) as context:
                self.invoke(context)

        ending.any_console()
        return ending.run(called)


@click.group(cls=Command, context_settings=SETTINGS)
@click.version_option(sheetnet.__version__, "-V", "--version")
def main() -> None:
    """A photo and a small neural network become a workbook of live formulas, proven cell by cell."""


for _command in (
    build,
    batch,
    verify,
    compare,
    export,
    handout,
    page,
    assign,
    grade,
    train,
    convert,
    evaluate,
    templates,
    inspect,
):
    main.add_command(_command)

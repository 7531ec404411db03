"""Commands that show what there is: templates, inspect."""

from __future__ import annotations

import json
from typing import Any

import click

from sheetnet.case.request import Request
from sheetnet.cli.options import SETTINGS, reading, requested


@click.command(context_settings=SETTINGS)
def templates() -> None:
    """List the templates.

    \b
    Example:
      sheetnet templates

    Exit status: 0.
    """
    from sheetnet.case import template

    for name in template.names():
        click.echo(f"{name:14}{template.load(name).prose['summary']}")


@click.command(context_settings=SETTINGS)
@click.argument("file")
@requested(Request, "size", "layout", "until", "fold")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@reading
def inspect(file: str, layout: str | None, as_json: bool, **options: Any) -> None:
    """Show a network before anything is built: layers, shapes, parameters, formulas, file size.

    FILE is a template (name or folder), a model (.safetensors, .onnx), or a workbook made by sheetnet (.xlsx).

    \b
    Example:
      sheetnet inspect detective

    Exit status: 0 it fits in a workbook; 1 it does not, or cannot be read; 2 wrong usage.
    """
    from sheetnet.lesson.inspect import inspect as look

    summary = look(file, layout_name=layout, **options)
    click.echo(json.dumps(summary.to_json(), indent=1, ensure_ascii=False) if as_json else "\n".join(summary.lines()))

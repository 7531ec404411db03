"""Commands that show what there is: templates, inspect."""

from __future__ import annotations

from typing import Any

import click

from sheetnet.case.request import Request
from sheetnet.cli.options import SETTINGS, limited, reading, requested
from sheetnet.cli.told import refused_as_json, tell_json


@click.command(context_settings=SETTINGS)
def templates() -> None:
    """List the templates, in groups: networks, learning, lessons.

    \b
    Example:
      sheetnet templates

    Exit status: 0.
    """
    from sheetnet.case import lessons, template
    from sheetnet.case.lessons import chapters

    groups: dict[str, list[str]] = {}
    for name in template.names():
        found = template.load(name)
        groups.setdefault(found.group, []).append(f"  {name:18}{found.prose['summary']}")
    for name in lessons.lesson_names():
        lesson = lessons.load_lesson(name)
        seen = "" if lesson.photo is None else f"; {_photo(lesson.photo, lesson.sides)} photo, its own or yours"
        groups.setdefault(lesson.group, []).append(f"  {name:18}{lesson.prose('summary')}{seen}")
    for name in chapters.course_names():
        groups.setdefault(chapters.GROUP, []).append(f"  {name:18}{chapters.course_prose(name)['summary']}")
    first = next(iter(groups), "")  # that of the networks
    for group in sorted(groups, key=lambda one: (one != first, one)):
        lines = groups[group]
        click.echo("\n".join([group, *lines]))


def _photo(shape: tuple[int, ...], sides: tuple[int, int] | None) -> str:
    """What a photo becomes: a picture in colours of which one channel is asked for is made grey."""
    channels, height, width = shape
    others = "" if sides is None else f" (--size: {sides[0]} to {sides[1]})"
    return f"{height}x{width}{others} {'grey' if channels == 1 else 'RGB'}"


@click.command(context_settings=SETTINGS)
@click.argument("file")
@requested(Request, "size", "layout", "until", "fold")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@limited("reading and counting")
@reading
def inspect(
    file: str, layout: str | None, as_json: bool, timeout: float, memory: float | None, **options: Any
) -> None:
    """Show a network before anything is built: layers, shapes, parameters, formulas, file size.

    FILE is a template (name or folder), a model (.safetensors, .onnx), or a workbook made by sheetnet (.xlsx).

    \b
    Example:
      sheetnet inspect detective

    Exit status: 0 it fits in a workbook; 2 it does not, or cannot be read, wrong usage.
    """
    from sheetnet.lesson.summary import inspect as look

    with refused_as_json(file, as_json):
        summary = look(file, layout_name=layout, timeout=timeout, memory=memory, **options)
    if as_json:
        tell_json(summary.to_json())
    else:
        click.echo("\n".join(summary.lines()))

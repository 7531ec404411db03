"""Commands about models: train, convert, evaluate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.case import request as case
from sheetnet.cli.ending import INTERRUPTED
from sheetnet.cli.options import PATH, SETTINGS, reading, requested
from sheetnet.cli.progress import line, progress, tell_notes
from sheetnet.cli.told import refused_as_json, tell_json
from sheetnet.training.settings import Request, Settings


@click.command(context_settings=SETTINGS)
@click.argument("folder", required=False, type=PATH)
@requested(Request, "out", "data", "labels", "start", "template")
@requested(Settings)
@requested(Request, "fit", "force")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but warnings.")
def train(folder: Path | None, out: Path | None, data: Any, labels: Path | None, quiet: bool, **asked: Any) -> None:
    """Train a network on the pictures in FOLDER, and write it as a model for build.

    FOLDER has one folder of pictures for each class, named after it. A part of each class is held out and never
    trained on: the accuracy on those pictures is the one to believe. Where FOLDER has train and test, and perhaps
    val, with the classes inside, test is measured once at the end, and is the one to believe. Ctrl-C ends the
    training and keeps the best weights so far.

    \b
    Example:
      sheetnet train pictures -o mine.safetensors
      sheetnet build photo.jpg --model mine.safetensors

    Exit status: 0 trained; 2 not trained, wrong usage; 130 interrupted, and the best weights so far are kept.
    """
    from sheetnet.training import tell

    if (folder is None and labels is None) == (data is None):
        raise click.UsageError("give a FOLDER of pictures, or --data digits or shapes, and not both")
    path = Request(folder, out, data=data, labels=labels).path
    with progress(quiet) as reading, line(quiet) as shown:
        trained = sheetnet.train(
            folder,
            path,
            data=data,
            labels=labels,
            reading=reading,
            progress=None if shown is None else lambda now: shown(tell.progress_line(now)),
            **asked,
        )
    lines = tell.trained_lines(trained, path)
    for one in () if quiet else trained.notes:
        click.echo(one, err=True)
    for one in trained.skipped:
        click.echo(f"skipped: {one}", err=True)
    if trained.skipped:
        click.echo(f"pictures skipped: {len(trained.skipped)}", err=True)
    for one in lines:
        if not quiet or one.startswith(tell.CAREFUL):
            click.echo(one, err=one.startswith(tell.CAREFUL))
    if trained.interrupted:
        sys.exit(INTERRUPTED)


@click.command(context_settings=SETTINGS)
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@reading
@requested(case.Request, "fold")
@click.option("-f", "--force", is_flag=True, help="Overwrite TARGET.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def convert(source: Path, target: Path, quiet: bool, **options: Any) -> None:
    """Write the model SOURCE as TARGET: .safetensors as .onnx, or .onnx as .safetensors.

    \b
    Example:
      sheetnet convert mine.safetensors mine.onnx

    Exit status: 0 converted; 2 not converted, wrong usage.
    """
    notes = sheetnet.convert(source, target, **options)
    if not quiet:
        tell_notes(notes)
        click.echo(f"{target}: {target.stat().st_size / 1000:,.0f} kB")


@click.command(context_settings=SETTINGS)
@click.argument("model", type=PATH)
@click.argument("folder", required=False, type=PATH)
@reading
@requested(Request, "labels", "fit")
@click.option("-p", "--predictions", type=PATH, metavar="FILE.csv", help="Write what it says of each picture.")
@click.option("-f", "--force", is_flag=True, help="Overwrite the predictions.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def evaluate(model: Path, folder: Path | None, as_json: bool, **options: Any) -> None:
    """Measure MODEL on the pictures in FOLDER, which it should not have seen.

    MODEL is a file that train wrote, or an .onnx file. FOLDER has one folder of pictures for some or all
    of its classes.

    \b
    Example:
      sheetnet evaluate mine.safetensors other-pictures

    Exit status: 0 measured; 2 not measured, wrong usage.
    """
    from sheetnet.training import tell

    if folder is None and options["labels"] is None:
        raise click.UsageError("give a FOLDER of pictures, or --labels FILE.csv")
    with refused_as_json(model, as_json), progress(as_json) as shown:
        result = sheetnet.evaluate(model, folder, progress=shown, **options)
    for one in (*result.notes, *(f"skipped: {one}" for one in result.skipped)):
        click.echo(one, err=True)
    if as_json:
        tell_json(result.to_json())
    else:
        click.echo("\n".join(tell.score_lines(result.score, result.classes)))

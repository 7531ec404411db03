"""Commands about models: train, convert, evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.cli.options import PATH, SETTINGS, reading
from sheetnet.cli.progress import progress, tell_notes, telling


@click.command(context_settings=SETTINGS)
@click.argument("folder", required=False, type=PATH)
@click.option("-o", "--output", type=PATH, help="The model to write.  [default: the folder's name, here]")
@click.option(
    "--data",
    type=click.Choice(["digits", "shapes"]),
    help="Instead of FOLDER: handwritten digits (scikit-learn), or shapes that are drawn at random.",
)
@click.option("-t", "--template", help="The network: name or folder.  [default: detective, or the name of the data]")
@click.option(
    "--epochs", type=int, help="Times through all pictures, at most.  [default: 30 to 300, by their number]"
)
@click.option("--learning-rate", type=float, help="Length of a step.  [default: 0.01 adam, 0.03 momentum, 0.1 sgd]")
@click.option(
    "--optimizer",
    type=click.Choice(["sgd", "momentum", "adam"]),
    default="adam",
    show_default=True,
    help="How a step is taken.",
)
@click.option(
    "--loss",
    type=click.Choice(["crossentropy", "squared"]),
    default="crossentropy",
    show_default=True,
    help="What is made small; squared: half the squared error.",
)
@click.option("--batch", default=32, show_default=True, help="Pictures per step.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same file.")
@click.option("--validation", default=0.2, show_default=True, help="Share that is held out, never trained on.")
@click.option("--patience", type=int, help="Stop after so many epochs without a better one.  [default: a quarter]")
@click.option("--augment/--no-augment", default=None, help="Vary the pictures.  [default: photos yes, --data no]")
@click.option(
    "--fit", type=click.Choice(["crop", "pad"]), default="crop", show_default=True, help="Cut or add white."
)
@click.option("-f", "--force", is_flag=True, help="Overwrite the model.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what to be careful about.")
def train(folder: Path | None, output: Path | None, data: str | None, quiet: bool, **options: Any) -> None:
    """Train a network on the pictures in FOLDER, and write it as a model for build.

    FOLDER has one folder of pictures for each class, named after it. A part of each class is held out and never
    trained on: how many of those are told right is the accuracy to believe. Ctrl-C ends the training and keeps the
    best weights so far.

    \b
    Example:
      sheetnet train suspects -o suspects.safetensors
      sheetnet build photo.jpg --model suspects.safetensors

    Exit status: 0 trained; 1 not trained; 2 wrong usage.
    """
    from sheetnet.training import tell

    if folder is None and data is None:
        raise click.UsageError("give a FOLDER of pictures, or --data digits or shapes")
    if folder is not None and data is not None:
        raise click.UsageError("give a FOLDER of pictures or --data, not both")
    path = output or Path(f"{folder.resolve().name if folder else data}.safetensors")
    with progress(quiet) as reading, telling(quiet) as line:
        trained = sheetnet.train(
            folder,
            path,
            data=data,  # type: ignore[arg-type]
            reading=reading,
            progress=None if line is None else lambda now: line(tell.progress_line(now)),
            **options,
        )
    lines = tell.trained_lines(trained, path)
    for one in trained.skipped:
        click.echo(f"skipped: {one}", err=True)
    if trained.skipped:
        click.echo(f"pictures skipped: {len(trained.skipped)}", err=True)
    for one in lines:
        if not quiet or one.startswith(tell.CAREFUL):
            click.echo(one, err=one.startswith(tell.CAREFUL))


@click.command(context_settings=SETTINGS)
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@reading
@click.option("--fold", is_flag=True, help="As for build.")
@click.option("-f", "--force", is_flag=True, help="Overwrite TARGET.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def convert(source: Path, target: Path, quiet: bool, **options: Any) -> None:
    """Write the model SOURCE as TARGET: .safetensors as .onnx, or .onnx as .safetensors.

    \b
    Example:
      sheetnet convert suspects.safetensors suspects.onnx

    Exit status: 0 converted; 1 not converted; 2 wrong usage.
    """
    notes = sheetnet.convert(source, target, **options)
    if not quiet:
        tell_notes(notes)
        click.echo(f"{target}: {target.stat().st_size / 1000:,.0f} kB")


@click.command(context_settings=SETTINGS)
@click.argument("model", type=PATH)
@click.argument("folder", type=PATH)
@click.option(
    "--fit", type=click.Choice(["crop", "pad"]), default="crop", show_default=True, help="Cut or add white."
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def evaluate(model: Path, folder: Path, fit: Any, as_json: bool) -> None:
    """Measure MODEL on the pictures in FOLDER, which it should not have seen.

    MODEL is a file that train wrote. FOLDER has one folder of pictures for some or all of its classes.

    \b
    Example:
      sheetnet evaluate suspects.safetensors other-suspects

    Exit status: 0 measured; 1 not measured; 2 wrong usage.
    """
    from sheetnet.training import tell

    with progress(as_json) as told:
        result = sheetnet.evaluate(model, folder, fit=fit, progress=told)
    for one in result.skipped:
        click.echo(f"skipped: {one}", err=True)
    if as_json:
        click.echo(json.dumps(result.to_json(), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(tell.score_lines(result.score, result.classes)))

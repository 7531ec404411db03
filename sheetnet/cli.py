"""The command ``sheetnet``. The only home of click: options in, one line of error out.

Exit status: 0 all went well; 1 it did not (for ``verify``: a cell is wrong); 2 wrong usage (for ``verify``: the
file could not be checked).
"""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import sheetnet
from sheetnet.errors import SheetnetError
from sheetnet.recalc import EMBEDDED, ENGINES, TIMEOUT
from sheetnet.words import load as load_words

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
BAR = 40  # characters
SLOW = 1.0  # seconds after which a progress bar is worth showing
ENGINE_CHOICE = click.Choice(ENGINES)
PATH = click.Path(path_type=Path)


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


if TYPE_CHECKING:
    SizeType = click.ParamType[tuple[int, int]]
else:  # of an older click it cannot be asked of what it is a type
    SizeType = click.ParamType


class Size(SizeType):
    """``28`` or ``28x40`` (height x width)."""

    name = "N or HxW"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Text to (height, width)."""
        parts = str(value).lower().split("x")
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            self.fail(f"{value!r} is no size; write 28 or 28x40 (height x width)", param, ctx)
        return int(parts[0]), int(parts[-1])


READING = (
    click.option("--classes", type=PATH, help="Of an .onnx model: a text file, the name of a class per line."),
    click.option("--input-shape", metavar="C,H,W", help="Of an .onnx model: sizes that it leaves open."),
    click.option("--mean", metavar="N,...", help="Of an .onnx model: what it subtracts from each channel, and"),
    click.option("--std", metavar="N,...", help="what it divides that by: (x / scale - mean) / std."),
    click.option("--scale", type=float, help="Of an .onnx model: what pixels are divided by.  [default: 255]"),
    click.option("--channels", type=click.Choice(["rgb", "bgr", "grey"]), help="The colours it was trained on."),
)


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how an .onnx model is to be read, gathered as ``reading``."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        from sheetnet.modelfile import Reading

        command(reading=Reading(**{key: options.pop(key) for key in Reading.__dataclass_fields__}), **options)

    for option in reversed(READING):
        run = option(run)
    return run


@main.command(context_settings=SETTINGS)
@click.argument("photo", required=False, type=PATH)
@click.option("-o", "--output", type=PATH, help="The workbook to write.  [default: the photo's name, here]")
@click.option("-t", "--template", default="detective", show_default=True, help="Name or folder of a template.")
@click.option("-m", "--model", type=PATH, help="Weights, perhaps the network: .safetensors or .onnx.")
@_reading
@click.option("-l", "--label", metavar="NAME", help="The true class, for the loss.")
@click.option("--size", type=Size(), help="Bring the photo to this size, in pixels.")
@click.option(
    "--fit", type=click.Choice(["crop", "pad"]), default="crop", show_default=True, help="Cut or add white."
)
@click.option("--seed", type=int, help="Start all weights at random, and not from those that were learned.")
@click.option("--layout", type=click.Choice(["auto", "planes", "rows"]), help="How channels lie on a sheet.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Words.")
@click.option(
    "--theme", type=click.Choice(["clear", "contrast"]), default="clear", show_default=True, help="Colours."
)
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="For printing.")
@click.option("--plain", is_flag=True, help="Only the network: no close-ups, charts and checks.")
@click.option("--until", metavar="LAYER", help="Build the first part only, up to this layer.")
@click.option("--fold", is_flag=True, help="Fold batchnorm into the convolutions before it.")
@click.option(
    "--engine", type=click.Choice([*ENGINES, "none"]), default=EMBEDDED, show_default=True, help="Who proves it."
)
@click.option("-f", "--force", is_flag=True, help="Overwrite the workbook.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def build(
    photo: Path | None,
    output: Path | None,
    template: str,
    size: tuple[int, int] | None,
    engine: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Make a workbook from PHOTO, and prove it.

    The template "by-hand" brings its own small picture and needs no PHOTO.

    \b
    Example:
      sheetnet build samples/astronaut.png -o astronaut.xlsx --label Astronaut

    Exit status: 0 built and proven; 1 not built, or a cell is wrong; 2 wrong usage.
    """
    path = output or Path(f"{photo.stem if photo else Path(template).name}.xlsx")
    with _progress(quiet) as told:
        built = sheetnet.build(
            photo,
            path,
            template=template,
            size=size,
            engine=None if engine == "none" else engine,
            progress=told,
            **options,
        )
    if not quiet:
        if built.done:
            words = load_words()
            click.echo(f"{photo}: {' '.join(words(f'input.{key}') for key in built.done)}")
        _notes(built.notes)
        click.echo(f"{built.path}: {built.formulas:,} formulas")
        if built.trained_for:
            click.echo(
                f"trained for {_size(built.trained_for)}; at {_size(size or ())} all weights are random (seed 0)"
            )
        click.echo(built.report.last_line() if built.report else "not verified (--engine none)")
    if built.report is not None and not built.report.proven:
        for line in built.report.lines():
            click.echo(line, err=True)
        sys.exit(1)


@main.command(context_settings=SETTINGS)
@click.argument("file", type=PATH)
@click.option("--engine", type=ENGINE_CHOICE, default=EMBEDDED, show_default=True, help="Who calculates.")
@click.option(
    "--timeout", type=float, default=TIMEOUT, show_default=True, help="Seconds for reading and calculating."
)
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def verify(file: Path, engine: str, timeout: float, as_json: bool) -> None:
    """Prove FILE cell by cell against NumPy.

    FILE is a workbook made by sheetnet. Everything is read from it: network, pixels, weights, formulas. Edited
    pixels and weights are fine: the answer changes, and is still right.

    \b
    Example:
      sheetnet verify astronaut.xlsx --engine formualizer

    Exit status: 0 proven; 1 a cell is wrong; 2 the file could not be checked.
    """
    with _progress(as_json) as told:
        report = sheetnet.verify(file, engine=engine, timeout=timeout, progress=told)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line)
    sys.exit(0 if report.proven else 1)


@main.command(context_settings=SETTINGS)
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, help="The PDF to write.  [default: the workbook's name, here]")
@click.option("-s", "--sheets", multiple=True, metavar="NAME", help="Only these; A,B or once for each.")
@click.option("--timeout", type=float, default=TIMEOUT, show_default=True, help="Seconds for reading and printing.")
@click.option("-f", "--force", is_flag=True, help="Overwrite the PDF.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def export(
    file: Path, output: Path | None, sheets: tuple[str, ...], timeout: float, force: bool, quiet: bool
) -> None:
    """Print the sheets of FILE as a PDF, to read or hand out without a spreadsheet.

    FILE is a workbook made by sheetnet. LibreOffice, which must be installed, calculates it anew and prints it, in
    the order of its sheets and without the hidden ones.

    \b
    Example:
      sheetnet export astronaut.xlsx --sheets Start,Loss

    Exit status: 0 printed; 1 not printed; 2 wrong usage.
    """
    path = sheetnet.export(
        file, output or Path(f"{file.stem}.pdf"), sheets=sheets or None, timeout=timeout, force=force
    )
    if not quiet:
        click.echo(f"{path}: {path.stat().st_size / 1000:,.0f} kB")


@main.command(context_settings=SETTINGS)
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
    with _progress(quiet) as reading, _line(quiet) as line:
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


@main.command(context_settings=SETTINGS)
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@_reading
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
        _notes(notes)
        click.echo(f"{target}: {target.stat().st_size / 1000:,.0f} kB")


@main.command(context_settings=SETTINGS)
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

    with _progress(as_json) as told:
        result = sheetnet.evaluate(model, folder, fit=fit, progress=told)
    for one in result.skipped:
        click.echo(f"skipped: {one}", err=True)
    if as_json:
        click.echo(json.dumps(result.to_json(), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(tell.score_lines(result.score, result.classes)))


@main.command(context_settings=SETTINGS)
def templates() -> None:
    """List the templates.

    \b
    Example:
      sheetnet templates

    Exit status: 0.
    """
    from sheetnet.lesson import template

    for name in template.names():
        click.echo(f"{name:14}{template.load(name).prose['summary']}")


@main.command(context_settings=SETTINGS)
@click.argument("file")
@click.option("--size", type=Size(), help="As for build.")
@click.option("--layout", type=click.Choice(["auto", "planes", "rows"]), help="As for build.")
@click.option("--until", metavar="LAYER", help="As for build.")
@click.option("--fold", is_flag=True, help="As for build.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@_reading
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


def _size(shape: tuple[int, ...]) -> str:
    """Height x width."""
    return "x".join(map(str, shape[-2:]))


def _notes(notes: tuple[str, ...]) -> None:
    """What was changed in a model from elsewhere."""
    for note in notes:
        click.echo(f"model: {note}")


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[sheetnet.Progress | None]:
    """A bar on stderr for work that takes longer than a second, if somebody is looking."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    started, shown = time.monotonic(), 0.0

    def told(what: str, done: int, total: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - started > SLOW and now - shown > 0.1:
            shown = now
            filled = BAR * done // max(total, 1)
            bar = "#" * filled + "-" * (BAR - filled)
            click.echo(f"\r{what:12} [{bar}] {100 * done // max(total, 1):3d} %", err=True, nl=False)

    try:
        yield told
    finally:
        if shown:
            click.echo("\r" + " " * (BAR + 24) + "\r", err=True, nl=False)


@contextlib.contextmanager
def _line(quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """A line on stderr that is written over and over, if somebody is looking."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    shown, longest = 0.0, 0

    def told(text: str) -> None:
        nonlocal shown, longest
        now = time.monotonic()
        if now - shown > 0.1:
            shown, longest = now, max(longest, len(text))
            click.echo(f"\r{text:{longest}}", err=True, nl=False)

    try:
        yield told
    finally:
        if longest:
            click.echo("\r" + " " * longest + "\r", err=True, nl=False)

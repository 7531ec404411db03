"""Commands about workbooks: build, verify, compare, export."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.case.request import Request
from sheetnet.cli.ending import FAILED, WRONG, say
from sheetnet.cli.options import ENGINE_CHOICE, PATH, SETTINGS, limited, reading, requested
from sheetnet.cli.progress import progress, tell_notes
from sheetnet.cli.told import refusal, refused_as_json, tell_json
from sheetnet.errors import SheetnetError
from sheetnet.recalc import EMBEDDED, Engine
from sheetnet.words import load as load_words


@click.command(context_settings=SETTINGS)
@click.argument("photo", required=False, type=PATH)
@requested(Request)
@reading
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def build(quiet: bool, **asked: Any) -> None:
    """Make a workbook from PHOTO, and prove it.

    The templates "digits", "shapes", "by-hand" and "training" bring their own small pictures and need no PHOTO.

    \b
    Example:
      sheetnet build samples/astronaut.png -o astronaut.xlsx --label Astronaut

    Exit status: 0 built and proven; 1 built, but a cell is wrong; 2 not built, wrong usage.
    """
    with progress(quiet) as shown:
        built = sheetnet.build(progress=shown, **asked)
    if not quiet:
        if built.done:
            words = load_words()
            click.echo(f"{asked['photo']}: {' '.join(words(f'input.{key}') for key in built.done)}")
            if "narrow" in built.done:
                click.echo("use --stretch to make it brighter")
        tell_notes(built.notes)
        click.echo(f"{built.path}: {built.formulas:,} formulas")
        if built.trained_for:
            wanted, size = _size(built.trained_for), _size(asked["size"])
            click.echo(f"trained for {wanted}; at {size} all weights are random (seed 0)")
        for told in _verdict(built):
            click.echo(told)
        click.echo(built.report.last_line() if built.report is not None else "not verified (--engine none)")
    if built.report is not None and built.report.status:
        for line in built.report.lines():
            click.echo(line, err=True)
        sys.exit(WRONG)


@click.command(context_settings=SETTINGS)
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option(
    "--engine",
    type=ENGINE_CHOICE,
    default=EMBEDDED,
    show_default=True,
    help="The spreadsheet engine that calculates.",
)
@limited("reading, calculating and comparing, for each FILE")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON; of several files a list.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of a file that is proven, and one line of any other.")
def verify(
    files: tuple[Path, ...], engine: Engine, timeout: float, memory: float | None, as_json: bool, quiet: bool
) -> None:
    """Prove each FILE cell by cell against NumPy.

    FILE is a workbook made by sheetnet. Everything is read from it: network, pixels, weights, formulas. Every
    formula in it is judged, except those that the reader added, which are listed. Pixels and weights may be edited:
    they are named, and the answer that follows from them must be right. Of several files, one line each comes last.

    \b
    Example:
      sheetnet verify astronaut.xlsx --engine formualizer

    Exit status: 0 proven; 1 a cell is wrong, or a stored value is old; 2 a file could not be checked, wrong usage.
    """
    results: list[sheetnet.Report | SheetnetError] = []
    with progress(as_json or quiet) as shown:
        for file in files:
            try:
                report = sheetnet.verify(file, engine=engine, timeout=timeout, memory=memory, progress=shown)
            except SheetnetError as error:
                if len(files) == 1 and not as_json:
                    raise
                results.append(error)
            else:
                results.append(report)
                if not (as_json or quiet):
                    _tell_report(file, report, alone=len(files) == 1)
    if as_json:
        listed = [_as_json(file, result) for file, result in zip(files, results, strict=True)]
        tell_json(listed if len(files) > 1 else listed[0])
    elif len(files) > 1 or quiet:
        _tell_verdicts(files, results, quiet)
    sys.exit(max((result.status if isinstance(result, sheetnet.Report) else FAILED) for result in results))


@click.command(context_settings=SETTINGS)
@click.argument("first", type=PATH)
@click.argument("second", type=PATH)
@click.option(
    "--engine",
    type=ENGINE_CHOICE,
    default=EMBEDDED,
    show_default=True,
    help="The spreadsheet engine that calculates both.",
)
@limited("reading and calculating both")
@click.option("--json", "as_json", is_flag=True, help="The whole comparison as JSON.")
def compare(first: Path, second: Path, engine: Engine, timeout: float, memory: float | None, as_json: bool) -> None:
    """List the inputs in which FIRST and SECOND differ, and what both answer.

    Both are workbooks made by sheetnet; one may be an edited copy of the other. Inputs are what a reader may fill:
    pixels, weights, choices, names of classes. For each that differs there is its name, its cell, and both values.
    Formulas are not judged; that is what verify does.

    \b
    Example:
      sheetnet compare astronaut.xlsx astronaut.xlsx

    Exit status: 0 alike; 1 an input or the answer differs; 2 a file could not be read, wrong usage.
    """
    with progress(as_json) as shown, refused_as_json(f"{first} and {second}", as_json):
        found = sheetnet.compare(first, second, engine=engine, timeout=timeout, memory=memory, progress=shown)
    if as_json:
        tell_json(found.to_json())
    else:
        click.echo("\n".join(found.lines()))
    sys.exit(found.status)


@click.command(context_settings=SETTINGS)
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, help="The PDF to write.  [default: the workbook's name, here]")
@click.option("-s", "--sheets", multiple=True, metavar="NAME", help="Only these sheets: A,B or once for each.")
@click.option("-a", "--all", "everything", is_flag=True, help="All sheets, and all rows of long lists.")
@limited("reading and printing")
@click.option("-f", "--force", is_flag=True, help="Overwrite the PDF.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def export(
    file: Path,
    output: Path | None,
    sheets: tuple[str, ...],
    everything: bool,
    timeout: float,
    memory: float | None,
    force: bool,
    quiet: bool,
) -> None:
    """Print the sheets of FILE as a PDF, to read or hand out without a spreadsheet.

    FILE is a workbook made by sheetnet. LibreOffice, which must be installed, calculates it anew and prints it, in
    the order of its sheets and without the hidden ones. Several maps share a page, of a long list the first and the
    last rows are printed, and sheets for looking things up are left out; --all prints each sheet whole.

    \b
    Example:
      sheetnet export astronaut.xlsx --sheets Start,Loss

    Exit status: 0 printed; 2 not printed, wrong usage.
    """
    with warnings.catch_warnings(record=True) as careful:
        warnings.simplefilter("always", UserWarning)
        path = sheetnet.export(
            file,
            output or Path(f"{file.stem}.pdf"),
            sheets=sheets or None,
            everything=everything,
            timeout=timeout,
            memory=memory,
            force=force,
        )
    for one in careful:
        click.echo(f"careful: {one.message}", err=True)
    if not quiet:
        click.echo(f"{path}: {path.stat().st_size / 1000:,.0f} kB")


def _tell_report(file: Path, report: sheetnet.Report, *, alone: bool) -> None:
    """The report; of one file among others with its name above, and its last line at the end of all."""
    lines = list(report.lines())
    for line in lines if alone else [f"{file}:", *lines[:-1]]:
        click.echo(line)


def _tell_verdicts(files: tuple[Path, ...], results: list[sheetnet.Report | SheetnetError], quiet: bool) -> None:
    """One line for each file: what is proven or wrong goes to stdout, what could not be checked to stderr."""
    for file, result in zip(files, results, strict=True):
        if isinstance(result, SheetnetError):
            say(str(result))
        elif result.status or not quiet:
            click.echo(f"{file}: {result.last_line()}")


def _as_json(file: Path, result: sheetnet.Report | SheetnetError) -> dict[str, Any]:
    return refusal(file, result) if isinstance(result, SheetnetError) else result.to_json()


def _verdict(built: sheetnet.Built) -> Iterator[str]:
    """What the network says, and of which piece of the photo; where it is in doubt, what to do."""
    if (piece := built.found) is not None:
        place = f"{piece.width}x{piece.height} pixels at column {piece.left}, row {piece.top}"
        why = f"the photo looks most like {built.sought}" if built.sought else "the network is surest"
        yield f"looked at {place}, where {why}"
    if (verdict := built.verdict) is not None:
        yield str(verdict)
        if verdict.advice:
            yield verdict.advice


def _size(shape: tuple[int, ...]) -> str:
    """Height x width."""
    return "x".join(map(str, shape[-2:]))

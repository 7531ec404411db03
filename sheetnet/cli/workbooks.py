"""Commands about workbooks: build, verify, export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import sheetnet
from sheetnet.case.request import Request
from sheetnet.cli.options import ENGINE_CHOICE, PATH, SETTINGS, reading, requested
from sheetnet.cli.progress import progress, tell_notes
from sheetnet.recalc import EMBEDDED, TIMEOUT
from sheetnet.words import load as load_words


@click.command(context_settings=SETTINGS)
@click.argument("photo", required=False, type=PATH)
@requested(Request)
@reading
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def build(quiet: bool, **asked: Any) -> None:
    """Make a workbook from PHOTO, and prove it.

    The templates "digits", "shapes" and "by-hand" bring their own small picture and need no PHOTO.

    \b
    Example:
      sheetnet build samples/astronaut.png -o astronaut.xlsx --label Astronaut

    Exit status: 0 built and proven; 1 not built, or a cell is wrong; 2 wrong usage.
    """
    with progress(quiet) as shown:
        built = sheetnet.build(progress=shown, **asked)
    if not quiet:
        if built.done:
            words = load_words()
            click.echo(f"{asked['photo']}: {' '.join(words(f'input.{key}') for key in built.done)}")
        tell_notes(built.notes)
        click.echo(f"{built.path}: {built.formulas:,} formulas")
        if built.trained_for:
            wanted, size = _size(built.trained_for), _size(asked["size"])
            click.echo(f"trained for {wanted}; at {size} all weights are random (seed 0)")
        for told in _verdict(built):
            click.echo(told)
        click.echo(built.report.last_line() if built.report else "not verified (--engine none)")
    if built.report is not None and built.report.status:
        for line in built.report.lines():
            click.echo(line, err=True)
        sys.exit(1)


@click.command(context_settings=SETTINGS)
@click.argument("file", type=PATH)
@click.option(
    "--engine",
    type=ENGINE_CHOICE,
    default=EMBEDDED,
    show_default=True,
    help="The spreadsheet engine that calculates.",
)
@click.option(
    "--timeout", type=float, default=TIMEOUT, show_default=True, help="Seconds for reading and calculating."
)
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def verify(file: Path, engine: str, timeout: float, as_json: bool) -> None:
    """Prove FILE cell by cell against NumPy.

    FILE is a workbook made by sheetnet. Everything is read from it: network, pixels, weights, formulas. Every
    formula in it is judged, except those that the reader added, which are listed. Pixels and weights may be edited:
    they are named, and the answer that follows from them must be right.

    \b
    Example:
      sheetnet verify astronaut.xlsx --engine formualizer

    Exit status: 0 proven; 1 a cell is wrong, or a stored value is old; 2 the file could not be checked.
    """
    with progress(as_json) as shown:
        report = sheetnet.verify(file, engine=engine, timeout=timeout, progress=shown)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1, ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line)
    sys.exit(report.status)


@click.command(context_settings=SETTINGS)
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, help="The PDF to write.  [default: the workbook's name, here]")
@click.option("-s", "--sheets", multiple=True, metavar="NAME", help="Only these sheets: A,B or once for each.")
@click.option("-a", "--all", "everything", is_flag=True, help="All sheets, and all rows of long lists.")
@click.option("--timeout", type=float, default=TIMEOUT, show_default=True, help="Seconds for reading and printing.")
@click.option("-f", "--force", is_flag=True, help="Overwrite the PDF.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all went well.")
def export(
    file: Path,
    output: Path | None,
    sheets: tuple[str, ...],
    everything: bool,
    timeout: float,
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

    Exit status: 0 printed; 1 not printed; 2 wrong usage.
    """
    path = sheetnet.export(
        file,
        output or Path(f"{file.stem}.pdf"),
        sheets=sheets or None,
        everything=everything,
        timeout=timeout,
        force=force,
    )
    if not quiet:
        click.echo(f"{path}: {path.stat().st_size / 1000:,.0f} kB")


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

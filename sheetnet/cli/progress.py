"""What is shown on stderr while a command works, if somebody is looking: a bar, or a line of text."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

import click

from sheetnet.case.request import Progress

BAR = 40  # characters
SLOW = 1.0  # seconds that a command works before a bar is worth showing
PAUSE = 0.1  # seconds between one text and the next


@contextlib.contextmanager
def line(quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """A line that is written over and over, and erased at the end; None if nobody is looking."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    written, longest = 0.0, 0

    def write(text: str) -> None:
        nonlocal written, longest
        now = time.monotonic()
        if now - written > PAUSE:
            written, longest = now, max(longest, len(text))
            click.echo(f"\r{text:{longest}}", err=True, nl=False)

    try:
        yield write
    finally:
        if longest:
            click.echo("\r" + " " * longest + "\r", err=True, nl=False)


# Not click.progressbar, which has one label and one length, is drawn at once, and stays when the work is done.
@contextlib.contextmanager
def progress(quiet: bool) -> Iterator[Progress | None]:
    """A bar, erased at the end, for work that takes longer than a second; None if nobody is looking."""
    with line(quiet) as write:
        if write is None:
            yield None
            return
        started = time.monotonic()

        def show(what: str, done: int, total: int) -> None:
            if time.monotonic() - started > SLOW:
                filled = BAR * done // max(total, 1)
                bar = "#" * filled + "-" * (BAR - filled)
                write(f"{what:12} [{bar}] {100 * done // max(total, 1):3d} %")

        yield show


def tell_notes(notes: tuple[str, ...]) -> None:
    """What was changed in a model from elsewhere, and what was left out."""
    for note in notes:
        click.echo(f"note: {note}")

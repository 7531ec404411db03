"""What is shown while a command works: a bar on stderr, if somebody is looking."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

import click

import sheetnet

BAR = 40  # characters
SLOW = 1.0  # seconds after which a progress bar is worth showing


@contextlib.contextmanager
def progress(quiet: bool) -> Iterator[sheetnet.Progress | None]:
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
def telling(quiet: bool) -> Iterator[Callable[[str], None] | None]:
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


def tell_notes(notes: tuple[str, ...]) -> None:
    """What was changed in a model from elsewhere."""
    for note in notes:
        click.echo(f"model: {note}")

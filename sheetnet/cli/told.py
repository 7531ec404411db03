"""What a command tells as JSON: in ASCII, so that every console can show it, and of a refusal as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from sheetnet.cli.ending import FAILED
from sheetnet.errors import SheetnetError


def tell_json(told: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(told, indent=1))


def refusal(file: object, error: SheetnetError) -> dict[str, Any]:
    """What JSON says of a file of which nothing can be said."""
    return {"file": str(file), "status": FAILED, "error": " ".join(str(error).split())}


@contextmanager
def refused_as_json(file: object, as_json: bool) -> Iterator[None]:
    """Tell a refusal as JSON too, where JSON is asked for."""
    try:
        yield
    except SheetnetError as error:
        if as_json:
            tell_json(refusal(file, error))
        raise

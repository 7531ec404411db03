"""Options that more than one command takes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheetnet.recalc import ENGINES

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
ENGINE_CHOICE = click.Choice(ENGINES)
PATH = click.Path(path_type=Path)

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


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how an .onnx model is to be read, gathered as ``reading``."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        from sheetnet.modelfile import Reading

        command(reading=Reading(**{key: options.pop(key) for key in Reading.__dataclass_fields__}), **options)

    for option in reversed(READING):
        run = option(run)
    return run

"""Options that more than one command takes, and those that a request declares."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

from sheetnet.limits import TIMEOUT
from sheetnet.reading import Reading
from sheetnet.recalc import ENGINES
from sheetnet.request import Option, options

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
ENGINE_CHOICE = click.Choice(ENGINES)
PATH = click.Path(path_type=Path)
NONE = "none"  # how the command line writes None where that is not the default

Command = Callable[..., None]

if TYPE_CHECKING:
    SizeType = click.ParamType[tuple[int, int]]
    MemoryType = click.ParamType[float]
else:  # in older releases of click the class takes no type argument
    SizeType = MemoryType = click.ParamType


class Size(SizeType):
    """``28`` or ``28x40`` (height x width)."""

    name = "N or HxW"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Text to (height, width)."""
        parts = str(value).lower().split("x")
        if len(parts) > 2 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            self.fail(f"{value!r} is no size; write 28 or 28x40 (height x width)", param, ctx)
        return int(parts[0]), int(parts[-1])


class Memory(MemoryType):
    """``1500``, ``1500MB`` or ``1.5GB``, in MB."""

    name = "MB"
    units: ClassVar = {"": 1.0, "M": 1.0, "MB": 1.0, "G": 1000.0, "GB": 1000.0}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Text to MB."""
        text = str(value).strip().upper()
        number = text.rstrip("MGB")
        try:
            return float(number) * self.units[text[len(number) :].strip()]
        except (ValueError, KeyError):
            self.fail(f"{value!r} is no amount of memory; write 1500 (MB) or 1.5GB", param, ctx)


def limited(what: str) -> Callable[[Command], Command]:
    """The options --timeout and --memory. ``what`` takes the time."""

    def decorated(command: Command) -> Command:
        for option in (
            click.option(
                "--memory",
                type=Memory(),
                help="MB in RAM, or 2GB.  [default: 1 GiB, and 2 GiB for LibreOffice or Gnumeric beside it]",
            ),
            click.option(
                "--timeout",
                type=float,
                default=TIMEOUT,
                show_default=True,
                metavar="SECONDS",
                help=f"Seconds for {what}.",
            ),
        ):
            command = option(command)
        return command

    return decorated


def requested(request: type, *names: str) -> Callable[[Command], Command]:
    """The options of a request, for a command that passes them on: those of these names, in their order, or all."""
    known = {one.name: one for one in options(request) if one.cli}

    def decorated(command: Command) -> Command:
        for name in reversed(names or tuple(known)):
            command = _option(known[name])(command)
        return command

    return decorated


def _option(one: Option) -> Callable[[Command], Command]:
    """An option of click, with the first sentence about it as its help."""
    long, letters = one.spelling, [flag for flag in one.flags if not flag.startswith("--")]
    kind: Any = next((known for known in (int, float) if known in one.types), str)
    more: dict[str, Any] = {"show_default": one.default is not None}
    if bool in one.types:
        kind, more = None, {"is_flag": True}
        long = long if one.default is False else f"{long}/--no-{long.removeprefix('--')}"
    elif one.choices:
        kind = click.Choice(one.choices)
        if one.optional and one.default is not None:
            kind = click.Choice([*one.choices, NONE])
            more["callback"] = lambda ctx, param, value: None if value == NONE else value
    elif tuple[int, int] in one.types:
        kind = Size()
    elif Path in one.types:
        kind = PATH
    about = one.summary.replace("``", "") + (f"  [default: {one.none}]" if one.none else "")
    return click.option(
        *letters, long, one.name, type=kind, default=one.default, metavar=one.metavar, help=about, **more
    )


def reading(command: Command) -> Command:
    """The options that say how an .onnx model is to be read, gathered as ``reading``."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        command(reading=Reading(**{one.name: values.pop(one.name) for one in options(Reading)}), **values)

    return requested(Reading)(run)

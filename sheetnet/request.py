"""An option is declared once, as a field of a frozen dataclass: its name, type, default and meaning.

    @dataclass(frozen=True, slots=True)
    class Request:
        theme: Theme = option("clear", "The colours.")

Such a dataclass is a request. The keywords of a public function and the part "Args" of its docstring come from it
(``takes``), and so do the options of a command (``cli.options``). Requests are imported with ``import sheetnet``, so
this module and theirs import nothing heavy.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import wraps
from pathlib import Path
from types import NoneType
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin

from sheetnet.errors import SheetnetError, shown

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked")
Result = TypeVar("Result")

MOST = 10**300  # a whole number where any number will do
WIDTH = 100  # characters of a line in a docstring


def option(default: T, about: str, *flags: str, none: str = "", metavar: str | None = None, cli: bool = True) -> T:
    """Declare an option, as ``dataclasses.field`` does; to a type checker it is its default.

    Args:
        default: Its default.
        about: What it means. The command line shows the first sentence only.
        flags: For the command line: a letter, "-t", and another long name than that of the field, "--lang".
        none: What None stands for, where None is the default.
        metavar: What the help of a command calls the value; None leaves it to the type.
        cli: Whether it is an option of the command line.

    """
    meaning = {"about": about, "flags": flags, "none": none, "metavar": metavar, "cli": cli}
    made: T = field(default=default, metadata=meaning)
    return made


@dataclass(frozen=True, slots=True)
class Option:
    """A field of a request. ``types``: all that it can be but None; ``optional``: whether it can be None."""

    name: str
    types: tuple[Any, ...]
    optional: bool
    default: Any
    about: str
    flags: tuple[str, ...]
    none: str
    metavar: str | None
    cli: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of a ``Literal``; none where it is something else."""
        return tuple(value for kind in self.types if get_origin(kind) is Literal for value in get_args(kind))

    @property
    def summary(self) -> str:
        """The first sentence about it."""
        first, stop, _ = self.about.partition(". ")
        return first + stop.strip()

    @property
    def spelling(self) -> str:
        """Its long name on the command line, such as ``--learning-rate``."""
        long = [flag for flag in self.flags if flag.startswith("--")]
        return long[0] if long else f"--{self.name.replace('_', '-')}"


def options(request: type) -> tuple[Option, ...]:
    """The options of a request, in the order of its parameters: those that need no keyword come first."""
    found = []
    for one in sorted(fields(request), key=lambda field: bool(field.kw_only)):
        kinds = (one.type,) if get_origin(one.type) is Literal else get_args(one.type) or (one.type,)
        types = tuple(kind for kind in kinds if kind is not NoneType)
        found.append(Option(one.name, types, NoneType in kinds, one.default, **one.metadata))
    return tuple(found)


WANTED: dict[Any, str] = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    Callable: "a function",
    tuple[int, int]: "two whole numbers (height, width)",
}


def settle(request: Any, error: type[SheetnetError]) -> None:
    """Raise ``error`` where an option of ``request`` has a value of another type, or that is none of its choices.

    A number of NumPy becomes the same number of Python. An option whose type is written as a text is not looked at.
    """
    for one in options(type(request)):
        value = getattr(request, one.name)
        if (value is None and one.optional) or any(isinstance(kind, str) for kind in one.types):
            continue
        if one.choices and not (isinstance(value, str) and value in one.choices):
            raise error(f"{one.spelling}: {shown(value)} is unknown; use one of {', '.join(one.choices)}")
        plain = settled(one.spelling if one.cli else one.name, value, one.types, error)
        if plain is not value:
            object.__setattr__(request, one.name, plain)


def settled(called: str, value: Any, types: Iterable[Any], error: type[SheetnetError]) -> Any:
    """The value, a number of NumPy as one of Python; ``error`` where it is of none of the types.

    NoneType among the types means that nothing may be given.
    """
    plain = plain_number(value)
    if not any(_is(plain, kind) for kind in types):
        named = (kind for kind in types if kind is not NoneType)
        wanted = [WANTED.get(kind) or WANTED.get(get_origin(kind)) or _called(kind) for kind in named]
        raise error(f"{called}: {shown(value)} cannot be used; use {' or '.join(dict.fromkeys(wanted))}")
    return plain


def _called(kind: Any) -> str:
    return " or ".join(get_args(kind)) if get_origin(kind) is Literal else str(kind.__name__)


def plain_number(value: Any) -> Any:
    """A number of NumPy, or a pair of numbers, as those of Python; anything else as it is."""
    if isinstance(value, tuple | list) and len(value) == 2:
        pair = tuple(map(plain_number, value))
        return value if isinstance(value, tuple) and pair == value and all(type(n) is int for n in value) else pair
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "shape", None) == () else value


def _is(value: Any, kind: Any) -> bool:
    """Whether a value is of a type; a whole number is a number, and True is none."""
    if kind is int or kind is float:
        if kind is float and isinstance(value, int) and abs(value) > MOST:  # no float is so large
            return False
        return isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    if kind == tuple[int, int]:
        return isinstance(value, tuple) and len(value) == 2 and all(_is(n, int) for n in value)
    origin = get_origin(kind)
    if origin is Literal:
        return isinstance(value, str) and value in get_args(kind)
    return callable(value) if origin is Callable else isinstance(value, str | Path if kind is Path else kind)


def takes(request: Callable[P, Asked]) -> Callable[[Callable[[Asked], Result]], Callable[P, Result]]:
    """Turn a function of a request into a function of its fields: ``build(Request(a, b=1))`` into ``build(a, b=1)``.

    Signature and docstring tell of the fields, and a type checker knows them.
    """

    def turned(function: Callable[[Asked], Result]) -> Callable[P, Result]:
        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> Result:
            return function(request(*args, **kwargs))

        returned = inspect.signature(function).return_annotation
        signature = inspect.signature(request).replace(return_annotation=returned)
        called.__signature__ = signature  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
        called.__annotations__["return"] = returned
        called.__doc__ = _with_args(inspect.cleandoc(function.__doc__ or ""), request)
        return called

    return turned


def _with_args(doc: str, request: Any) -> str:
    """A docstring with a part "Args" before its "Returns"."""
    lines = ["Args:"]
    for one in options(request):
        about = f"{one.about} None: {one.none}." if one.none else one.about
        lines.append(textwrap.fill(f"{one.name}: {about}", WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8))
    before, title, after = doc.partition("Returns:")
    return "\n".join([before.rstrip(), "", *lines, "", title + after]).rstrip()

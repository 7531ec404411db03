"""What a kind of hostile input is: how one is made, what is done with it, and how that ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REFUSED, READ, EITHER = "refused", "read", "either"
INSPECT = ("inspect", "{}")
Make = Callable[[Path], Path]


@dataclass(frozen=True)
class Kind:
    """A kind of hostile input.

    ``make``: puts one into an empty folder, and gives its path. ``command``: what is asked of sheetnet; {} is the
    path, {folder} the folder, {photo} a sound photo, {out} a file to write. ``outcome``: REFUSED, in one line that
    has ``says`` in it, READ, or EITHER.
    """

    make: Make
    outcome: str
    says: str = ""
    command: tuple[str, ...] = INSPECT


def adder(kinds: dict[str, Kind]) -> Callable[..., Callable[[Make], Make]]:
    """A decorator that puts a generator into a registry."""

    def kind(name: str, outcome: str, says: str = "", command: tuple[str, ...] = INSPECT) -> Callable[[Make], Make]:
        def put(make: Make) -> Make:
            assert name not in kinds, name
            kinds[name] = Kind(make, outcome, says, command)
            return make

        return put

    return kind

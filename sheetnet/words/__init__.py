"""All texts of a workbook, from ``<language>.toml`` in this folder; English where a language lacks a key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from pathlib import Path
from string import Formatter
from typing import Any

ENGLISH = "en"
_FOLDER = Path(__file__).parent


class Words:
    """Texts by dotted key: ``words("start.shape", shape="3 x 28 x 28")``. A missing key is a defect: KeyError."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with its placeholders filled in."""
        return self._table[key].format(**values)

    def text(self, key: str) -> str:
        """The text of a key as it is, its placeholders in it."""
        return self._table[key]

    def parts(self, key: str, **values: object) -> list[str | tuple[str]]:
        """The text of a key in pieces: texts, and (name,) for each placeholder that is not given."""
        found: list[str | tuple[str]] = []
        for before, name, _, _ in Formatter().parse(self._table[key]):
            text = before if name not in values else f"{before}{values[name]}"
            if text and found and isinstance(found[-1], str):
                found[-1] += text
            elif text:
                found.append(text)
            if name is not None and name not in values:
                found.append((name,))
        return found

    def joined(self, key: str, texts: Iterable[str]) -> str:
        """Several texts as one: any two neighbours are put together as the text of a key has {one} and {other}."""
        first, *others = [*texts] or [""]
        return reduce(lambda one, other: self(key, one=one, other=other), others, first)

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def keys(self) -> set[str]:
        """All keys."""
        return set(self._table)


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, English first."""
    found = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    return (ENGLISH, *(name for name in found if name != ENGLISH))


@cache
def load(language: str = ENGLISH) -> Words:
    """The words of a language."""
    table = _read(ENGLISH)
    return Words(table if language == ENGLISH else table | _read(language))


def _read(language: str) -> dict[str, str]:
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return flat(tomllib.load(file))


def flat(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """A table of tables as one table of dotted keys."""
    made: dict[str, str] = {}
    for key, value in table.items():
        made |= flat(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": value}
    return made

"""Reading tables that somebody else wrote (TOML, JSON): what is missing, unknown or no number is refused.

A parser may take memory with the square of the depth of a file, and Python's stack ends at a thousand calls. So the
depth of a text is measured before it is parsed, in one pass over it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetnet.errors import NetworkError, shown

CALLED: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
CALLED |= {int | float: "a number", list: "a list", dict: "a table", Mapping: "a table"}
MAX_TOML = 2 << 20  # bytes; the largest file that comes with sheetnet has 33,082
MOST_DEEP = 12  # lists and tables in each other, and parts of a dotted key; a network needs 6
MOST_HEADERS = 20_000  # lines such as [[layers]], for each of which the parser keeps several tables
# A string that does not end is one mark up to the end of the text, or it would be tried again from each quote in it.
_TOML = re.compile(
    r"""\"{3}(?:[^"\\]|\\.|"(?!""))*+(?:"{3})?|'{3}(?:[^']|'(?!''))*+(?:'{3})?|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?"""
    r"|#[^\n]*+|\n[ \t]*+\[|[\[\]{}.=,\n]",
    re.DOTALL,
)
_JSON = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def from_toml(data: bytes) -> dict[str, Any]:
    """The table of a TOML file. ValueError where it is none, or is nested too deeply."""
    text = data.decode("utf-8-sig")
    depth = dots = headers = 0
    for found in _TOML.finditer(text):
        mark = found[0]
        if mark[-1] == "[" and mark[0] in "\n[":
            headers += mark[0] == "\n" and not depth
            depth += 1
        elif mark == "{":
            depth += 1
        elif mark in "]}":
            depth = max(0, depth - 1)
        dots = dots + 1 if mark == "." else dots if mark[0] in "\"'" else 0
        if max(depth, dots) > MOST_DEEP:
            raise ValueError(f"nested more than {MOST_DEEP} deep")
        if headers > MOST_HEADERS:
            raise ValueError(f"more than {MOST_HEADERS:,} tables")
    return tomllib.loads(text)


def from_json(text: str) -> Any:
    """What a JSON text says. ValueError where it is none, is nested too deeply, or has two meanings.

    Two entries of one name mean the first to one reader and the last to another. NaN and Infinity are no JSON, and
    1e999 is a number to some readers and none to others.
    """
    depth = 0
    for found in _JSON.finditer(text):
        mark = found[0]
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        if depth > MOST_DEEP:
            raise ValueError(f"nested more than {MOST_DEEP} deep")
    return json.loads(text, object_pairs_hook=_table, parse_constant=_no_number, parse_float=_float)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the entry {shown(name)} is there twice")
            seen.add(name)
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _float(text: str) -> float:
    if abs(value := float(text)) == float("inf"):
        raise ValueError(f"{text[:40]} is too large a number")
    return value


def numbers(value: Any, what: str) -> npt.NDArray[np.float64]:
    """An array of numbers, as float64. NetworkError, which calls it ``what``, if it is none."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "iuf":
        raise NetworkError(f"{shown(what)}: not an array of numbers; rows of one matrix must be equally long")
    return array.astype(np.float64)


def refuse_huge(spec: Any, where: str = "the network spec", depth: int = 0) -> None:
    """Refuse whole numbers of 2**63 and more, and tables nested more than 12 deep: no network needs them."""
    if depth > 12:
        raise NetworkError("the network spec is nested too deeply; see templates/detective/network.toml for one")
    if isinstance(spec, int) and abs(spec) >= 1 << 63:
        raise NetworkError(f"{where}: this whole number is too large; use one below 2**63")
    if isinstance(spec, Mapping):
        for key, value in spec.items():
            refuse_huge(value, shown(key), depth + 1)
    elif isinstance(spec, list | tuple):
        for value in spec:
            refuse_huge(value, where, depth + 1)


def get(table: Mapping[str, Any], key: str, kind: Any, where: str, default: Any = None) -> Any:
    """The entry ``key`` of a table. NetworkError, which names ``where``, if it is missing or is not a ``kind``.

    ``kind``: one of those that are CALLED something. To Python true is a whole number as well; here it is none.
    """
    value = table.get(key, default)
    if value is None:
        raise NetworkError(f"{where}: {key} is missing")
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise NetworkError(f"{where}: {key} is {shown(value)}; it must be {CALLED[kind]}")
    return value


def between(table: Mapping[str, Any], key: str, least: float, most: float, where: str, default: Any = None) -> Any:
    """The number ``key`` of a table, a whole one where ``least`` is one. NetworkError where it lies outside."""
    kind: Any = int if isinstance(least, int) else int | float
    value = get(table, key, kind, where, default)
    if not least <= value <= most:  # nan as well
        raise NetworkError(f"{where}: {key} is {shown(value)}; use {least:g} to {most:,}")
    return value


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse an entry that is not ``known``: it would have no effect, and is most likely a typing mistake."""
    if unknown := sorted(map(str, set(table) - known)):
        raise NetworkError(f"{where}: unknown entry {shown(unknown[0])}; known are {', '.join(sorted(known))}")

"""What a lesson is given: [inputs.<name>], which the reader may change, and [constants.<name>], which nobody changes.

value = 2, or a list, or a table; words = a key of the words, or a list of keys; from, to, count = even steps
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetnet.case.lessons.prose import Prose
from sheetnet.case.lessons.script import PHOTO, Given
from sheetnet.errors import NetworkError, shown
from sheetnet.tables import get, numbers, refuse_unknown

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
MOST = 40_000  # elements of a given
MOST_CHOICES = 100  # lines of a list
LEVELS = 255.0


def givens_of(spec: Mapping[str, Any], prose: Prose) -> dict[str, Given]:
    """All givens of a lesson by name. NetworkError says which entry is wrong."""
    found: dict[str, Given] = {}
    for table, known in (
        ("inputs", {"value", "words", "choices", "range"}),
        ("constants", {"value", "words", "from", "to", "count"}),
    ):
        entries = get(spec, table, Mapping, "lesson", {})
        for name, entry in entries.items():
            where = f"[{table}.{name}]"
            if not NAME.fullmatch(name) or name in found:
                raise NetworkError(f"{where}: the name is taken, or none; use letters, digits and _, a letter first")
            if not isinstance(entry, Mapping):
                raise NetworkError(f"{where}: is no table; write value = ... into it")
            refuse_unknown(entry, known, where)
            found[name] = _given(name, entry, prose, where, table == "inputs")
    return found


def _given(name: str, entry: Mapping[str, Any], prose: Prose, where: str, is_open: bool) -> Given:
    if len(entry.keys() & {"value", "words", "from"}) != 1:
        raise NetworkError(f"{where}: needs one of value = ... and words = ...")
    if "words" in entry:
        if "range" in entry:
            raise NetworkError(f"{where}: words have no range; leave it out, or write choices")
        texts = _texts(entry["words"], prose, where)
        return _chosen(Given(name, texts, is_open, _choices(entry, prose, where)), where)
    value = _steps(entry, where) if "from" in entry else numbers(entry["value"], f"{where} value")
    if not 1 <= value.size <= MOST or not np.isfinite(value).all() or value.ndim > 4:
        raise NetworkError(f"{where}: value has {value.size:,} numbers; use 1 to {MOST:,} finite ones")
    least, most = _range(entry, where)
    choices = _choices(entry, prose, where)
    if (value < least).any() or (value > most).any():
        raise NetworkError(f"{where}: value lies outside of range = [{least:g}, {most:g}]; change one of them")
    if outside := [one for one in choices if isinstance(one, float) and not least <= one <= most]:
        raise NetworkError(f"{where}: the choice {outside[0]:g} lies outside of range = [{least:g}, {most:g}]")
    ends = () if "range" not in entry else (least, most)
    return _chosen(Given(name, value, is_open, choices, *ends), where)


def _chosen(given: Given, where: str) -> Given:
    """The same. NetworkError where it has choices and is none of them."""
    if given.choices and (given.value.shape or given.value.item() not in given.choices):
        raise NetworkError(f"{where}: {'words' if given.words else 'value'} must be one of its choices")
    return given


def _steps(entry: Mapping[str, Any], where: str) -> np.ndarray[Any, Any]:
    """Even steps. The last digits are cut, so that a cell holds 0.3 and not 0.30000000000000004."""
    count = get(entry, "count", int, where)
    if not 2 <= count <= MOST:
        raise NetworkError(f"{where}: count is {shown(count)}; use 2 to {MOST:,}")
    first, last = (float(get(entry, key, int | float, where)) for key in ("from", "to"))
    return np.linspace(first, last, count).round(12)


def _texts(keys: Any, prose: Prose, where: str) -> np.ndarray[Any, Any]:
    listed = keys if isinstance(keys, list) else [keys]
    if not listed or not all(isinstance(key, str) for key in listed):
        raise NetworkError(f'{where}: words is {shown(keys)}; write the keys of words, such as "names.cat"')
    made = np.empty(len(listed), dtype=object)
    made[:] = [_text(key, prose) for key in listed]
    return made if isinstance(keys, list) else made.reshape(-1)[0:1].reshape(())


def _choices(entry: Mapping[str, Any], prose: Prose, where: str) -> tuple[float | str, ...]:
    """What a list offers; none where it is no list."""
    if "choices" not in entry:
        return ()
    choices, words = get(entry, "choices", list, where), "words" in entry
    whole = all(isinstance(one, str) if words else _is_number(one) for one in choices)
    if not 1 <= len(choices) <= MOST_CHOICES or not whole:
        most = f"1 to {MOST_CHOICES} {'keys of words' if words else 'numbers'}"
        raise NetworkError(f"{where}: choices is {shown(choices)}; use {most}")
    found = tuple(_text(one, prose) if words else float(one) for one in choices)
    alike = [one.casefold() if isinstance(one, str) else one for one in found]  # as a spreadsheet compares texts
    if twice := [one for number, one in enumerate(found) if alike[number] in alike[:number]]:
        raise NetworkError(f"{where}: choices has {shown(twice[0])} twice; a list offers each of them once")
    return found


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and bool(np.isfinite(value))


def _text(key: str, prose: Prose) -> str:
    """The words of a cell that is not blank."""
    if not (text := prose(key)).strip():
        raise NetworkError(f"{prose.path}: {key} is blank; write a word into it")
    return text


def _range(entry: Mapping[str, Any], where: str) -> tuple[float, float]:
    """The least and the most that a number may be."""
    if "range" not in entry:
        return -np.inf, np.inf
    span = get(entry, "range", list, where)
    if (
        len(span) != 2
        or not all(type(end) in (int, float) and np.isfinite(end) for end in span)
        or span[0] >= span[1]
    ):
        raise NetworkError(f"{where}: range is {shown(span)}; use [least, most]")
    return float(span[0]), float(span[1])


def photo_given(pixels: np.ndarray[Any, Any]) -> Given:
    """The photo as a given (C, H, W), whole numbers from 0 to 255."""
    return Given(PHOTO, pixels, True, (), 0.0, LEVELS)

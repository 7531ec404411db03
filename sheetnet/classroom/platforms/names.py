"""Whose a file is, by the name that a learning platform gave it; and whether two names are of one person.

    Moodle  Full Name_12345_assignsubmission_file_/exercise.xlsx    a folder for each pupil; no _ at its end since 4.1
            Full Name_12345_assignsubmission_file_exercise.xlsx     where folders are switched off
    Canvas  lastfirst_LATE_12345_678901_exercise-1.xlsx             12345 is the pupil, 678901 the file

Both put the number of the pupil behind the name of the pupil and in front of everything that the pupil can choose:
the first one counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, normalize
from unicodedata import name as script

_MOODLE = re.compile(r"(.+?)_0*([0-9]{1,18})_(assignsubmission_[a-z]+)(?:_(.*))?", re.DOTALL)
_DIGITS = re.compile(r"[0-9]{1,20}")
FEEDBACK = "feedback.xlsx"


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was handed in: the number and the name of its pupil on the platform.

    ``back``: the name of its feedback in a zip, by which the platform finds the pupil again.
    """

    id: str
    name: str
    back: str


def moodle_name(file: str) -> Handed | None:
    """What the path of a file says, as Moodle has named it; None where it has another name."""
    pieces = file.split("/")
    for number, piece in enumerate(pieces):
        if (found := _MOODLE.fullmatch(piece)) is None:
            continue
        name, identity, plugin, rest = found.groups()
        name = name.replace("_", " ")  # Moodle takes what stands between the first two for the number
        if number == len(pieces) - 1:
            return Handed(identity, name, f"{name}_{identity}_{plugin}_{FEEDBACK}")
        folder = f"{name}_{identity}_{plugin}" + ("" if rest is None else f"_{rest}")
        return Handed(identity, name, f"{folder}/{FEEDBACK}")
    return None


def canvas_name(file: str) -> Handed | None:
    """What the name of a file says, as Canvas has named it; None where it has another name."""
    name = file.rpartition("/")[2]
    pieces = name.split("_")
    for number, piece in enumerate(pieces[:-2]):
        if _DIGITS.fullmatch(piece):
            if not _DIGITS.fullmatch(pieces[number + 1]):
                return None
            whose = pieces[:number]
            if whose[-1:] == ["LATE"]:
                whose = whose[:-1]
            return Handed(piece, " ".join(whose), name)  # Canvas finds the file by its number, so it keeps its name
    return None


def same_person(one: str, other: str) -> bool:
    """Whether two names are of one person: in any order, without accents, one with more names than the other."""
    first, second = _parts(one), _parts(other)
    if _letters(one) == _letters(other):  # "O'Heather, Oak" and "oheatheroak"
        return True
    return min(len(first), len(second)) > 1 and (set(first) <= set(second) or set(second) <= set(first))


class Names:
    """Names of persons, of which one that is the same is found without looking at all of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._found: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for key in (_letters(name), *_parts(name)):
                self._found[key].add(name)

    def has(self, name: str) -> bool:
        """Whether one of them is of the same person."""
        near = (one for key in (_letters(name), *_parts(name)) for one in self._found.get(key, ()))
        return any(same_person(name, one) for one in near)


def have_in_common(one: str, other: str) -> bool:
    """Whether two names share a part."""
    return not set(_parts(one)).isdisjoint(_parts(other)) or _letters(one) == _letters(other)


def are_comparable(one: str, other: str) -> bool:
    """Whether two names share a script: 向日葵 may be Xiang Rikui on the platform."""
    return bool(_scripts(one) & _scripts(other))


def is_name(text: str) -> bool:
    """Whether there is a letter in it: pupils who have only a number have no name."""
    return any(letter.isalpha() for letter in text)


def _scripts(name: str) -> set[str]:
    return {script(letter, " ").split(" ")[0] for letter in name if letter.isalpha()}


@lru_cache(maxsize=50_000)
def _parts(name: str) -> tuple[str, ...]:
    plain = "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))
    return tuple(re.findall(r"[^\W_]+", re.sub(r"['’`]", "", plain)))


def _letters(name: str) -> str:
    return "".join(sorted("".join(_parts(name))))

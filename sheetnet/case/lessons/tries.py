"""[[tries]]: cases of a lesson that were worked by hand: set = values of inputs, expect = what follows from them.

An input may have a value outside of its range: a spreadsheet refuses what is typed there, not what is pasted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetnet.case.lessons.prose import Prose
from sheetnet.case.lessons.script import Given, Try
from sheetnet.case.lessons.steps import Steps
from sheetnet.errors import NetworkError, shown
from sheetnet.lenses.elements import words as listed
from sheetnet.tables import between, get, refuse_unknown

WITHIN = 5e-5  # how far a number may be from one that was worked by hand, to four decimals
MOST_WITHIN = 1_000_000
Elements = np.ndarray[Any, Any]


class Tries:
    """Reads the cases of a lesson whose ``givens`` and ``steps`` are known."""

    def __init__(self, givens: Mapping[str, Given], steps: Steps, prose: Prose) -> None:
        self._givens, self._steps, self._prose = givens, steps, prose

    def one(self, number: int, entry: Any) -> Try:
        """The entry of this number. NetworkError where it names or holds what no lesson has there."""
        where = f"[[tries]] {number}"
        if not isinstance(entry, Mapping):
            raise NetworkError(f"{where}: is no table; write set = {{ ... }} and expect = {{ ... }}")
        refuse_unknown(entry, {"set", "expect", "within"}, where)
        given = {
            name: self._set(name, value, f"{where}, set {name}")
            for name, value in get(entry, "set", Mapping, where, {}).items()
        }
        expect = dict(
            self._expected(name, value, f"{where}, expect {name}")
            for name, value in get(entry, "expect", Mapping, where).items()
        )
        if not expect:
            raise NetworkError(f"{where}: expect is empty; write what follows, worked by hand")
        return Try(given, expect, float(between(entry, "within", 0.0, MOST_WITHIN, where, WITHIN)))

    def _set(self, name: str, value: Any, where: str) -> Elements:
        """The value that a case gives to an input."""
        given = self._givens.get(name)
        if given is None or not given.open:
            known = ", ".join(one.name for one in self._givens.values() if one.open)
            raise NetworkError(f"{where}: {shown(name)} is no input; use one of {known}")
        found = self._elements(value, where)
        if found.shape != given.value.shape:
            raise NetworkError(f"{where}: its shape is {list(given.value.shape)}; give as many")
        for one in found.ravel().tolist():
            if one == "":  # any cell may be
                continue
            if isinstance(one, str) != given.words:
                raise NetworkError(f"{where}: {shown(one)} is {'no text' if given.words else 'no number'}")
            if given.choices and one not in given.choices:
                said, *offered = (x if isinstance(x, str) else f"{x:g}" for x in (one, *given.choices))
                raise NetworkError(f"{where}: {said} is no choice; use one of its choices: {', '.join(offered)}")
        return found

    def _expected(self, name: str, value: Any, where: str) -> tuple[str, Elements]:
        """The full name of what follows, and its elements."""
        full = self._steps.full(name, where)
        if full.partition(".")[0] in self._givens:
            raise NetworkError(f"{where}: it is given, so it follows from nothing; name what a step computes")
        return full, self._elements(value, where)

    def _elements(self, value: Any, where: str) -> Elements:
        """Numbers as float64, words as objects; "@key" stands for the words of that key."""
        try:
            array = np.array(value, dtype=object)
        except ValueError:  # rows that are not equally long
            array = np.array([None], dtype=object)
        flat = array.ravel().tolist()
        if not all(isinstance(x, str) or (type(x) in (int, float) and np.isfinite(x)) for x in flat):
            raise NetworkError(f"{where}: {shown(value)} is no case; use numbers or texts, in rows of one length")
        told = [self._prose(x[1:]) if isinstance(x, str) and x.startswith("@") else x for x in flat]
        if any(isinstance(one, str) for one in told):
            return listed(told).reshape(array.shape)
        return array.astype(np.float64)

"""The cases of a lesson that were worked by hand, against its half in numbers.

The proof compares the two halves of every step. It cannot see that a step reads the wrong tensor, since both halves
then read it; a case can. The lessons that come with sheetnet are tried by its tests, one of the reader's own while it
is built.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetnet.case.lessons.request import Told
from sheetnet.errors import NetworkError
from sheetnet.lesson.shelves.build import describe_lesson

MOST = 6  # elements that a message shows


def refuse_tries(told: Told) -> None:
    """NetworkError for the first case whose numbers are not those that were worked by hand."""
    script = told.script
    for number, one in enumerate(script.tries, 1):
        lesson = describe_lesson(told, one.given)
        for full, expected in one.expect.items():
            if differs(found := lesson.value(full), expected, one.within):
                raise NetworkError(
                    f"{script.path}: [[tries]] {number}: {full.removesuffix('.out')} is {_listed(found)}, and "
                    f"by hand {_listed(expected)}; mend the case, or what a step reads"
                )


def differs(found: Any, expected: Any, within: float) -> bool:
    """Whether what cells show is something else than what was worked by hand."""
    a, b = (np.asarray(x, dtype=object).ravel().tolist() for x in (found, expected))
    return len(a) != len(b) or any(
        str(x) != y if isinstance(y, str) else not (isinstance(x, int | float) and abs(x - y) <= within)
        for x, y in zip(a, b, strict=True)
    )


def _listed(values: Any) -> str:
    """The first elements, rounded as a reader would: ``3, 1``."""
    flat = np.asarray(values, dtype=object).ravel().tolist()
    told = [one if isinstance(one, str) else f"{one:.6g}" for one in flat[:MOST]]
    return ", ".join(told) + (", ..." if len(flat) > MOST else "")

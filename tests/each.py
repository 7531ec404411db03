"""Many cases in one test, each of them named where it fails.

A test of its own for each case costs more than most cases do: it is collected by every process and reported by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import pytest

T = TypeVar("T")


def each(cases: Mapping[str, T] | Iterable[tuple[str, T]], check: Callable[[T], object]) -> None:
    """Check every case, those after a failure as well; an ExceptionGroup names all that fail.

    AssertionError where there is no case at all.
    """
    failed: dict[str, Exception] = {}
    count = 0
    for name, case in cases.items() if isinstance(cases, Mapping) else cases:
        count += 1
        try:
            check(case)
        except pytest.fail.Exception as error:
            failed[name] = AssertionError(str(error))
        except Exception as error:
            failed[name] = error
        if name in failed:
            failed[name].add_note(f"case: {name}")
    assert count, "there is no case"
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {count} cases: {'; '.join(failed)}", list(failed.values()))

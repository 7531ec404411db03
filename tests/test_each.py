"""A test of many cases names each one that fails."""

from __future__ import annotations

import pytest
from each import each


def test_every_case_that_fails_is_named_and_those_after_it_are_checked_too() -> None:
    seen: list[int] = []

    def check(number: int) -> None:
        seen.append(number)
        if number == 2:
            pytest.fail("two")
        assert number < 3

    with pytest.raises(ExceptionGroup, match="2 of 4 cases: b; d") as error:
        each({"a": 1, "b": 2, "c": 0, "d": 3}, check)
    assert seen == [1, 2, 0, 3]
    assert [one.__notes__[-1] for one in error.value.exceptions] == ["case: b", "case: d"]


def test_a_test_that_leaves_a_case_out_is_skipped_and_not_passed() -> None:
    with pytest.raises(pytest.skip.Exception):
        each({"a": 1}, lambda _: pytest.skip("no engine"))


def test_no_cases_are_no_success() -> None:
    with pytest.raises(AssertionError, match="there is no case"):
        each({}, print)

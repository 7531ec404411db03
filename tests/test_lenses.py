"""Every lens, told twice: the cases worked by hand, in numbers and in the cells of three engines.

The cases are files, tests/lens_cases/<kind>.toml; their form is told in tests/looking.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from each import each
from looking import (
    ENGINES,
    WHERE,
    Calculated,
    Case,
    Page,
    Rows,
    cells_of,
    elements,
    every_case,
    fault,
    faults,
    in_numbers,
    page_of,
    placed,
)

from sheetnet.grid import Anchor
from sheetnet.lenses import Sentence
from sheetnet.lenses.elements import About, Said, rounded, spelled, spellings
from sheetnet.lenses.sliding import Fits
from sheetnet.values import ErrorValue

LONG = 'a "quoted" word and a 猫, ' * 20
BEYOND = "😀" * 200  # two units of UTF-16 each
ALWAYS = [  # cases that no file can hold well
    Case(
        "sentence: longer than a text in a formula may be",
        Sentence((LONG, ("a",), BEYOND)),
        {"a": elements(LONG)},
        {"out": elements(LONG + LONG + BEYOND)},
    ),
    Case(
        "sentence: a quote where a long text is cut",
        Sentence(("x" * 254 + '"""',)),
        {},
        {"out": elements("x" * 254 + '"""')},
    ),
    Case(
        "sentence: an empty text, and what looks like a placeholder",
        Sentence(("", "{", ("a",), "}")),
        {"a": elements("")},
        {"out": elements("{}")},
    ),
]
EVERY = [*every_case(), *ALWAYS]
KINDS = dict.fromkeys(case.lens.kind for case in EVERY)
BY_LENS = [pytest.param([(case.name, case) for case in EVERY if case.lens.kind == kind], id=kind) for kind in KINDS]

SIZES = [
    0.5,
    1.5,
    2.5,
    0.05,
    0.25,
    0.285,
    1.005,
    2.675,
    1e-7,
    123456789.123,
    99.94999999999999,
    1e15,
    1e16,
    123456789012345.6,
    1e21,
    1 / 3,
    0.04,
]
VALUES = [0.0, -0.0, *SIZES, *(-size for size in SIZES)]
DIGITS = (0, 1, 3, 4)
SPELLED = "Spelled"


# In numbers


@pytest.mark.parametrize("cases", BY_LENS)
def test_a_case_worked_by_hand_comes_out_in_numbers(cases: list[tuple[str, Case]]) -> None:
    def check(case: Case) -> None:
        told = in_numbers(case)
        assert set(told) == set(case.tensors), "a case gives every tensor that the lens writes"
        wrong = [f"{own}{text}" for own, worked in case.tensors.items() for text in faults(told[own], worked)]
        assert not wrong, "\n".join(wrong)

    each(cases, check)


@pytest.mark.parametrize("cases", BY_LENS)
def test_numbers_among_words_are_the_same_numbers(cases: list[tuple[str, Case]]) -> None:
    def check(case: Case) -> None:
        given = {own: values.astype(object) for own, values in case.given.items()}
        told = placed(case, "here", Rows()).expected(given)
        wrong = [f"{own}{text}" for own, worked in case.tensors.items() for text in faults(told[own], worked)]
        assert not wrong, "\n".join(wrong)

    each(cases, check)


# In cells


@cache
def page() -> Page:
    """All cases in one workbook, and numbers that are rounded and made words by a spreadsheet."""
    made = page_of(EVERY)
    for row, value in enumerate(VALUES, 1):
        made.sheet(SPELLED).number(row, 1, value)
        for column, digits in enumerate(DIGITS, 2):
            made.formula(Anchor(SPELLED, row, column), f'(ROUND(A{row},{digits})+0)&""')
    return made


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], None]) -> Callable[[str], Calculated]:
    """All cases in one workbook, as an engine calculates it."""
    data = page().bytes(tmp_path_factory.mktemp("lenses"))

    @cache
    def tried(engine: str) -> Calculated | Exception:
        try:
            return Calculated(engine, data)
        except Exception as error:  # told by every test, found once
            return error

    def by(engine: str) -> Calculated:
        if engine != "formualizer":
            needs(engine)
        found = tried(engine)
        if isinstance(found, Exception):
            raise found
        return found

    return by


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cases", BY_LENS)
def test_a_case_worked_by_hand_comes_out_in_cells(
    cases: list[tuple[str, Case]], engine: str, calculated: Callable[[str], Calculated]
) -> None:
    sheet = calculated(engine)

    def check(case: Case) -> None:
        told = in_numbers(case)
        wrong = []
        for where in WHERE:
            if (case.name, where) in page().faults:
                raise page().faults[case.name, where]
            step = page().steps[case.name, where]
            found = cells_of(step, sheet)
            for own, worked in case.tensors.items():
                formula = step.rules[own](*(0,) * worked.ndim)
                wrong += [
                    f"{where}: {own}{t}; ={formula}" for t in faults(found[own], worked, told[own], loose=case.loose)
                ]
        assert not wrong, "\n".join(wrong)

    each(cases, check)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rounded_number_reads_as_one_of_its_spellings(engine: str, calculated: Callable[[str], Calculated]) -> None:
    sheet, wrong = calculated(engine), []
    for row, value in enumerate(VALUES, 1):
        for column, digits in enumerate(DIGITS, 2):
            found = sheet.at(Anchor(SPELLED, row, column))
            if not isinstance(found, str) or not Said([spellings(value, digits)]).matches(found):
                wrong.append(f"{value!r} to {digits} digits: {found!r} is none of {spellings(value, digits)}")
    assert not wrong, "\n".join(wrong)


def test_a_wrong_element_is_named() -> None:
    for found, worked in (
        (1.0, 1.0 + 1e-9),
        (True, 1.0),
        ("1", 1.0),
        (ErrorValue("#N/A"), 1.0),
        (None, 0.0),
        (1.0, np.nan),
    ):
        assert fault(found, worked) == f"{found!r} instead of {'an error' if worked != worked else repr(worked)}"
    for found, worked in (("Cat", "cat"), (None, "cat"), (0.0, ""), (ErrorValue("#N/A"), "#N/A")):
        assert fault(found, worked) == f"{found!r} instead of {worked!r}"
    for found, worked in ((1.0, 1.0 + 1e-13), (None, ""), ("", ""), (ErrorValue("#N/A"), np.nan), ("a", "a")):
        assert fault(found, worked) is None
    assert list(faults(np.ones(2), np.ones(3))) == ["its shape is (2,), not (3,)"]
    assert list(faults(np.ones(2), np.array([1.0, 2.0]))) == [f"[1]: {np.float64(1)!r} instead of {np.float64(2)!r}"]


# How numbers are said


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (2.5, 0, "3"),
        (1.005, 2, "1.01"),
        (0.285, 2, "0.29"),
        (99.94999999999999, 1, "100"),
        (-0.04, 1, "0"),
        (-0.0, 0, "0"),
        (1e-7, 4, "0"),
        (12.5, 4, "12.5"),
        (123456789.123, 3, "123456789.123"),
        (1e15, 1, "1000000000000000"),
        (1e-5, 6, "0.00001"),
    ],
)
def test_a_number_is_stored_as_spreadsheets_round_it(value: float, digits: int, said: str) -> None:
    assert spellings(value, digits)[0] == spelled(rounded(value, digits)) == said


def test_words_of_a_sentence_may_have_a_comma_where_the_number_has_a_point() -> None:
    said = in_numbers(Case("", Sentence(("p. ", ("a", 2, 1, False), " v1.2")), {"a": elements(0.125)}, {}))[
        "out"
    ].item()
    assert said == "p. 0.13 v1.2"
    for text, right in (("p. 0,13 v1.2", True), ("p. 0.12 v1.2", True), ("p. 0.1 v1.2", False), ("p. 0.13", False)):
        assert said.matches(text) is right, text


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [  # n, f and s: (n - (f - 1) - 1) / s is within the last digits of 2, -1 and -2
        ((0.3, 0.1, 0.1), 2, 3),
        ((0.4, 0.2, 0.1), 2, 3),
        ((0.1, 0.2, 0.1), 0, 0),
        ((0.1, 0.3, 0.2), 0, 0),
        ((0.2, 0.4, 0.1), 0, 0),
    ],
)
def test_a_size_that_engines_may_round_is_never_below_0_nor_above_the_windows_that_fit(
    given: tuple[float, float, float], least: int, most: int
) -> None:
    v = dict(zip("nfspd", map(np.array, (*given, 0.0, 1.0)), strict=True))
    Fits().forward(v)
    size = v["out"].item()
    low, high = (size.least, size.most) if isinstance(size, About) else (size, size)
    assert (low, high) == (least, most)

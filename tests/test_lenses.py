"""Every lens, told twice: the contract, the cases worked by hand, in numbers and in the cells of three engines.

The cases are files, tests/lens_cases/<kind>.toml; their form is told in tests/looking.py.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from halves import trespasses
from looking import (
    CASES,
    ENGINES,
    HOME,
    WHERE,
    Calculated,
    Case,
    Page,
    Rows,
    cases_of,
    cells_of,
    elements,
    every_case,
    fault,
    faults,
    in_numbers,
    page_of,
    placed,
    shapes,
)

from sheetnet.grid import Anchor
from sheetnet.layers import LAYERS
from sheetnet.layout import spec
from sheetnet.layout.spec import look_of, spec_of
from sheetnet.lenses import LENSES, Lens, Sentence
from sheetnet.lenses.elements import Said, rounded, spelled, spellings
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
BY_NAME = [pytest.param(case, id=case.name) for case in EVERY]
# What a reader chooses by; a case of such a lens must choose what is not the first.
CHOICES = ("choice", "layer", "number", "map", "row", "column", "place", "filter", "start")

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


@pytest.mark.parametrize("case", BY_NAME)
def test_a_case_worked_by_hand_comes_out_in_numbers(case: Case) -> None:
    told = in_numbers(case)
    assert set(told) == set(case.tensors), "a case gives every tensor that the lens writes"
    wrong = [f"{own}{text}" for own, worked in case.tensors.items() for text in faults(told[own], worked)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", BY_NAME)
def test_numbers_among_words_are_the_same_numbers(case: Case) -> None:
    given = {own: values.astype(object) for own, values in case.given.items()}
    told = placed(case, "here", Rows()).expected(given)
    wrong = [f"{own}{text}" for own, worked in case.tensors.items() for text in faults(told[own], worked)]
    assert not wrong, "\n".join(wrong)


# In cells


def _page() -> Page:
    page = page_of(EVERY)
    for row, value in enumerate(VALUES, 1):
        page.sheet(SPELLED).number(row, 1, value)
        for column, digits in enumerate(DIGITS, 2):
            page.formula(Anchor(SPELLED, row, column), f'(ROUND(A{row},{digits})+0)&""')
    return page


PAGE = _page()


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], None]) -> Callable[[str], Calculated]:
    """All cases in one workbook, as an engine calculates it."""
    data = PAGE.bytes(tmp_path_factory.mktemp("lenses"))

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
@pytest.mark.parametrize("case", BY_NAME)
def test_a_case_worked_by_hand_comes_out_in_cells(
    case: Case, engine: str, calculated: Callable[[str], Calculated]
) -> None:
    told = in_numbers(case)
    wrong = []
    for where in WHERE:
        if (case.name, where) in PAGE.faults:
            raise PAGE.faults[case.name, where]
        step = PAGE.steps[case.name, where]
        found = cells_of(step, calculated(engine))
        for own, worked in case.tensors.items():
            formula = step.rules[own](*(0,) * worked.ndim)
            wrong += [
                f"{where}: {own}{t}; ={formula}" for t in faults(found[own], worked, told[own], loose=case.loose)
            ]
    assert not wrong, "\n".join(wrong)


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


# The contract


class Noted(dict[str, Any]):
    """A dict that knows what was read from it."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def missing_of(lens: type[Lens], cases: list[Case]) -> list[str]:
    """What a lens lacks, in words; nothing where the contract is kept."""
    lacks = []
    if not (is_dataclass(lens) and lens.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        lacks.append("@dataclass(frozen=True)")
    lacks += [] if lens.__doc__ else ["a docstring"]
    lacks += [] if (inspect.getmodule(lens).__doc__ or "").strip() else ["a docstring of its module"]  # type: ignore[union-attr]
    if lens.__abstractmethods__:
        return [*lacks, *(f"the method {name}" for name in sorted(lens.__abstractmethods__))]
    if not cases:
        return [*lacks, f"hand-worked cases: write tests/lens_cases/{lens.kind}.toml with at least one [[case]]"]
    if all(map(is_first, cases)) and any(own in CHOICES for case in cases for own in case.given):
        lacks.append("a case with a choice that is not the first")
    read, given = set[str](), {own for case in cases for own in case.given}
    for case in cases:
        lacks += [f"{case.name}: {fault}" for fault in faults_of(case, read)]
    return lacks + [f"forward does not use {own!r}" for own in sorted(given - read)]


def is_first(case: Case) -> bool:
    """Whether the first is chosen of whatever there is to choose."""
    names = case.given.get("names", elements(["1"])).tolist()
    chosen = [one for own in CHOICES if own in case.given for one in case.given[own].ravel().tolist()]
    return all(one in (1, names[0]) for one in chosen)


def faults_of(case: Case, read: set[str]) -> Iterator[str]:
    """Where a lens breaks the contract on one case; ``read`` gets what its half in numbers uses."""
    lens, declared = case.lens, shapes(case)
    if "out" in list(declared)[:-1]:
        yield 'the last of tensors() must be "out"'
    if clash := sorted(set(declared) & set(case.given)):
        yield f"{clash[0]!r} means two things"
        return
    v = Noted({own: values.copy() for own, values in case.given.items()})
    with np.errstate(all="ignore"):
        lens.forward(v)
    read |= v.read
    told = set(v) - set(case.given)
    yield from (f"forward does not tell {own!r}" for own in sorted(set(declared) - told))
    yield from (f"forward tells {own!r}, which is not declared" for own in sorted(told - set(declared)))
    changed = [own for own, values in case.given.items() if repr(v[own]) != repr(values)]
    yield from (f"forward changes {own!r}" for own in changed)
    for own in sorted(set(declared) & told):
        if np.shape(v[own]) != declared[own]:
            yield f"{own!r} has shape {np.shape(v[own])}, declared is {declared[own]}"
        if getattr(v[own], "dtype", None) not in (np.float64, np.dtype(object)):
            yield f"{own!r} is neither float64 nor object"
    yield from faults_in_cells(case, declared)
    if look_of("look", json.loads(json.dumps(spec_of(case.look)))) != case.look:
        yield f"options() gives {lens.options()}, which is another lens"


def faults_in_cells(case: Case, declared: dict[str, Any]) -> Iterator[str]:
    """Where the formulas of a lens break the contract on one case."""
    step = placed(case, "apart", Rows())
    blocks = {own: b.viewed(HOME, absolute=not b.shape) for own, b in (step.reads | step.writes).items()}
    at = Noted(blocks)
    rules = case.lens.forward_cells(at)
    formulas = {own: [rule(*i) for i in np.ndindex(*declared[own])] for own, rule in rules.items() if own in declared}
    yield from (f"no rule for {own!r}" for own in sorted(set(declared) - set(rules)))
    yield from (f"a rule for {own!r}, which is not declared" for own in sorted(set(rules) - set(declared)))
    yield from (f"forward_cells does not use {own!r}" for own in sorted(set(case.given) - at.read))
    for own, texts in formulas.items():
        for formula in dict.fromkeys(texts):
            if not formula or formula.startswith("="):
                yield f"the rule of {own!r} gives {formula!r}; a formula without its = is needed"
            bare = re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", "_", formula)
            if found := re.search(r"\d[Ee][-+]?\d|[{}]|\b(?:OFFSET|INDIRECT|RAND|NOW|TODAY|TEXT|FIXED)\(", bare):
                yield f"={formula}: {found[0]} does not read the same for everybody"


@pytest.mark.parametrize("lens", LENSES, ids=lambda lens: lens.kind)
def test_a_lens_lacks_nothing(lens: type[Lens]) -> None:
    lacks = missing_of(lens, cases_of(lens))
    assert not lacks, "\n".join(lacks)


def test_every_case_file_belongs_to_a_lens() -> None:
    assert {path.stem for path in CASES.glob("*.toml")} <= {lens.kind for lens in LENSES}
    assert {path.suffix for path in CASES.iterdir()} == {".toml"}


def test_kinds_are_different_and_usable_in_a_spec() -> None:
    kinds = [one.kind for one in (*LAYERS, *LENSES)]
    assert len(set(kinds)) == len(kinds)
    for lens in LENSES:
        own = {f.name for f in fields(lens)}  # type: ignore[arg-type]
        assert not own & {"name", "kind", "reads"}, f"an option of {lens.kind} hides an entry of the spec"
        assert re.fullmatch("[a-z_]+", lens.kind)


def test_the_contract_names_what_a_bad_lens_lacks() -> None:
    @dataclass
    class Bad(Lens):
        kind: ClassVar[str] = "bad"
        offset: int = 0

        def tensors(self, of: Any) -> Any:
            return {"out": of["x"], "half": of["x"]}

        def forward(self, v: Any) -> None:
            v["out"] = v["x"].astype(np.float32)
            v["x"][0] = 7
            v["secret"] = v["x"]

        def forward_cells(self, at: Any) -> Any:
            return {"out": lambda i: f"={at['x'][i]}+1E-09", "other": lambda i: "1"}

        def options(self) -> Any:
            return {"offset": self.offset + 1}

    given = {"x": [1, 2], "map": 1}
    table = {"case": [{"name": "c", "given": given, "tensors": {"out": [1, 2]}}]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(spec._KINDS, "bad", Bad)
        lacks = "\n".join(missing_of(Bad, cases_of(Bad, table)))
    for part in (
        "@dataclass(frozen=True)",
        "a case with a choice that is not the first",
        "bad: c: forward changes 'x'",
        'the last of tensors() must be "out"',
        "forward does not tell 'half'",
        "forward tells 'secret', which is not declared",
        "forward does not use 'map'",
        "'out' is neither float64 nor object",
        "no rule for 'half'",
        "a rule for 'other', which is not declared",
        "a formula without its = is needed",
        "1E-0 does not read the same for everybody",
        "forward_cells does not use 'map'",
        "options() gives",
    ):
        assert part in lacks, part
    assert missing_of(Bad, [])[-1] == "hand-worked cases: write tests/lens_cases/bad.toml with at least one [[case]]"


# The halves are independent


def lens_files() -> list[Path]:
    return sorted({Path(inspect.getfile(lens)) for lens in LENSES})


@pytest.mark.parametrize("path", lens_files(), ids=lambda path: path.stem)
def test_the_two_tellings_of_a_lens_share_only_options_and_constants(path: Path) -> None:
    assert trespasses(path.read_text(encoding="utf-8"), constants=True) == []


def test_a_lens_that_computes_its_formulas_is_caught() -> None:
    bad = """
import numpy as np
from sheetnet.grid import letters
MOST = 3
def half(x): return x / 2
class Bad(Lens):
    size: int
    def forward(self, v): v["out"] = half(v["x"]) + len(letters(1)) + MOST + self.size
    def forward_cells(self, at): return {"out": lambda i: str(half(np.pi) + MOST + self.size)}
"""
    assert trespasses(bad, constants=True) == [
        "Bad.forward uses letters, which is about cells",
        "Bad.forward_cells uses np, which is NumPy",
        "Bad: both halves use half, which is no option",
    ]


def test_the_module_of_a_lens_knows_nothing_above_it() -> None:
    for path in lens_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sheetnet"):
                room = ".".join((node.module or "").split(".")[:2])
                assert room in ("sheetnet.errors", "sheetnet.grid", "sheetnet.operation", "sheetnet.lenses"), (
                    path.name
                )

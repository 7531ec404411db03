"""The contract of a lens: whatever a new one lacks is named, and its two tellings are independent."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from halves import trespasses
from looking import CASES, HOME, Case, Rows, cases_of, elements, placed, shapes

from sheetnet.layers import LAYERS
from sheetnet.layout import spec
from sheetnet.layout.spec import look_of, spec_of
from sheetnet.lenses import LENSES, Lens

# What a reader chooses by; a case of such a lens must choose what is not the first.
CHOICES = ("choice", "layer", "number", "map", "row", "column", "place", "filter", "start")


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
                known = {"sheetnet.errors", "sheetnet.grid", "sheetnet.operation", "sheetnet.lenses"}
                assert room in known | {"sheetnet.layers"}, path.name  # of a layer, a lens shows what it gives back

"""The lenses of the close-ups: what they say in numbers is what their formulas say in a spreadsheet."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

from sheetnet.grid import Anchor, Block
from sheetnet.lenses import LENSES, Alike, Lens, Look, Picked, Products, Ranking, Tick
from sheetnet.lenses.elements import Said, close, is_lost, is_number, words
from sheetnet.operation import frozen
from sheetnet.recalc.embedded import Session
from sheetnet.recalc.office import recalculate
from sheetnet.steps import Step, of_look
from sheetnet.workbook.book import Book, Cell
from sheetnet.workbook.read import read
from sheetnet.workbook.write import save

CASES = ROOT / "tests" / "lens_cases"
KINDS = ("products", "tick", "of_layer", "labels", "beside", "alike", "ranking", "picked", "origin")
GIVEN, LOOK = "Given", "Close-up"


# A lens in a workbook of its own


def _elements(value: Any) -> np.ndarray:
    """Nested lists of elements as an array."""
    shape, inner = [], value
    while isinstance(inner, list):
        shape.append(len(inner))
        inner = inner[0]
    flat = [value]
    for _ in shape:
        flat = [one for line in flat for one in line]
    return words([float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in flat], tuple(shape))


def _block(sheet: str, row: int, column: int, shape: tuple[int, ...]) -> Block:
    """Below each other, with a blank row after each plane, in the way of the bands of a close-up."""
    steps: list[tuple[int, int]] = [(1, 0), (0, 1)][: len(shape)]
    for size in reversed(shape[:-2]):
        steps.insert(0, ((shape[-2] + 1) * (1 if len(steps) == 2 else size), 0))
    return Block(shape, (Anchor(sheet, row, column),), tuple(steps))


class Bench:
    """A lens, what it is given on one sheet, what it makes on another."""

    def __init__(self, lens: Lens, given: Mapping[str, Any]) -> None:
        self.given = {own: _elements(value) for own, value in given.items()}
        blocks: dict[str, Block] = {}
        for own, values in self.given.items():
            blocks[f"given.{own}"] = _block(GIVEN, 2, 2 + 9 * len(blocks), values.shape)
        made = lens.tensors({own: values.shape for own, values in self.given.items()})
        for number, (own, shape) in enumerate(made.items()):
            blocks[f"look.{own}"] = _block(LOOK, 3, 3 + 9 * number, tuple(shape))
        look = Look("look", lens, {own: f"given.{own}" for own in self.given})
        self.step: Step = of_look(look, blocks.__getitem__)
        self._blocks = blocks

    def told(self) -> dict[str, np.ndarray]:
        """What the half in numbers says."""
        return {own: np.asarray(value, dtype=object) for own, value in self.step.expected(self.given).items()}

    def data(self, path: Path) -> bytes:
        """The workbook. An element that cannot be had is an error there, and nothing is an empty text, as a rule."""
        book = Book("bench")
        given, look = book.add(GIVEN), book.add(LOOK)
        for own, values in self.given.items():
            for index in np.ndindex(*values.shape):
                at, value = self._blocks[f"given.{own}"].cell(*index), values[index]
                formula = "1/0" if is_lost(value) else '""' if isinstance(value, str) and value == "" else None
                kept = 0.0 if is_lost(value) else value
                given.rows.setdefault(at.row, []).append(Cell(at.column, "number.general", kept, formula))
        for own, block in self.step.writes.items():
            look.tensor(block, np.zeros(block.shape), "number.general", self.step.rules[own])
        save(book, path, force=True)
        return path.read_bytes()

    def rectangle(self, own: str) -> tuple[int, int, int, int]:
        """The rows and columns that a tensor lies in."""
        [(first, last)] = self.step.writes[own].rectangles()
        return first.row, first.column, last.row, last.column

    def shown(self, session: Session) -> dict[str, np.ndarray]:
        """What the half in cells says."""
        found = {}
        for own, block in self.step.writes.items():
            top, left, bottom, right = self.rectangle(own)
            grid = session.rectangle(LOOK, top, left, bottom, right)
            cells = {index: block.cell(*index) for index in np.ndindex(*block.shape)}
            found[own] = words([grid[at.row - top][at.column - left] for at in cells.values()], block.shape)
        return found


def _is_right(found: Any, expected: Any) -> bool:
    if is_lost(expected):
        return isinstance(found, str) and found.startswith("#")
    if isinstance(expected, str):
        matches = expected.matches(found) if isinstance(expected, Said) and isinstance(found, str) else False
        return matches or (isinstance(found, str) and found == expected)
    return is_number(found) and close(found, expected)


def _differences(found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> list[str]:
    return [
        f"{own}{list(index)}: {values[index]!r} instead of {expected[own][index]!r}"
        for own, values in found.items()
        for index in np.ndindex(*values.shape)
        if not _is_right(values[index], expected[own][index])
    ]


def _session(data: bytes) -> Session:
    session = Session(data, time.monotonic() + 60)
    session.evaluate()
    return session


def _check(tmp_path: Path, lens: Lens, given: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Both halves agree; returns what they say."""
    bench = Bench(lens, given)
    told = bench.told()
    assert _differences(bench.shown(_session(bench.data(tmp_path / "x.xlsx"))), told) == []
    return told


# Worked by hand


def _cases() -> Iterator[Any]:
    for kind in KINDS:
        content = tomllib.loads((CASES / f"{kind}.toml").read_text(encoding="utf-8"))
        [lens] = [one for one in LENSES if one.kind == kind]
        cases = list(content["case"])
        for odd in content.get("odd", ()):
            for value, out in zip(odd["values"], odd["tensors"]["out"], strict=True):
                given = odd.get("given", {}) | {odd["own"]: value}
                cases.append(odd | {"given": given, "tensors": {"out": out}, "name": f"{odd['name']}: {value}"})
        for case in cases:
            options = {key: frozen(value) for key, value in case.get("options", {}).items()}
            yield pytest.param(lens(**options), case["given"], case["tensors"], id=f"{kind}: {case['name']}")


@pytest.mark.parametrize(("lens", "given", "tensors"), list(_cases()))
def test_a_lens_says_what_was_worked_out_by_hand_in_both_halves(
    tmp_path: Path, lens: Lens, given: dict[str, Any], tensors: dict[str, Any]
) -> None:
    bench = Bench(lens, given)
    expected = {own: _elements(value) for own, value in tensors.items()}
    told = bench.told()
    assert list(told) == list(expected) == list(bench.step.writes)
    for own, values in expected.items():
        for index in np.ndindex(*values.shape):
            one, wanted = told[own][index], values[index]
            assert is_lost(one) if is_lost(wanted) else _is_right(one, wanted), f"{own}{index}"
    shown = bench.shown(_session(bench.data(tmp_path / "x.xlsx")))
    # Of what cannot be had, a spreadsheet may know something all the same: the fault lies in what was given.
    faults = _differences(shown, told)
    assert [fault for fault in faults if "instead of nan" not in fault] == []


# Many at random


def _ranked(x: list[Any], count: int, largest: bool) -> list[int]:
    """The numbers of the elements on one side of 0 by size, the earlier one first of those that are alike."""
    there = [(i, float(v)) for i, v in enumerate(x) if v != ""]
    scale = max((abs(v) for _, v in there), default=0.0) or 1.0
    share = {i: round(v / scale, 11) for i, v in there}
    share = {i: one for i, one in share.items() if (one > 0 if largest else one < 0)}
    return [i + 1 for i in sorted(share, key=lambda i: (-share[i] if largest else share[i], i))][:count]


def _order(tmp_path: Path, x: list[Any], count: int, largest: bool) -> list[Any]:
    """The numbers of the ranking of some elements, as both halves have it."""
    alike = _check(tmp_path, Alike(), {"x": x})
    given = {"share": alike["share"].tolist(), "follow": alike["out"].tolist()}
    found = _check(tmp_path, Ranking(count, largest), given)["out"].tolist()
    picked = _check(tmp_path, Picked(), {"x": x, "numbers": found})["out"].tolist()
    assert picked == ["" if number == "" else float(x[int(number) - 1]) for number in found]
    return found


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_numbers_with_many_ties_is_that_of_a_stable_sort(tmp_path: Path, seed: int) -> None:
    rng = np.random.RandomState(seed)
    size = float(10.0 ** rng.randint(-8, 9))
    x = [float(v) * size for v in rng.randint(-3, 4, rng.randint(1, 40))]
    x += [""] * rng.randint(0, 4)
    largest = bool(seed % 2)
    found = _order(tmp_path, x, 10, largest)
    expected = _ranked(x, 10, largest)
    assert found == [*map(float, expected), *[""] * (10 - len(expected))]


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_numbers_that_differ_in_the_last_digit_only_are_told_once_each_whatever_their_size(
    tmp_path: Path, size: float
) -> None:
    x = [a * b * size for a, b in [(1, 0.3), (3, 0.1), (1, 0.3), (2, 0.1), (3, 0.1), (1, 0.3), (-1, 0.3)]]
    assert len(set(x)) == 4
    assert _order(tmp_path, x, 10, True) == [1, 2, 3, 5, 6, 4, "", "", "", ""]
    assert _order(tmp_path, x, 10, False) == [7, *[""] * 9]


def test_a_share_at_the_edge_of_rounding_may_be_told_either_way(tmp_path: Path) -> None:
    x = [1.0, 0.5 + 0.5e-11, 0.5 - 0.5e-11, 0.5]
    told = _check(tmp_path, Alike(), {"x": x})
    bench = Bench(Alike(), {"x": x})
    for other in (0.5, 0.5 + 1e-11):
        own = {**bench.given, "scale": np.array(1.0), "share": words([1.0, other, 0.5, 0.5])}
        expected = bench.step.expected(own)
        assert close(other, told["share"][1])
        assert expected["out"].tolist() == ([0, 3, 4, 0] if other == 0.5 else [0, 0, 4, 0])


@pytest.mark.parametrize("seed", range(20))
def test_a_tick_is_the_same_in_both_halves_near_its_limit(tmp_path: Path, seed: int) -> None:
    rng = np.random.RandomState(seed)
    b = float(rng.choice([0.0, 1.0, -3.0, 1e6, 1e-6]) * rng.uniform(0.5, 2))
    apart = (
        1e-9 * (1 + abs(b)) * float(rng.choice([0, 0.5, 0.99, 0.999999999999, 1, 1.000000000001, 1.01, 2, -0.99, -1]))
    )
    _check(tmp_path, Tick("✓", "✗"), {"a": b + apart, "b": b})


def test_at_the_limit_of_a_tick_both_answers_are_right() -> None:
    for apart, options in ((1e-9, {"✓", "✗"}), (0.5e-9, {"✓"}), (1.5e-9, {"✗"})):
        told = Bench(Tick("✓", "✗"), {"a": apart, "b": 0.0}).told()["out"].item()
        assert {option for option in "✓✗" if _is_right(option, told)} == options


@pytest.mark.parametrize("seed", range(10))
def test_products_of_windows_of_any_size_are_the_same_in_both_halves(tmp_path: Path, seed: int) -> None:
    rng = np.random.RandomState(seed)
    shape = tuple(int(n) for n in rng.randint(1, 4, rng.randint(1, 4)))
    inside = tuple(slice(int(rng.randint(0, n + 1))) for n in shape)
    x, weight = (np.full(shape, "", dtype=object) for _ in range(2))
    x[inside], weight[inside] = (rng.randn(*x[inside].shape).astype(object) for _ in range(2))
    told = _check(tmp_path, Products(), {"x": x.tolist(), "weight": weight.tolist()})
    numbers = np.where(x == "", 0.0, x).astype(float) * np.where(weight == "", 0.0, weight).astype(float)
    assert told["out"].item() == pytest.approx(numbers.sum())


@pytest.mark.parametrize("engine", ["libreoffice", "gnumeric"])
def test_an_order_with_ties_and_signs_of_zero_is_the_same_elsewhere(
    tmp_path: Path, needs: Callable[[str], None], engine: str
) -> None:
    needs(engine)
    x = [[0.3, 3 * 0.1, -0.0, 0.0, 0.3, -0.3, 0.0, 0.2, ""], [7.0], [2e-200, 1e-200, 2e-200], [0.0, -0.0]]
    benches = [Bench(Alike(), {"x": one}) for one in x]
    for one in x:
        alike = Bench(Alike(), {"x": one}).told()
        given = {"share": alike["share"].tolist(), "follow": alike["out"].tolist()}
        benches += [Bench(Ranking(10, side), given) for side in (True, False)]
    data = [bench.data(tmp_path / "x.xlsx") for bench in benches]
    for bench, one in zip(benches, recalculate(engine, data, time.monotonic() + 60), strict=True):
        cells = read(one, engine).cells[LOOK]
        shown = {
            own: words(
                [cells[at.row, at.column].value for at in (block.cell(*i) for i in np.ndindex(*block.shape))],
                block.shape,
            )
            for own, block in bench.step.writes.items()
        }
        assert _differences(shown, bench.told()) == []
